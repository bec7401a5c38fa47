"""What is new: the cases of a slice beside those before them, and what else came in with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tracemill.analyze.cases import Case, Tally
from tracemill.analyze.process import Process
from tracemill.records.events.team_projects import StageReport
from tracemill.records.process.patterns import Reason
from tracemill.records.refs import Ref

_ADVICE: Final[Mapping[str, str]] = {
    "prompt_version": "take it back, or improve it",
    "model": "compare the models",
    "domain": "the team has little experience there: add examples",
    "team_size": "ask the team what changed",
    "recipe": "compare the recipes",
}
"""Facts that may be why a metric changed, with what could be done."""
_BY_ROLE: Final = ("prompt_version", "model")
_COMMON: Final = 0.5
_RARE: Final = 0.1
"""What at least half of the new projects have, and at most a tenth of those before, is new."""
_MOST_REFS: Final = 10


class Turn(NamedTuple):
    """Cases of one slice, and those before them."""

    key: tuple[str, ...]
    """The slice."""
    now: Tally
    """The newer cases."""
    before: Tally
    """The older ones."""
    projects: tuple[frozenset[str], frozenset[str]]
    """Projects of the newer cases, and of the older ones."""


def newest(cases: Iterable[Case], by: tuple[str, ...], last: int) -> Iterator[Turn]:
    """Yield each slice's newest cases beside all before, where there are as many of them."""
    for key, held in _sliced(cases, by):
        if len(held) >= 2 * last:
            yield _turn(key, held[-last:], held[:-last])


def followed(cases: Iterable[Case], within: tuple[str, ...], after: str) -> Iterator[Turn]:
    """Yield each value of a fact beside the one that it followed, in the order of first cases."""
    for key, held in _sliced(cases, within):
        values: dict[str, list[Case]] = defaultdict(list)
        for case in held:
            if value := case.facts.get(after):
                values[value].append(case)
        listed = list(values.items())
        for (_, before), (value, now) in pairwise(listed):
            yield _turn((*key, value), now, before)


def _sliced(
    cases: Iterable[Case], by: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[Case]]]:
    """Yield the dated cases of each slice in the order of their moments."""
    slices: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    for case in cases:
        key = tuple(case.facts.get(name, "") for name in by)
        if all(key) and case.at is not None:
            slices[key].append(case)
    for key, held in sorted(slices.items()):
        yield key, sorted(held, key=lambda case: (str(case.at), case.ref.id))


def _turn(key: tuple[str, ...], now: Sequence[Case], before: Sequence[Case]) -> Turn:
    tallies, projects = [], []
    for held in (now, before):
        tally = Tally()
        for case in held:
            tally.add(case)
        tallies.append(tally)
        projects.append(frozenset(case.facts.get("project", "") for case in held) - {""})
    return Turn(key, tallies[0], tallies[1], (projects[0], projects[1]))


def what_came_in(
    process: Process, newer: frozenset[str], older: frozenset[str]
) -> tuple[Reason, ...]:
    """Return what most of the newer projects have and hardly any before, the sharpest first."""
    held: tuple[Counter[tuple[str, str, str]], ...] = (Counter(), Counter())
    refs: dict[tuple[str, str, str], list[Ref]] = defaultdict(list)
    for project, facts in _facts_of(process).items():
        for counter, projects in zip(held, (newer, older), strict=True):
            if project in projects:
                counter.update(facts.keys())
        for fact, ref in facts.items():
            if project in newer and len(refs[fact]) < _MOST_REFS:
                refs[fact].append(ref)
    n_now, n_before = max(1, len(newer)), max(1, len(older))
    came = [
        (held[1][fact] / n_before - n / n_now, fact)
        for fact, n in held[0].items()
        if n >= _COMMON * n_now and held[1][fact] <= _RARE * n_before
    ]
    return tuple(_reason(fact, held[0][fact], n_now, refs[fact]) for _, fact in sorted(came))


def _facts_of(process: Process) -> dict[str, dict[tuple[str, str, str], Ref]]:
    """Return what is known of each project: each fact with whose it is, and what shows it."""
    found: dict[str, dict[tuple[str, str, str], Ref]] = defaultdict(dict)
    for told in process.of(StageReport):
        project, role = told.facts.get("project"), told.facts.get("role", "agent")
        if project is None:
            continue
        for name in _ADVICE:
            if value := told.facts.get(name):
                owner = role if name in _BY_ROLE else ""
                found[project].setdefault((name, owner, value), told.ref)
    return found


def _reason(fact: tuple[str, str, str], n: int, n_now: int, refs: Sequence[Ref]) -> Reason:
    name, owner, value = fact
    whose = f" of the {owner}" if owner else ""
    words = name.replace("_", " ")
    text = f"new is the {words}{whose}: {value} ({n} of {n_now} projects); {_ADVICE[name]}"
    return Reason(text=text, n=n, examples=tuple(refs))
