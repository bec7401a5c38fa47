"""Which value in a tool call came from which earlier result, or from what a person said.

A value is a path, an address, an id, a hash, a name of several parts: what is short, or stands in
every text, proves nothing and is left out, and so are texts that a call writes. A value belongs to
where it stood first, so what the agent itself wrote first comes from nowhere. A path is known by
its end too, as long as one path only ends so: results name files from one folder, calls from
another. What a person went back before is left out, since nothing behind it was said in its sight.
Each text is read once, and each value looked up in an index, so the cost grows with the length of
the trajectory alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from msgspec import structs

from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.sessions.value_flows import ValueFlow, ValueFlows, ValuePart, ValuePlace

_TOKEN: Final = re.compile(r"[\w/~.@-][\w/.:@#%+~=-]{3,255}")
_BEHIND: Final = ".,:;=-+~@#%"
_PLACE_IN_FILE: Final = re.compile(r"(?<!:):(?!//)\d.*$|:$")
_MIXED: Final = re.compile(r"(?=.*[a-zA-Z])(?=.*\d)")
_CAMEL: Final = re.compile(r"[a-z][A-Z]")
_MIN: Final = 5
_MIN_NAME: Final = 8
_MIN_NUMBER: Final = 5
_MAX_TEXT: Final = 200_000
_MAX_ARGUMENT: Final = 2_000
_WRITTEN: Final = re.compile(
    r"(?:^|\.)(?:content|contents|\w*_string|\w*String|\w*_str|file_text|code_edit|diff|patch\w*)$"
)
"""Arguments that hold what is to be written, or what stands there; a longer one does too."""
_MAX_KNOWN: Final = 500_000
"""Values behind these are counted, and not followed: a session may be made to hold too many."""
_MAX_ENDS: Final = 6
_MAX_FLOWS: Final = 10_000
_MAX_HOLDERS: Final = 20
"""A name that stands in more results than this says nothing of where it was taken from."""
_MAX_VALUE: Final = 200


class _Known(NamedTuple):
    value: str
    place: ValuePlace | None
    """None where the agent itself wrote it first, or where two values end alike."""
    turn: int


class _Value(NamedTuple):
    text: str
    start: int


def value_flows(
    trajectory: Trajectory, steps: Iterable[Step], undone: Collection[UndoneSteps] = ()
) -> ValueFlows:
    """Return where the values of a trajectory's calls came from; steps come in their order."""
    reader = _Reader(trajectory.cwd)
    n_undone = 0
    for step in steps:
        if any(branch.holds(step.index) for branch in undone):
            n_undone += 1
        elif not step.is_replayed:
            reader.step(step)
    flows = reader.flows
    return ValueFlows(
        trajectory_id=trajectory.id,
        flows=tuple(flows[:_MAX_FLOWS]),
        n_values=reader.n_values,
        n_from_results=sum(flow.source.part == "result" for flow in flows),
        n_from_person=sum(flow.source.part == "said" for flow in flows),
        n_carried=sum(flow.n_turns > 0 for flow in flows),
        n_undone_steps=n_undone,
        n_unheld=reader.n_unheld,
    )


class _Reader:
    """Holds what is known so far, and what was used of it."""

    def __init__(self, cwd: str | None) -> None:
        self.flows: list[ValueFlow] = []
        self.n_values = 0
        self.n_unheld = 0
        self._cwd = f"{(cwd or '').rstrip('/')}/"
        self._known: dict[str, _Known] = {}
        self._ends: dict[str, _Known] = {}
        self._holders: dict[str, int] = {}
        """In how many places each stands that is known, and of no other."""
        self._used: set[str] = set()
        self._tools: dict[str, str] = {}
        self._turn = 0

    def step(self, step: Step) -> None:
        if step.speaker == "user":
            self._turn += 1
            self._learn(step.text, _place(step, "said"))
        elif step.speaker == "agent":
            self._learn(step.text, None)
        for call in step.calls:
            self._tools[call.id] = call.name
            for path, text in _leaves(call.arguments, ""):
                place = _place(step, "argument", call.id, call.name, path)
                if len(text) <= _MAX_ARGUMENT and not _WRITTEN.search(path):
                    self._use(text, place)
                self._learn(text, None)
        for result in step.results:
            tool = self._tools.get(result.call_id)
            self._learn(result.content, _place(step, "result", result.call_id, tool))

    def _learn(self, text: str, place: ValuePlace | None) -> None:
        """Take the values of a text; without a place they are the agent's own."""
        for value in _once(text):
            is_known = value.text in self._known
            if not is_known and len(self._known) >= _MAX_KNOWN:
                self.n_unheld += 1
                continue
            if place is not None:
                self._holders[value.text] = self._holders.get(value.text, 0) + 1
            if is_known:
                continue
            at = None if place is None else _at(place, value.start, value.text)
            known = _Known(value.text, at, self._turn)
            self._known[value.text] = known
            for end in _ends(value.text):
                other = self._ends.setdefault(end, known)
                if other.value != known.value and not _is_end(other.value, known.value):
                    self._ends[end] = _Known(end, None, self._turn)

    def _use(self, text: str, place: ValuePlace) -> None:
        for value in _once(text):
            if self._is_everywhere(value.text):
                continue
            self.n_values += 1
            known = self._find(value.text)
            if known is None or known.place is None or len(self.flows) >= _MAX_FLOWS:
                continue
            self.flows.append(
                ValueFlow(
                    value=value.text[:_MAX_VALUE],
                    use=_at(place, value.start, value.text),
                    source=known.place,
                    is_first=known.value not in self._used,
                    n_turns=max(self._turn - max(known.turn, 1), 0),
                )
            )
            self._used.add(known.value)

    def _find(self, value: str) -> _Known | None:
        known = self._known.get(value) or self._ends.get(value)
        for end in () if known else _ends(value):
            known = self._known.get(end) or self._ends.get(end)
            if known is not None:
                break
        return known

    def _is_everywhere(self, value: str) -> bool:
        if f"{value}/".startswith(self._cwd) and len(value) < len(self._cwd):
            return True
        return self._cwd.startswith(f"{value}/") or (
            "/" not in value and self._holders.get(value, 0) > _MAX_HOLDERS
        )


def _values(text: str) -> Iterator[_Value]:
    """Yield what in a text is distinctive, in order."""
    for match in _TOKEN.finditer(text[:_MAX_TEXT]):
        value = _PLACE_IN_FILE.sub("", match[0]).rstrip(_BEHIND)
        if _is_distinctive(value):
            yield _Value(value, match.start())


def distinctive_values(text: str) -> Iterator[tuple[str, int]]:
    """Yield what in a text is distinctive, each once, with where it begins first."""
    yield from _once(text)


def _once(text: str) -> Iterable[_Value]:
    """Return the values of a text, each where it stands first."""
    found: dict[str, _Value] = {}
    for value in _values(text):
        found.setdefault(value.text, value)
    return found.values()


def _is_distinctive(value: str) -> bool:
    if len(value) < _MIN:
        return False
    name = value.rpartition("/")[2]
    if "/" in value and ("." in name or value.count("/") > 1):
        return True
    if value.isdigit():
        return len(value) >= _MIN_NUMBER
    if len(value) < _MIN_NAME:
        return _MIXED.match(value) is not None
    has_parts = any(mark in value[1:-1] for mark in "_-.")
    return has_parts or _MIXED.match(value) is not None or _CAMEL.search(value) is not None


def _ends(value: str) -> Iterator[str]:
    """Yield the ends of a path that may name it from another folder, the longest first."""
    if "/" not in value or "://" in value:
        return
    names = value.split("/")
    ends = ("/".join(names[at:]) for at in range(1, len(names)))
    found = [end for end in ends if "/" in end or "." in end[1:-1]]
    yield from islice(found, max(len(found) - _MAX_ENDS, 0), None)


def _is_end(one: str, other: str) -> bool:
    return one.endswith(f"/{other}") or other.endswith(f"/{one}")


def _place(
    step: Step,
    part: ValuePart,
    call_id: str | None = None,
    tool: str | None = None,
    argument: str | None = None,
) -> ValuePlace:
    return ValuePlace(
        step=step.index, part=part, call_id=call_id, tool=tool, argument=argument, start=0, end=0
    )


def _at(place: ValuePlace, start: int, value: str) -> ValuePlace:
    return structs.replace(place, start=start, end=start + len(value))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text within arguments, with its path."""
    waiting: list[tuple[str, Any]] = [(path, value)]
    while waiting:
        where, each = waiting.pop()
        if isinstance(each, str):
            yield where, each
        elif isinstance(each, int) and not isinstance(each, bool):
            yield where, str(each)
        elif isinstance(each, dict):
            inner = [(f"{where}.{name}".lstrip("."), found) for name, found in each.items()]
            waiting.extend(reversed(inner))
        elif isinstance(each, list):
            inner = [(f"{where}.{place}".lstrip("."), found) for place, found in enumerate(each)]
            waiting.extend(reversed(inner))
