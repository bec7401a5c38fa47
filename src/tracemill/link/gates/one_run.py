"""Which reports tell of one run of the tests: a runner that writes several forms is run once.

Two reports are of one run when they lie in one folder, are of different forms, say the same of
every test that both name, no further test of either has an outcome of its own, and their times
fit: they began in one second, or one of them says no duration and began while the other ran. What
both state of tool, version, commit, branch and folder must be the same. Two runs of the same tests
one after the other never are: each of them has a begin of its own.

| method | from | to | what is known | confidence |
|---|---|---|---|---|
| `same_run` | gate run | gate run | both are reports of that run; the latter stands for it | .98 |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs

from tracemill.link.gates.reported_tests import RunOfTests
from tracemill.link.make_link import make_link
from tracemill.records.events.event import GateRun
from tracemill.records.links import Link
from tracemill.records.refs import Ref

SAME_RUN: Final = "same_run"
_CONFIDENCE: Final = 0.98
_SECOND: Final = timedelta(seconds=1)
"""Some writers give times in whole seconds."""
_STATED: Final = ("tool", "tool_version", "root", "commit", "branch", "run_id", "attempt")
_FILLED: Final = (*_STATED, "title", "at", "duration_s", "exit_code", "coverage", "score")
_IDLE: Final = frozenset({"skipped", "unknown"})
"""What some forms leave out: modules that skip themselves, tests that were cut off."""


def same_run_links(runs: Iterable[RunOfTests]) -> Iterator[Link]:
    """Yield a link from each further report of a run to the one that stands for it."""
    by_folder: defaultdict[str, list[RunOfTests]] = defaultdict(list)
    for each in runs:
        if each.run.at is not None and each.tests | each.uncollected:
            by_folder[each.run.origin.uri.rpartition("/")[0]].append(each)
    for held in by_folder.values():
        if len({_form(each.run) for each in held}) == 1:
            continue
        for reports in _grouped(held):
            standing = max(reports, key=_told)
            target = Ref(kind="event", id=standing.run.id)
            for each in reports:
                if each is not standing:
                    source = Ref(kind="event", id=each.run.id)
                    yield make_link(source, target, SAME_RUN, _CONFIDENCE)


def further_reports(links: Iterable[Link]) -> dict[str, str]:
    """Return which run stands for each further report of it, by id."""
    return {link.source.id: link.target.id for link in links if link.method == SAME_RUN}


def one_run(standing: GateRun, others: Sequence[GateRun]) -> GateRun:
    """Return a run by all of its reports: what one leaves open, the next one may say."""
    known = {
        name: value
        for name in _FILLED
        if getattr(standing, name) is None
        and (value := next(_values(others, name), None)) is not None
    }
    return structs.replace(standing, **known) if known else standing


def folded(runs: Sequence[GateRun], standing: Mapping[str, str]) -> list[GateRun]:
    """Return each run once, in their order; `standing` says of which run an id is a report."""
    known = {run.id for run in runs}
    others: defaultdict[str, list[GateRun]] = defaultdict(list)
    for run in runs:
        if standing.get(run.id) in known:
            others[standing[run.id]].append(run)
    further = {run.id for held in others.values() for run in held}
    return [one_run(run, others.get(run.id, ())) for run in runs if run.id not in further]


def _values(runs: Iterable[GateRun], name: str) -> Iterator[object]:
    return (value for run in runs if (value := getattr(run, name)) is not None)


def _grouped(runs: Collection[RunOfTests]) -> list[list[RunOfTests]]:
    """Return the reports of each run: one goes to the last run before it that it wholly fits."""
    groups: list[list[RunOfTests]] = []
    current: list[list[RunOfTests]] = []
    for each in sorted(runs, key=lambda found: (_begin(found.run), found.run.id)):
        current = [held for held in current if _may_go_on(held, _begin(each.run))]
        fitting = (held for held in reversed(current) if all(_is_same(each, one) for one in held))
        group = next(fitting, None)
        if group is None:
            group = []
            groups.append(group)
            current.append(group)
        group.append(each)
    return groups


def _may_go_on(reports: Sequence[RunOfTests], at: datetime) -> bool:
    """Tell whether a report that begins at a moment, or later, may be one more of the run."""
    longest = max(each.run.duration_s or 0.0 for each in reports)
    return at - _begin(reports[0].run) <= timedelta(seconds=longest) + _SECOND


def _is_same(one: RunOfTests, other: RunOfTests) -> bool:
    return (
        _form(one.run) != _form(other.run)
        and all(_agree(getattr(one.run, name), getattr(other.run, name)) for name in _STATED)
        and _times_fit(one.run, other.run)
        and _say_the_same(one, other)
    )


def _form(run: GateRun) -> tuple[str, str]:
    """Return in which form a report is written."""
    return run.origin.source, run.origin.uri.rpartition("/")[2].rpartition(".")[2]


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _times_fit(one: GateRun, other: GateRun) -> bool:
    first, last = sorted((one, other), key=_begin)
    apart = _begin(last) - _begin(first)
    if one.duration_s is None or other.duration_s is None:
        return apart <= timedelta(seconds=first.duration_s or 0.0) + _SECOND
    least = min(one.duration_s, other.duration_s)
    return apart <= min(_SECOND, timedelta(seconds=least))


def _begin(run: GateRun) -> datetime:
    assert run.at is not None, "only these have a place"
    return run.at


def _say_the_same(one: RunOfTests, other: RunOfTests) -> bool:
    mine, theirs = _statuses(one), _statuses(other)
    shared = mine.keys() & theirs.keys()
    alone = [mine[key] for key in mine.keys() - shared]
    alone += [theirs[key] for key in theirs.keys() - shared]
    same = all(mine[key] == theirs[key] for key in shared)
    return bool(shared) and same and set(alone) <= _IDLE


def _statuses(run: RunOfTests) -> dict[str, str]:
    """Return what is said of each test; some forms know no test that passed against expectation."""
    told = (run.tests | run.uncollected).items()
    return {key: "passed" if test.status == "xpassed" else test.status for key, test in told}


def _told(report: RunOfTests) -> tuple[int, int, str]:
    """Order reports of one run by how much they tell."""
    known = sum(getattr(report.run, name) is not None for name in _FILLED)
    return len(report.tests) + len(report.uncollected), known, report.run.id
