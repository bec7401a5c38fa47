"""How far a team's loop of learning has come: four levels, each a list of things that are counted.

| level | is about |
|---|---|
| 1 | everything is written down |
| 2 | what repeats is known |
| 3 | changes follow from data, and are tried before they are rolled out |
| 4 | the loop runs by itself |

What no record tells is unknown, and counts as not met: a level is reached where all of it is met
and all below. Quarters are those of the calendar; the one in which the day lies is compared with
the one before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from tracemill.analyze.cases import Case, Tally, summed
from tracemill.analyze.metrics.table import METRICS
from tracemill.analyze.process import Process, Told
from tracemill.analyze.reasons import root_causes
from tracemill.records.events.team_projects import ApprovalReport, GateReport
from tracemill.records.process.maturity import Criterion, MaturityLevel, Verdict
from tracemill.records.process.version_metrics import VersionMetrics
from tracemill.stats.beta import binomial_at_least

NAMES: Final = {
    1: "everything is written down",
    2: "what repeats is known",
    3: "changes follow from data",
    4: "the loop runs by itself",
}
"""What the levels are called."""

_ALL: Final = 0.999
_FEWEST: Final = 5
_LEVEL: Final = 0.05
_BETTER_GATES: Final = 0.05
_FEWER_RETRIES: Final = 0.10


class Around(NamedTuple):
    """What is known beside the work itself."""

    labels: tuple[int, int]
    """How many verdicts of rules people agreed with, of how many."""
    prompts: Sequence[Sequence[VersionMetrics]]
    """Of each prompt its versions, the oldest first."""
    recipes: Sequence[Sequence[VersionMetrics]]
    """Of each recipe its versions."""
    n_rolled_out: int
    """Versions of prompts that were rolled out, the first of each left aside."""
    n_tried: int
    """Those of them that an experiment had chosen before."""
    n_suggestions: int
    """Proposals that follow from what is held, without anybody asking."""
    n_beaten: int
    """Versions that a newer one beat."""
    n_retired: int
    """Those of them that no open project uses."""


def levels(process: Process, around: Around, day: date) -> tuple[MaturityLevel, ...]:
    """Return all levels, each with what it asks for."""
    found: list[MaturityLevel] = []
    asked: Sequence[Callable[[Process, Around, date], Iterator[Criterion]]] = (
        _written_down, _known, _by_data, _by_itself,
    )  # fmt: skip
    for level, ask in enumerate(asked, 1):
        criteria = tuple(ask(process, around, day))
        is_met = all(each.verdict == "met" for each in criteria)
        is_reached = is_met and (not found or found[-1].is_reached)
        found.append(
            MaturityLevel(level=level, name=NAMES[level], is_reached=is_reached, criteria=criteria)
        )
    return tuple(found)


def _written_down(process: Process, around: Around, _: date) -> Iterator[Criterion]:
    yield _share(
        1, "every judgement of a gate says all that is asked of it", _ALL,
        map(_is_whole_gate, process.of(GateReport)),
        "gate, verdict, stage, role, attempt, project, moment, and why where it is a no",
    )  # fmt: skip
    yield _share(
        1, "every decision of a person says why", _ALL,
        (bool(told.report.human_reasoning) for told in process.of(ApprovalReport)),
        "decisions with a reason, of all that are held",
    )  # fmt: skip
    yield _share(
        1, "everything belongs to a project and a day", _ALL,
        ("project" in told.facts and told.at is not None for told in process.all()),
        "reports that name both",
    )  # fmt: skip
    agreed, n = around.labels
    yield _counted(
        1, "rules and people agree on structured work", 0.95, agreed, n,
        "outcomes on which a person's review and the rules both spoke",
    )  # fmt: skip
    n_held = sum(1 for _ in process.all()) + len(process.sessions)
    yield _fact(
        1, "any number can be counted again from what was read", bool(n_held), n_held,
        "no number is kept: each is counted from reports and sessions when it is asked for",
    )  # fmt: skip


def _is_whole_gate(told: Told) -> bool:
    gate: GateReport = told.report
    fields: tuple[Any, ...] = (gate.gate_id, gate.gate_result, gate.retry_attempt, told.at)
    is_said = all(each is not None for each in fields)
    has_why = gate.gate_result != "fail" or bool(gate.gate_result_reason)
    return is_said and has_why and all(name in told.facts for name in ("stage", "role", "project"))


def _known(process: Process, around: Around, day: date) -> Iterator[Criterion]:
    now = _tally(_cases(process, "gate_failure_rate"), lambda at: _quarter(at) == _quarter(day))
    causes = root_causes(now, 5)
    n_causes = len(causes)
    yield Criterion(
        level=2, asks="the commonest causes of failed gates are known each quarter",
        verdict=_verdict(None if not now.n else bool(causes)), unit="count",
        value=float(n_causes) if now.n else None, needed=1.0, n=now.n,
        evidence="causes of this quarter's failed gates, five at most",
    )  # fmt: skip
    hot = summed(_cases(process, "retries"), ("role",)).slices
    yield _some(2, "where work is tried again is ranked, by role", 2, len(hot),
                "roles of which retries are counted")  # fmt: skip
    spent = summed(_cases(process, "tokens_per_success"), ("prompt_version",)).slices
    yield _some(2, "tokens are seen across versions of prompts", 2, len(spent),
                "versions of which tokens are counted")  # fmt: skip
    ended = summed(_cases(process, "project_success_rate"), ("recipe_version",)).slices
    yield _some(2, "recipes are compared by what became of projects", 2, len(ended),
                "versions of recipes of which ends are counted")  # fmt: skip
    hits, n = backtest(process, around.prompts)
    chance = binomial_at_least(hits, n, 0.5) if n else None
    yield Criterion(
        level=2, asks="what does best elsewhere does best in a new domain",
        verdict=_verdict(None if chance is None else chance <= _LEVEL),
        unit="share", value=hits / n if n else None, needed=None, n=n,
        evidence="pairs of versions whose order in one domain follows from all the others; met "
        "where that is more than chance",
    )  # fmt: skip


def backtest(process: Process, prompts: Sequence[Sequence[VersionMetrics]]) -> tuple[int, int]:
    """Return how often what does better elsewhere does better in a domain, and of how many.

    Each domain is left out once; both versions must have been judged five times in it, and five
    elsewhere.
    """
    by_domain = summed(_cases(process, "gate_failure_rate"), ("prompt_version", "domain")).slices
    whole = summed(
        (case for case in _cases(process, "gate_failure_rate") if "domain" in case.facts),
        ("prompt_version",),
    ).slices
    domains = sorted({domain for _, domain in by_domain})
    hits = n = 0
    for versions in prompts:
        names = [each.version for each in versions]
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                for domain in domains:
                    order = _orders(by_domain, whole, (one, other), domain)
                    n += order is not None
                    hits += order is True
    return hits, n


def _orders(
    by_domain: Mapping[tuple[str, ...], Tally],
    whole: Mapping[tuple[str, ...], Tally],
    pair: tuple[str, str],
    domain: str,
) -> bool | None:
    """Tell whether two versions stand in one domain as elsewhere; None where nobody can tell."""
    inside = [by_domain.get((name, domain)) for name in pair]
    if any(tally is None or tally.n < _FEWEST for tally in inside):
        return None
    there = [tally for tally in inside if tally is not None]
    outside = [whole[name,].without(tally) for name, tally in zip(pair, there, strict=True)]
    if any(tally.n < _FEWEST for tally in outside):
        return None
    here = (there[0].value or 0.0) - (there[1].value or 0.0)
    elsewhere = (outside[0].value or 0.0) - (outside[1].value or 0.0)
    return None if not here or not elsewhere else (here > 0) == (elsewhere > 0)


def _by_data(process: Process, around: Around, day: date) -> Iterator[Criterion]:
    yield _some(3, "changes are rolled out", 1, around.n_rolled_out,
                "versions of prompts that projects used, but for the first of each")  # fmt: skip
    yield _counted(
        3, "what is rolled out was tried before", 1.0, around.n_tried, around.n_rolled_out,
        "of these, those that an experiment had chosen",
    )  # fmt: skip
    gained = _quarters(process, "gate_failure_rate", day)
    yield Criterion(
        level=3, asks="gates pass more often than in the quarter before",
        verdict=_verdict(None if gained is None else -gained.difference >= _BETTER_GATES),
        unit="share", value=None if gained is None else -gained.difference, needed=_BETTER_GATES,
        n=gained.n if gained else 0, evidence="share of judgements that pass, less that before",
    )  # fmt: skip
    retried = _quarters(process, "retries", day)
    less = -retried.difference / retried.before if retried and retried.before else None
    yield Criterion(
        level=3, asks="work is tried again less often than in the quarter before",
        verdict=_verdict(None if less is None else less >= _FEWER_RETRIES), unit="share",
        value=less, needed=_FEWER_RETRIES, n=retried.n if retried else 0,
        evidence="retries for each piece of work, as a part of those before",
    )  # fmt: skip
    yield _unknown(
        3, "new agents need five examples, not twenty", "no record tells what new agents were given"
    )


def _by_itself(process: Process, around: Around, day: date) -> Iterator[Criterion]:
    yield _some(4, "proposals follow from what is held", 1, around.n_suggestions,
                "proposals that nobody had to ask for")  # fmt: skip
    compared = [
        any(each.change == "better" for each in version.metrics)
        for versions in around.recipes
        for version in versions
        if any(each.q_value is not None for each in version.metrics)
    ]
    yield _share(4, "each version of a recipe is better than the one before", 1.0, compared,
                 "versions that do better in anything by more than chance")  # fmt: skip
    yield _counted(
        4, "versions that were beaten are in use no more", 1.0, around.n_retired, around.n_beaten,
        "of the versions that a newer one beat, those that no open project used last",
    )  # fmt: skip
    yield _unknown(4, "models handle what they never saw", "see `model eval` and `model compare`")
    better = {
        version.version
        for versions in around.prompts
        for version in versions
        if any(each.change == "better" for each in version.metrics)
    }
    yield _share(
        4, "nine projects of ten work with what was learned", 0.9,
        _profits(process, better, day),
        "projects of this quarter with a version that does better than the one before it",
    )  # fmt: skip


def _profits(process: Process, better: set[str], day: date) -> Iterator[bool]:
    had: defaultdict[str, bool] = defaultdict(bool)
    for told in process.all():
        project, version = told.facts.get("project"), told.facts.get("prompt_version")
        is_now = told.at is not None and _quarter(told.at.date()) == _quarter(day)
        if project is not None and version is not None and is_now:
            had[project] |= version in better
    yield from had.values()


class _Quarters(NamedTuple):
    difference: float
    before: float
    n: int


def _quarters(process: Process, metric: str, day: date) -> _Quarters | None:
    """Return how a metric differs from the quarter before; None where one of both has few cases."""
    year, quarter = _quarter(day)
    earlier = (year, quarter - 1) if quarter else (year - 1, 3)
    cases = list(_cases(process, metric))
    now = _tally(cases, lambda at: _quarter(at) == (year, quarter))
    before = _tally(cases, lambda at: _quarter(at) == earlier)
    if min(now.n, before.n) < _FEWEST:
        return None
    past = before.value or 0.0
    return _Quarters(round((now.value or 0.0) - past, 9), past, now.n)


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _tally(cases: Iterable[Case], is_meant: Callable[[date], bool]) -> Tally:
    tally = Tally()
    for case in cases:
        if case.at is not None and is_meant(case.at.date()):
            tally.add(case)
    return tally


def _cases(process: Process, metric: str) -> Iterator[Case]:
    return METRICS[metric].cases(process)


def _verdict(is_met: bool | None) -> Verdict:
    if is_met is None:
        return "unknown"
    return "met" if is_met else "not_met"


def _share(level: int, asks: str, needed: float, held: Iterable[bool], evidence: str) -> Criterion:
    told = list(held)
    return _counted(level, asks, needed, sum(told), len(told), evidence)


def _counted(level: int, asks: str, needed: float, k: int, n: int, evidence: str) -> Criterion:
    value = k / n if n else None
    return Criterion(
        level=level, asks=asks, verdict=_verdict(None if value is None else value >= needed),
        unit="share", value=value, needed=needed, n=n, evidence=evidence,
    )  # fmt: skip


def _some(level: int, asks: str, needed: int, n: int, evidence: str) -> Criterion:
    return Criterion(
        level=level, asks=asks, verdict=_verdict(n >= needed), unit="count", value=float(n),
        needed=float(needed), n=n, evidence=evidence,
    )  # fmt: skip


def _fact(level: int, asks: str, is_met: bool, n: int, evidence: str) -> Criterion:
    return Criterion(
        level=level, asks=asks, verdict=_verdict(is_met if n else None), unit="count", value=None,
        needed=None,
        n=n, evidence=evidence,
    )  # fmt: skip


def _unknown(level: int, asks: str, evidence: str) -> Criterion:
    return Criterion(
        level=level,
        asks=asks,
        verdict="unknown",
        unit="share",
        value=None,
        needed=None,
        n=0,
        evidence=evidence,
    )
