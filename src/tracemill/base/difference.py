"""What one JSON value has beyond another, kept so that the one can be made from the other again.

`joined(part, beyond(whole, part))` is `whole`, whatever the two are: equal in every value and in
the kind of every value, so that 1, 1.0 and true stay apart. Objects are compared key by key, and
lists of equally many objects object by object; of anything else that differs, all of `whole` is
kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

_SEPARATOR = "/"


class Difference(NamedTuple):
    """What is to be put on a value, and what is to be taken from it."""

    values: Any
    """What stands beyond, in the shape of the whole; an empty object says nothing more."""
    absent: tuple[str, ...] = ()
    """Keys that the whole lacks, as paths such as `agent/version`, in order."""


def beyond(whole: Any, part: Any) -> Difference:
    """Return what `whole` has that `part` has not, and what it lacks."""
    absent: list[str] = []
    return Difference(_beyond(whole, part, "", absent), tuple(absent))


def joined(part: Any, difference: Difference) -> Any:
    """Return the whole that `difference` was taken from; `part` is left as it is."""
    whole = _joined(part, difference.values)
    for path in difference.absent:
        _remove(whole, path.split(_SEPARATOR))
    return whole


def is_same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are equal in every value and its kind."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return False
        return all(map(is_same, one.values(), map(other.__getitem__, one)))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return bool(one == other)


def _beyond(whole: Any, part: Any, path: str, absent: list[str]) -> Any:
    if isinstance(whole, dict) and isinstance(part, dict):
        return dict(_beyond_object(whole, part, path, absent))
    if _are_alike(whole, part):
        return [
            _beyond(one, other, f"{path}{place}{_SEPARATOR}", absent)
            for place, (one, other) in enumerate(zip(whole, part, strict=True))
        ]
    return whole


def _beyond_object(
    whole: dict[str, Any], part: dict[str, Any], path: str, absent: list[str]
) -> Iterator[tuple[str, Any]]:
    if not part.keys() <= whole.keys():
        absent.extend(f"{path}{key}" for key in part if key not in whole)
    for key, value in whole.items():
        if key not in part:
            yield key, value
        elif value is not part[key] and not is_same(value, part[key]):
            found = _beyond(value, part[key], f"{path}{key}{_SEPARATOR}", absent)
            if not _says_nothing(found, value, part[key]):
                yield key, found


def _says_nothing(found: Any, whole: Any, part: Any) -> bool:
    """Tell whether all that differs is absent, so that nothing need be put on the part."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return not found
    return _are_alike(whole, part) and not any(found)


def _are_alike(one: Any, other: Any) -> bool:
    """Tell whether two values are lists of equally many objects."""
    return (
        isinstance(one, list)
        and isinstance(other, list)
        and len(one) == len(other)
        and all(isinstance(item, dict) for item in (*one, *other))
    )


def _joined(part: Any, values: Any) -> Any:
    if isinstance(part, dict) and isinstance(values, dict):
        more = {key: _joined(part.get(key), value) for key, value in values.items()}
        return {**{key: _copied(value) for key, value in part.items()}, **more}
    if _are_alike(part, values):
        return [_joined(one, other) for one, other in zip(part, values, strict=True)]
    return _copied(values)


def _copied(value: Any) -> Any:
    """Return a value whose objects may be changed without changing those of the original."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _remove(whole: Any, path: list[str]) -> None:
    """Take a key from an object; a path that leads nowhere is passed over."""
    *holders, key = path
    for name in holders:
        if isinstance(whole, list) and name.isdecimal() and int(name) < len(whole):
            whole = whole[int(name)]
        elif isinstance(whole, dict):
            whole = whole.get(name)
    if isinstance(whole, dict):
        whole.pop(key, None)
