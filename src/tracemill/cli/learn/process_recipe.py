"""`tracemill recipe`: a team's process recipes, version by version."""

from collections.abc import Iterator

from tracemill.base.text import counted, measured, one_line
from tracemill.cli.learn.prompt_metrics import VERSION_COLUMNS, best_lines, version_rows
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.recipe_registry import list_recipes, show_recipe
from tracemill.flows.analysis.recipe_versions import RecipeDifference
from tracemill.flows.analysis.recipe_versions import diff_recipe as read_difference
from tracemill.records.events.team_recipes import RecipeMetrics, RecipeReport
from tracemill.records.process.patterns import Measure
from tracemill.records.process.process_recipes import RecipeSummary, RecipeVersion, ShownRecipe

_NEXT = "tracemill recipe history NAME"
_SHOWN = ("project_success_rate", "project_seconds", "project_cost", "satisfaction")


def list_recipe(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List process recipes, those with most projects first."""
    found = list_recipes(common.open())
    if listing.jsonl:
        write_lines(found.recipes)
    elif not answer("process-recipes", found, common, next_steps=[_NEXT]):
        shown = found.recipes[: listing.limit or None]
        if shown:
            columns = ("NAME", "PROJECTS", "SHIPPED", "VERSIONS", "PATH")
            left_out = print_table(columns, map(_cells, shown), ("VERSIONS",))
            hint(f"{len(shown)} of {len(found.recipes)}{no_room(left_out)}; next: {_NEXT}", common)
        else:
            hint("no recipe is held; name a repository that has some to `tracemill run`", common)
    return EXIT_DONE if found.recipes else EXIT_NOTHING


def _cells(recipe: RecipeSummary) -> tuple[str, ...]:
    success = recipe.success
    shipped = f"{measured('share', success.value)} of {success.n:,}" if success else "unknown"
    return (
        recipe.name, f"{recipe.n_projects:,}", shipped, str(len(recipe.versions)),
        recipe.path or "only reports tell of it",
    )  # fmt: skip


def history_recipe(
    name: str,
    /,
    *,
    by: tuple[str, ...] = (),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what each version of a recipe brought, which one to use, and what to change next.

    Parameters
    ----------
    name
        Its name, or the path of its file.
    by
        Facts that make slices in which versions are ranked, for example `--by domain`.
    """
    shown = show_recipe(common.open(), name, by)
    following = [f"tracemill recipe diff {shown.name}"]
    if answer("process-recipe", shown, common, next_steps=following):
        return EXIT_DONE
    write(f"{shown.name}  {shown.text.path if shown.text else 'only reports tell of it'}")
    columns = ("VERSION", "SINCE", "PROJECTS", "SHIPPED", "SECONDS", "COST", "SATISFACTION")
    print_table(columns, map(_version_cells, reversed(shown.versions)), ("SATISFACTION", "SINCE"))
    for line in _lines(shown):
        write(line)
    hint(f"next: {following[0]}", common)
    return EXIT_DONE


def _version_cells(version: RecipeVersion) -> tuple[str, ...]:
    held = {each.measure.metric: each.measure for each in version.told.metrics}
    numbers = (_said(held.get(metric)) for metric in _SHOWN)
    return (version.name, when(version.since), f"{version.told.n_projects:,}", *numbers)


def _said(measure: Measure | None) -> str:
    return "unknown" if measure is None else measured(measure.unit, measure.value)


def _lines(shown: ShownRecipe) -> Iterator[str]:
    yield ""
    yield f"Recommended  {shown.recommendation}"
    for line in best_lines(shown.best):
        yield f"By slice     {line}"
    for version in shown.versions:
        if version.said is not None:
            yield f"Written      {version.name}: {', '.join(_written(version.said))}"
            yield from (f"             {one_line(text, 100)}" for text in version.said.feedback)
        for reason in version.feedback:
            yield f"Feedback     {version.name}, {reason.n:,} times: {one_line(reason.text, 100)}"
    for proposal in shown.proposals:
        impact = f"; {proposal.expected_impact}" if proposal.expected_impact else ""
        yield f"Next         {proposal.change} ({proposal.rationale}{impact})"


def _written(said: RecipeReport) -> Iterator[str]:
    """Yield what somebody wrote down of a version, beside what is counted of it."""
    if said.created is not None:
        yield f"made {said.created}"
    if said.projects is not None:
        yield counted(said.projects, "project")
    if said.success_rate is not None:
        yield f"success {measured('share', said.success_rate)}"
    if said.avg_time_to_completion is not None:
        took = said.avg_time_to_completion
        yield one_line(took, 30) if isinstance(took, str) else f"{took:,.0f} s"
    metrics = said.metrics or RecipeMetrics()
    if metrics.test_coverage is not None:
        yield f"coverage {measured('share', metrics.test_coverage)}"
    if metrics.security_issues is not None:
        yield f"security issues {one_line(str(metrics.security_issues), 30)}"
    if metrics.perf_slo_met is not None:
        yield "as fast as promised" if metrics.perf_slo_met else "slower than promised"


def diff_recipe(
    name: str,
    old: str | None = None,
    new: str | None = None,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what two versions of a recipe brought, and what differs in their texts.

    Parameters
    ----------
    name
        Its name, or the path of its file.
    old
        A version; the last but one that projects followed, or of the file, unless given.
    new
        Another version; the last unless given.
    """
    found = read_difference(common.open(), name, old, new)
    if not answer("process-recipe-difference", found, common, next_steps=[_NEXT]):
        for line in _difference(found):
            write(line)
    return EXIT_DONE


def _difference(found: RecipeDifference) -> Iterator[str]:
    yield f"{found.old or 'nothing'} to {found.new}"
    if found.metrics:
        print_table(VERSION_COLUMNS, version_rows(reversed(found.metrics)), ("95 %",))
    if found.unified is None:
        yield "no text of both is held"
    else:
        yield from found.unified.splitlines() or ["no line differs"]
