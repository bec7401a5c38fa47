"""The registry of a team's process recipes: versions, what each brought, and what to change next.

A version comes from what projects say they followed (`gis_investment_v2`), or, where they name a
recipe without a number, from the version of its file that was in force when the project began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.analyze import METRICS
from tracemill.analyze.cases import Case, summed
from tracemill.analyze.conclusions.recipe_proposals import proposals
from tracemill.analyze.conclusions.versions import Naming, VersionCounts, best_versions
from tracemill.analyze.process import Process
from tracemill.analyze.reasons import root_causes
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.text import counted, measured
from tracemill.flows.analysis.process import Known, read_known
from tracemill.prompts.history import KeptHistory
from tracemill.prompts.naming import parse_name, plain
from tracemill.prompts.recipe_stages import stages_of
from tracemill.records.events.team_projects import SurveyReport
from tracemill.records.events.team_recipes import RecipeReport
from tracemill.records.process.patterns import Measure, Reason
from tracemill.records.process.process_recipes import RecipeSummary, RecipeVersion, ShownRecipe
from tracemill.records.process.version_metrics import BestVersion, VersionMetrics
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace

FACT: Final = "recipe_version"
"""What names a version of a recipe in a case."""
NAMING: Final = Naming(in_reports=FACT)
_SUCCESS: Final = "project_success_rate"
_FEWEST: Final = 5
_MOST_FEEDBACK: Final = 3


class ProcessRecipeList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every process recipe."""

    recipes: tuple[RecipeSummary, ...]
    """The recipe with most projects first."""


class Held(NamedTuple):
    """What is held of one recipe."""

    name: str
    kept: KeptHistory | None
    versions: tuple[str, ...]
    """Names of its versions, the oldest first."""


def list_recipes(workspace: Workspace) -> ProcessRecipeList:
    """Return every process recipe that a file or a report tells of."""
    known = read_known(workspace)
    counts = VersionCounts(known.process, NAMING, (_SUCCESS,))
    found = [_summary(held, counts.told(held.versions)) for held in held_recipes(known).values()]
    found.sort(key=lambda each: (-each.n_projects, each.name))
    return ProcessRecipeList(recipes=tuple(found))


def show_recipe(workspace: Workspace, name: str, by: tuple[str, ...] = ()) -> ShownRecipe:
    """Return a recipe with what each version brought.

    Args:
        workspace: where everything is kept.
        name: its name, with or without a number, or its path.
        by: facts that make slices in which versions are ranked.

    Raises:
        NotFoundError: nothing tells of such a recipe.
        UsageError: versions cannot be ranked by that.
    """
    for fact in by:
        if fact not in METRICS[_SUCCESS].facts:
            listed = ", ".join(METRICS[_SUCCESS].facts)
            raise UsageError(f"{_SUCCESS} cannot be asked by {fact!r}; it can by: {listed}")
    known = read_known(workspace)
    held = find_recipe(held_recipes(known), name)
    told = VersionCounts(known.process, NAMING).told(held.versions)
    feedback = _feedback(known.process)
    stages = stages_of((held.kept.texts[-1] if held.kept else None) or "")
    used = [each.version for each in told if each.n_projects]
    overall = best_versions(known.process, _SUCCESS, NAMING, held.versions, ())
    return ShownRecipe(
        name=held.name,
        text=held.kept.told if held.kept else None,
        stages=stages,
        versions=tuple(_versions(held, told, feedback, _written_down(known.process))),
        best=tuple(best_versions(known.process, _SUCCESS, NAMING, held.versions, by)) if by else (),
        recommendation=_recommendation(told, overall[0] if overall else None),
        proposals=tuple(proposals(known.process, used[-1] if used else None, stages)),
    )


def held_recipes(known: Known) -> dict[str, Held]:
    """Return what is held of each recipe, by its name."""
    files = {each.told.role: each for each in known.texts if each.told.kind == "recipe"}
    said: defaultdict[str, set[str]] = defaultdict(set)
    for told in known.process.all():
        version = told.facts.get(FACT)
        if version is not None:
            named = parse_name(version)
            said[named.role if named and named.role else plain(version)].add(version)
    found = {}
    for name in sorted({*files, *said}):
        kept = files.get(name)
        in_file = [each.name for each in kept.told.versions] if kept else []
        versions = sorted({*in_file, *said.get(name, ())}, key=_number)
        found[name] = Held(name, kept, tuple(versions))
    return found


def _number(version: str) -> tuple[int, int, str]:
    named = parse_name(version)
    return (*named.number, version) if named else (0, 0, version)


def find_recipe(held: Mapping[str, Held], name: str) -> Held:
    """Return the recipe that a name means, with or without a number, or a path.

    Raises:
        NotFoundError: nothing answers to it.
    """
    named = parse_name(name)
    wanted = {plain(name), named.role if named else ""}
    found = [
        each
        for each in held.values()
        if each.name in wanted or (each.kept is not None and each.kept.told.path == name)
    ]
    if not found:
        known = ", ".join(held) or "none"
        raise NotFoundError(
            f"no recipe answers to {name!r}; known: {known}; see: tracemill recipe list"
        )
    return found[0]


def _summary(held: Held, told: Sequence[VersionMetrics]) -> RecipeSummary:
    successes = [found for each in told if (found := _success(each)) is not None]
    return RecipeSummary(
        name=held.name,
        path=held.kept.told.path if held.kept else None,
        versions=held.versions,
        n_projects=sum(each.n_projects for each in told),
        success=successes[-1] if successes else None,
    )


def _success(told: VersionMetrics) -> Measure | None:
    found = (each.measure for each in told.metrics)
    return next((each for each in found if each.metric == _SUCCESS), None)


def _written_down(process: Process) -> dict[str, RecipeReport]:
    """Return what was written down last of each version, by its name."""
    return {told.facts[FACT]: told.report for told in process.of(RecipeReport)}


def _versions(
    held: Held,
    told: Sequence[VersionMetrics],
    feedback: Mapping[str, tuple[Reason, ...]],
    written: Mapping[str, RecipeReport],
) -> Iterator[RecipeVersion]:
    made = {each.name: each for each in held.kept.told.versions} if held.kept else {}
    for each in told:
        text = made.get(each.version)
        yield RecipeVersion(
            name=each.version,
            since=text.since if text else each.first_used,
            until=text.until if text else None,
            told=each,
            feedback=feedback.get(each.version, ()),
            said=written.get(each.version),
        )


def _feedback(process: Process) -> dict[str, tuple[Reason, ...]]:
    """Return what people said after projects, by the version of the recipe."""
    sliced = summed(_said(process), (FACT,))
    return {key[0]: root_causes(tally, _MOST_FEEDBACK) for key, tally in sliced.slices.items()}


def _said(process: Process) -> Iterator[Case]:
    for told in process.of(SurveyReport):
        for text in filter(None, (told.report.comments, told.report.suggestions)):
            yield Case(told.facts, 1.0, told.ref, told.at, text)


def _recommendation(told: Sequence[VersionMetrics], best: BestVersion | None) -> str:
    """Return which version to use, as far as anything is known."""
    newest = told[-1] if told else None
    trying = ""
    if newest is not None and newest.n_projects < _FEWEST:
        trying = f"; {newest.version} was tried in {counted(newest.n_projects, 'project')} so far"
    if best is None or not best.ranked:
        return f"nothing is known of how projects ended{trying}"
    shares = ", ".join(
        f"{each.slice[FACT]} ships {measured('share', each.value)} of {each.n:,}"
        for each in best.ranked[:2]
    )
    if best.verdict == "best":
        return f"use {best.best} for new projects: {shares} (p {best.p_value:.2g}){trying}"
    if best.verdict == "no_difference":
        more = f"; {best.n_needed:,} projects of each could tell" if best.n_needed else ""
        return f"no version is shown to be better: {shares}{more}{trying}"
    return f"too few projects to choose: {shares}{trying}"
