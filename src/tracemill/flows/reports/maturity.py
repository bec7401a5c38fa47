"""How far a team's loop of learning has come, by everything that a workspace holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.analyze import find_patterns
from tracemill.analyze.conclusions.maturity import Around, levels
from tracemill.analyze.conclusions.versions import VersionCounts
from tracemill.flows.analysis.patterns import rules_of
from tracemill.flows.analysis.process import Known, TextCounts, read_known
from tracemill.flows.analysis.recipe_registry import NAMING, held_recipes
from tracemill.flows.analysis.targets import measured_targets
from tracemill.flows.experiments.experiments import read_experiments
from tracemill.flows.prompts.proposals import suggestions_of
from tracemill.flows.reviews.statistics import review_stats
from tracemill.flows.written_reports import write_texts
from tracemill.prompts.standing import standings
from tracemill.records.process.maturity import MaturityReport
from tracemill.records.process.prompt_versions import PromptVersion
from tracemill.records.process.version_metrics import VersionMetrics
from tracemill.records.refs import Record
from tracemill.report.maturity import html, markdown
from tracemill.store.workspace import Workspace

_DONE_WITH: Final = frozenset({"retired", "expired"})


class WrittenMaturity(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A report on maturity that was written."""

    report: MaturityReport
    """What it says."""
    files: tuple[str, ...]
    """Where it is: as Markdown, and as one page."""


def make_maturity(workspace: Workspace, day: date) -> MaturityReport:
    """Return how far the team has come by a day."""
    known = read_known(workspace)
    found = levels(known.process, _around(workspace, known, day), day)
    return MaturityReport(
        day=day,
        level=max((each.level for each in found if each.is_reached), default=0),
        levels=found,
        targets=measured_targets(workspace, known.process),
    )


def write_maturity(workspace: Workspace, day: date, to: Path | None) -> WrittenMaturity:
    """Write how far the team has come, into the workspace or a folder elsewhere.

    Raises:
        PolicyError: the gate of exports refuses it; nothing is written.
    """
    report = make_maturity(workspace, day)
    name = f"maturity_{day}"
    texts = {f"{name}.md": markdown(report), f"{name}.html": html(report)}
    return WrittenMaturity(report=report, files=write_texts(workspace, name, texts, to))


class _Text(NamedTuple):
    """A prompt with what each version brought."""

    versions: tuple[PromptVersion, ...]
    told: list[VersionMetrics]


def _around(workspace: Workspace, known: Known, day: date) -> Around:
    prompts = list(_prompts(known))
    patterns = find_patterns(known.process, rules_of(workspace)).patterns
    recipes = VersionCounts(known.process, NAMING)
    tried = _tried(workspace)
    used = [each.version for text in prompts for each in text.told[1:] if each.n_projects]
    today = datetime.combine(day, time(), UTC)
    beaten = [
        judged.standing in _DONE_WITH
        for text in prompts
        for judged in standings(text.versions, {t.version: t for t in text.told}, today)
        if judged.standing in _DONE_WITH or "does better" in judged.because
    ]
    return Around(
        labels=_agreed(workspace),
        prompts=[text.told for text in prompts],
        recipes=[recipes.told(held.versions) for held in held_recipes(known).values()],
        n_rolled_out=len(used),
        n_tried=sum(version in tried for version in used),
        n_suggestions=len(suggestions_of(known, patterns).suggestions),
        n_beaten=len(beaten),
        n_retired=sum(beaten),
    )


def _prompts(known: Known) -> Iterator[_Text]:
    """Yield the prompts whose versions reports can name."""
    counts = TextCounts(known)
    for kept in known.texts:
        is_named = known.in_force.label(kept.told, "") == ""
        if kept.told.kind not in ("instructions", "recipe") and is_named:
            versions = kept.told.versions
            yield _Text(versions, counts.of(kept.told).told([version.name for version in versions]))


def _tried(workspace: Workspace) -> set[str]:
    """Return the versions that an experiment chose and that were rolled out."""
    held = read_experiments(workspace).by_id.values()
    return {each.plan.treatment for each in held if each.state in ("canary", "everywhere")}


def _agreed(workspace: Workspace) -> tuple[int, int]:
    """Return how many outcomes people judged as the rules did, and of how many."""
    calibration = review_stats(workspace).calibration
    return (round(calibration.right * calibration.n), calibration.n) if calibration else (0, 0)
