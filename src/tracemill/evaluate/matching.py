"""Whether a call is the wanted one, value by value and type by type.

Never by taking characters away: `src/app.py` is not `srcapppy`, `1` is not `true`, and `"5"` is no
number. What is compared more freely says so in its case.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from posixpath import normpath
from typing import Any, Final

from tracemill.evaluate.code import syntax_of
from tracemill.records.models.evaluations import ArgumentMatch, Fault, WantedArgument, WantedCall


def same_json(first: Any, second: Any) -> bool:
    """Tell whether two values are the same JSON; 1 and 1.0 are one number, 1 and true are not."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same_json(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(same_json, first, second))
    return bool(first == second)


def _same_words(given: Any, right: Any) -> bool:
    if isinstance(given, str) and isinstance(right, str):
        return given.casefold().split() == right.casefold().split()
    if isinstance(given, list | tuple) and isinstance(right, list | tuple):
        return len(given) == len(right) and all(map(_same_words, given, right))
    return same_json(given, right)


def _same_path(given: Any, right: Any) -> bool:
    if isinstance(given, str) and isinstance(right, str):
        return normpath(given) == normpath(right)
    return same_json(given, right)


def _same_command(given: Any, right: Any) -> bool:
    if not (isinstance(given, str) and isinstance(right, str)):
        return same_json(given, right)
    try:
        return shlex.split(given) == shlex.split(right)
    except ValueError:
        return given == right


def _same_python(given: Any, right: Any) -> bool:
    if not (isinstance(given, str) and isinstance(right, str)):
        return same_json(given, right)
    syntax = syntax_of(given)
    return given == right if syntax is None else syntax == syntax_of(right)


def _is_present(given: Any, right: Any) -> bool:
    return type(given) is type(right) and bool(given) == bool(right)


def _same_nested(given: Any, right: Any) -> bool:
    if not (isinstance(given, dict) and isinstance(right, dict)):
        return _same_words(given, right)
    return all(key in right for key in given) and all(
        any(_same_nested(given[key], each) for each in values) if key in given else "" in values
        for key, values in right.items()
    )


_MATCHES: Final[Mapping[ArgumentMatch, Callable[[Any, Any], bool]]] = {
    "exact": same_json,
    "words": _same_words,
    "path": _same_path,
    "shell": _same_command,
    "python": _same_python,
    "present": _is_present,
    "nested": _same_nested,
}


def fits(given: Any, wanted: WantedArgument) -> bool:
    """Tell whether a value is one of the right ones."""
    return any(_MATCHES[wanted.match](given, value) for value in wanted.values)


def call_fault(call: Mapping[str, Any], wanted: WantedCall) -> Fault | None:
    """Return what is wrong with a call, or None."""
    arguments: Mapping[str, Any] = call["arguments"]
    if call["name"] != wanted.name:
        return "wrong_tool"
    if arguments.keys() - wanted.arguments.keys():
        return "unknown_argument"
    for name, argument in wanted.arguments.items():
        if name not in arguments:
            if not argument.is_optional:
                return "missing_argument"
        elif not fits(arguments[name], argument):
            return "wrong_value"
    return None


def pairing_fault(calls: Sequence[Mapping[str, Any]], wanted: Sequence[WantedCall]) -> Fault | None:
    """Return what is wrong with calls whose order does not matter, or None: each has its own.

    Where a call is one of several that are right, it leaves to the others what only they fit.
    """
    if len(calls) != len(wanted):
        return "wrong_number"
    faults = [[call_fault(call, each) for each in wanted] for call in calls]
    taken: dict[int, int] = {}
    for number in range(len(calls)):
        if not _find_own(number, faults, taken, set()):
            return _most_telling(
                fault for at, fault in enumerate(faults[number]) if at not in taken
            )
    return None


def _find_own(
    number: int, faults: Sequence[Sequence[Fault | None]], taken: dict[int, int], tried: set[int]
) -> bool:
    """Give a call one of its own, if need be by moving others to another one that they fit."""
    for at, fault in enumerate(faults[number]):
        if fault is None and at not in tried:
            tried.add(at)
            if at not in taken or _find_own(taken[at], faults, taken, tried):
                taken[at] = number
                return True
    return False


def _most_telling(faults: Iterable[Fault | None]) -> Fault:
    """Return the first fault that says more than that it is another tool."""
    return next((fault for fault in faults if fault not in (None, "wrong_tool")), "wrong_tool")
