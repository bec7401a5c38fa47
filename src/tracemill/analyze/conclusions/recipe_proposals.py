"""How a recipe could be improved, by its stages and the gate results of its projects.

Two stages in a row can run side by side where the later one names no input that the earlier
makes; what that saves is the shorter of both, as far as it is known. A stage whose gate fails for
one reason above all asks for that: of a stage that tests, to look at it; of any other, from the
stage before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Final

from tracemill.analyze.cases import Tally, summed
from tracemill.analyze.metrics.table import METRICS
from tracemill.analyze.process import Process
from tracemill.analyze.reasons import root_causes
from tracemill.base.text import counted, one_line
from tracemill.records.process.process_recipes import RecipeProposal, RecipeStage

_OFTEN: Final = 0.10
"""Share of judgements that are a no, from which on a gate is worth a change."""
_LEAST: Final = 3
_WIDTH: Final = 120
_TESTS: Final = ("qa", "test", "quality")


def proposals(
    process: Process, version: str | None, stages: Sequence[RecipeStage]
) -> Iterator[RecipeProposal]:
    """Yield what to change in a recipe.

    Args:
        process: all that is known of the work.
        version: the version whose projects are looked at; None where none is known.
        stages: the stages of its newest text.
    """
    yield from _side_by_side(stages, _by_stage(process, version, "stage_seconds"))
    order = [stage.name for stage in stages]
    for stage, tally in _by_stage(process, version, "gate_failure_rate").items():
        yield from _asked(stage, tally, order)


def _by_stage(process: Process, version: str | None, metric: str) -> Mapping[str, Tally]:
    """Return a metric's cases by stage, of the projects of a version."""
    cases = (
        case
        for case in METRICS[metric].cases(process)
        if version is not None and case.facts.get("recipe_version") == version
    )
    return {key[0]: tally for key, tally in sorted(summed(cases, ("stage",)).slices.items())}


def _side_by_side(
    stages: Sequence[RecipeStage], seconds: Mapping[str, Tally]
) -> Iterator[RecipeProposal]:
    for before, after in pairwise(stages):
        if not before.deliverables or not after.inputs or _needs(after, before):
            continue
        spent = [seconds[name] for name in (before.name, after.name) if name in seconds]
        saved = min((tally.value or 0.0 for tally in spent), default=0.0)
        is_known = len(spent) == 2  # noqa: PLR2004 - both stages
        yield RecipeProposal(
            kind="stage_reordering",
            change=f"run {before.name} + {after.name} side by side, not one after the other",
            rationale=(
                f"{after.name} names no input that {before.name} delivers; see that it names all"
            ),
            expected_impact=f"{saved / 60:,.0f} minutes less on the way" if is_known else None,
            n=min(tally.n for tally in spent) if is_known else 0,
        )


def _needs(after: RecipeStage, before: RecipeStage) -> bool:
    return any(
        fnmatchcase(made, needed) or fnmatchcase(needed, made)
        for needed in after.inputs
        for made in before.deliverables
    )


def _asked(stage: str, tally: Tally, order: Sequence[str]) -> Iterator[RecipeProposal]:
    """Yield what the commonest reason asks for, where the stage's gates fail often enough."""
    causes = root_causes(tally, 1)
    if (tally.value or 0.0) <= _OFTEN or not causes or causes[0].n < _LEAST:
        return
    reason = one_line(causes[0].text, _WIDTH)
    is_test = any(word in stage.casefold() for word in _TESTS)
    place = order.index(stage) if stage in order else 0
    giver = stage if is_test or not place else order[place - 1]
    change = (
        f"give the template of {stage} something to look at: {reason}"
        if is_test
        else f"ask the stage {giver} for it in its template: {reason}"
    )
    yield RecipeProposal(
        kind="qa_template" if is_test else "template_enrichment",
        change=change,
        rationale=f"gates of {stage} say no {tally.value:.0%} of the time, {causes[0].n} times so",
        expected_impact=(
            f"{100 * causes[0].n / tally.n:.0f} points of the failed gates of {stage} at most, "
            f"of {counted(tally.n, 'judgement')}"
        ),
        n=tally.n,
    )
