"""Whether recorded work makes models and work better, and by which numbers.

A loop of data works where more real work makes models behave better, that makes people reach their
goals more often, and their work is better data again. So this asks for both ends, and for all that
lies between them: `flywheel_items` asks what is held, and `flywheel_faults` looks for the known
ways in which such loops go wrong. Nothing here takes a count of examples, the length of an answer
or its speed for a success.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.analyze.process import Process
from tracemill.base.text import counted
from tracemill.records.datasets.versions import DatasetVersion
from tracemill.records.models.evaluations import Comparison, Evaluation, SliceScore
from tracemill.records.models.promotion import PromotionPolicy
from tracemill.records.models.training import TrainingRun
from tracemill.records.process.flywheel import (
    LoopState,
)
from tracemill.records.process.patterns import Measure
from tracemill.records.process.tool_use import ToolUse
from tracemill.stats import fisher_exact, wilson

BEHAVIOUR: Final = ("check:tool", "check:fields", "check:order", "all")
"""Parts of suites that say what a model does: right tools, fields of results, tools behind another
one's result, and whole cases."""
_LEVEL: Final = 0.05
_SHIFT: Final = 0.001
"""How seldom chance may make one model do so differently on the same cases; pairs are many."""
_TWO: Final = 2
_FEWEST: Final = 20
"""Calls from which a tool's failures are told."""


class Rounds(NamedTuple):
    """What is known of a model in use beside the one before it."""

    model: str
    """What the model in use is called."""
    since: datetime
    """When it came into use."""
    comparisons: Sequence[Comparison]
    """What it differed by from the one before, suite by suite; none where nobody looked."""


class Seen(NamedTuple):
    """All that a workspace holds of a loop."""

    use: ToolUse
    """What sessions say of tools."""
    process: Process
    """The work."""
    n_checks: int
    """Tests, linters, type checkers and builds that ran in sessions, with a known verdict."""
    n_gates: int
    """Gate runs."""
    version: DatasetVersion | None
    """The newest dataset version."""
    evaluations: Sequence[Evaluation]
    """Evaluations of models, the latest first."""
    runs: Sequence[TrainingRun]
    """Training runs that are finished."""
    in_use: str | None
    """What the model in use is called."""
    n_promoted: int
    """Models that were promoted."""
    n_shown: int
    """Of those, the ones of which a comparison on cases is kept."""
    policy: PromotionPolicy
    """What a promotion asks for, where nothing else is named."""
    rounds: Rounds | None
    """The model in use beside the one before; None where none came before it."""


def formats(seen: Seen) -> dict[str, bool]:
    """Return, of each model that was trained and evaluated, whether its format was one."""
    trained = {run.id: run.format for run in seen.runs}
    found: dict[str, bool] = {}
    for each in seen.evaluations:
        known = trained.get(each.subject)
        if known is not None and each.format is not None:
            found[each.subject] = found.get(each.subject, True) and each.format == known
    return found


def is_one_format(seen: Seen) -> bool | None:
    """Tell whether models were asked as they were trained; None where nothing tells."""
    found = formats(seen)
    return all(found.values()) if found else None


def one_format(seen: Seen) -> tuple[bool | None, str]:
    """Return whether models were asked as they were trained, and how many.

    Where nobody told the format, a model that does otherwise on the same cases was asked otherwise.
    """
    found = formats(seen)
    wrong = sorted(name for name, is_one in found.items() if not is_one)
    if wrong:
        return False, f"asked in another format than trained in: {', '.join(wrong)}"
    if told := list(shifts(seen.evaluations)):
        way = "asked in another way, or other bytes under one name"
        return False, f"{'; '.join(told)}: {way}"
    return is_one_format(seen), f"{counted(len(found), 'model')} asked as trained"


def shifts(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    """Yield what one model did on one suite at two times, where that is no chance."""
    for at, late in enumerate(evaluations):
        for early in evaluations[at + 1 :]:
            if not _may_be_alike(early, late):
                continue
            one, other = _whole(early), _whole(late)
            if one is None or other is None:
                continue
            p_value = fisher_exact((one.passed, other.passed), (one.n, other.n))
            if p_value <= _SHIFT:
                yield (
                    f"{late.subject} on {late.suite}, {one.passed:,} and {other.passed:,} of "
                    f"{other.n:,}"
                )


def _may_be_alike(one: Evaluation, other: Evaluation) -> bool:
    """Tell whether two evaluations are of one model on one suite, with bytes not known to differ.

    Where both name their format and these differ, that was meant: so formats are compared.
    """
    is_same = (one.subject, one.suite_id) == (other.subject, other.suite_id)
    weights = {one.weights_sha256, other.weights_sha256} - {None}
    formats = {one.format, other.format}
    return is_same and len(weights) < _TWO and (None in formats or len(formats) < _TWO)


def _whole(evaluation: Evaluation) -> SliceScore | None:
    return next((each for each in evaluation.slices if each.name == "all" and each.n), None)


def is_behavioural(evaluation: Evaluation) -> bool:
    """Tell whether an evaluation looked at what a model did, and not only at verdicts."""
    return any(score.name.startswith("check:") and score.n for score in evaluation.slices)


def score_of(seen: Seen, part: str) -> Measure | None:
    """Return what the model in use does on a part of a suite, or else the one asked last."""
    found = [
        (each, score)
        for each in seen.evaluations
        for score in each.slices
        if score.name == part and score.n
    ]
    of_use = [pair for pair in found if pair[0].subject == seen.in_use]
    if not found:
        return None
    evaluation, score = (of_use or found)[0]
    return Measure(
        metric=part, slice={"model": evaluation.subject, "suite": evaluation.suite},
        unit="share", n=score.n, value=score.passed / score.n, low=score.low, high=score.high,
    )  # fmt: skip


def behaviour(seen: Seen) -> tuple[Measure, ...]:
    """Return what models do, of each part that was asked."""
    found = (score_of(seen, part) or _share(part, 0, 0) for part in BEHAVIOUR)
    return tuple(found)


def satisfaction(seen: Seen) -> tuple[Measure, ...]:
    """Return what work brings people."""
    ends = [episode.outcome for episode, _ in seen.process.episodes]
    known = [each for each in ends if each != "unknown"]
    use = seen.use
    return (
        _share("goals_reached", known.count("achieved"), len(known)),
        _within("turns_taken_badly", use.n_against, use.n_taken, use.between.get("against")),
        _share("work_given_up", known.count("abandoned"), len(known)),
        _within("turns_taken_well", use.n_in_favour, use.n_taken, use.between.get("in_favour")),
    )


def health(seen: Seen) -> tuple[Measure, ...]:
    """Return how tools fare."""
    use = seen.use
    often = [row for row in use.tools if row.n_known >= _FEWEST]
    worst = max(often, key=lambda row: row.low or 0.0, default=None)
    n_empty = sum(each.n_empty for each in use.fields)
    low, high = use.between.get("failed", (0.0, 1.0))
    n_well = use.n_known - use.n_failed
    return (
        _within("calls_that_succeed", n_well, use.n_known, (1 - high, 1 - low)),
        _within(
            "highest_failure_rate", worst.n_failed, worst.n_known,
            (worst.low or 0.0, worst.high or 0.0), action=worst.action,
        )
        if worst
        else _share("highest_failure_rate", 0, 0),
        Measure(metric="median_seconds_of_a_turn", slice={}, unit="mean", n=use.n_timed,
                value=use.median_seconds, low=None, high=None),
        _share("empty_fields", n_empty, sum(each.n_seen for each in use.fields)),
    )  # fmt: skip


def _share(metric: str, k: int, n: int) -> Measure:
    return _within(metric, k, n, wilson(k, n))


def _within(
    metric: str, k: int, n: int, between: tuple[float, float] | None, **facts: str
) -> Measure:
    """Return a share with what holds it, where that is known."""
    low, high = between if n and between else (None, None)
    value = k / n if n else None
    return Measure(metric=metric, slice=facts, unit="share", n=n, value=value, low=low, high=high)


def achieved(process: Process) -> list[tuple[datetime | None, bool]]:
    """Return each piece of work of known outcome: when it began, and whether it was achieved."""
    return [
        (episode.started, episode.outcome == "achieved")
        for episode, _ in process.episodes
        if episode.outcome != "unknown"
    ]


def state(seen: Seen) -> tuple[LoopState, str]:
    """Return whether the loop is shown to work, and why."""
    rounds = seen.rounds
    if rounds is None:
        return "unknown", "no model followed another one: tracemill model promote"
    if not rounds.comparisons:
        return "unknown", f"{rounds.model} was not compared with the model before it"
    told = [
        f"{each.name.removeprefix('check:')} {each.verdict}"
        for comparison in rounds.comparisons
        for each in comparison.slices
        if each.name in BEHAVIOUR
    ]
    verdicts = {each.rpartition(" ")[2] for each in told}
    behaves: LoopState = "not_shown"
    if "worse" in verdicts:
        behaves = "fails"
    elif "better" in verdicts:
        behaves = "works"
    succeeds, said = _success_since(seen.process, rounds.since)
    base = rounds.comparisons[0].base
    models = f"{rounds.model} beside {base}: {', '.join(told) or 'no part was compared'}"
    both = {behaves, succeeds}
    if "fails" in both:
        return "fails", f"{models}; {said}"
    return ("works" if both == {"works"} else "not_shown"), f"{models}; {said}"


def _success_since(process: Process, since: datetime) -> tuple[LoopState, str]:
    """Return whether work is achieved more often since a moment, by Fisher's exact test."""
    known = [(at, is_achieved) for at, is_achieved in achieved(process) if at is not None]
    now = [is_achieved for at, is_achieved in known if at >= since]
    before = [is_achieved for at, is_achieved in known if at < since]
    said = (
        f"{sum(now):,} of {counted(len(now), 'piece')} of work achieved since, "
        f"{sum(before):,} of {len(before):,} before"
    )
    if not now or not before:
        return "not_shown", said
    p_value = fisher_exact((sum(now), sum(before)), (len(now), len(before)))
    is_more = sum(now) / len(now) > sum(before) / len(before)
    if p_value > _LEVEL:
        return "not_shown", f"{said} (p = {p_value:.2g})"
    return ("works" if is_more else "fails"), f"{said} (p = {p_value:.2g})"
