"""What git's `--raw` and `--numstat` say of the files that a commit changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_TWO_PATHS: Final = frozenset("RC")
_UNCOUNTED: Final = (b"-", b"-")


class ChangedFile(NamedTuple):
    """What a commit did to one file."""

    path: bytes
    letter: str
    """A added, M modified, D deleted, R renamed, C copied, T type changed."""
    old_path: bytes | None
    """Path before a rename or copy."""
    old_id: str | None
    """Hash of the content before; None where there was none."""
    new_id: str | None
    """Hash of the content after; None where there is none."""
    n_added: int | None
    """Lines added; None for binary files and where git could not read the contents."""
    n_deleted: int | None


def changed_files(tokens: Iterable[bytes]) -> Iterator[ChangedFile]:
    """Yield the files that `--raw` tokens name, with the counts of the `--numstat` ones.

    Raises:
        ValueError: git prints no such tokens.
    """
    named: list[tuple[bytes, str, bytes | None, bytes, bytes]] = []
    counts: dict[bytes, tuple[bytes, bytes]] = {}
    rest = iter(tokens)
    for token in rest:
        entry = token.lstrip(b"\n")
        if entry.startswith(b":"):
            _, _, old_id, new_id, letters = entry.split(b" ")
            letter = letters[:1].decode("ascii", "replace")
            old_path = next(rest, b"") if letter in _TWO_PATHS else None
            named.append((next(rest, b""), letter, old_path, old_id, new_id))
        elif entry:
            added, deleted, path = entry.split(b"\t", 2)
            if not path:
                next(rest, b"")
                path = next(rest, b"")
            counts[path] = (added, deleted)
    for path, letter, old_path, old_id, new_id in named:
        added, deleted = counts.get(path, _UNCOUNTED)
        ids = (_object_id(old_id), _object_id(new_id))
        yield ChangedFile(path, letter, old_path, *ids, _count(added), _count(deleted))


def _object_id(printed: bytes) -> str | None:
    return printed.decode("ascii", "replace") if printed.strip(b"0") else None


def _count(printed: bytes) -> int | None:
    return None if printed == b"-" else int(printed)
