"""A team's process recipes: their stages, what each version brought, and what to change next."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.events.team_recipes import RecipeReport
from tracemill.records.process.patterns import Measure, Reason
from tracemill.records.process.prompt_versions import PromptHistory
from tracemill.records.process.version_metrics import BestVersion, VersionMetrics
from tracemill.records.refs import Count, Record

ProposalKind = Literal["stage_reordering", "template_enrichment", "qa_template"]
"""Stages that could run side by side; what a stage should be told to hand over; what a stage that
tests should look at."""


class RecipeStage(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One stage of a recipe, as its text has it."""

    name: str
    """Its name, for example `architecture`."""
    role: str | None
    """Whose work it is."""
    inputs: tuple[str, ...]
    """Files that it needs, as patterns."""
    deliverables: tuple[str, ...]
    """Files that it makes, as patterns."""


class RecipeProposal(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One change of a recipe that what is known asks for."""

    kind: ProposalKind
    """What kind of change it is."""
    change: str
    """What to change."""
    rationale: str
    """Why."""
    expected_impact: str | None
    """What it could bring at most; None where nobody can tell."""
    n: Count
    """Cases that say so; 0 where the text alone does."""


class RecipeVersion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One version of a recipe."""

    name: str
    """Its name."""
    since: datetime | None
    """When its text was made, or a project used it first; None where nobody knows."""
    until: datetime | None
    """When the text of another took its place; None where none did, or no text is held."""
    told: VersionMetrics
    """What it brought."""
    feedback: tuple[Reason, ...]
    """What people said of it afterwards, commonest first."""
    said: RecipeReport | None = None
    """What somebody wrote down of it, the last that is held; no part of what is counted."""


class RecipeSummary(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A recipe in short."""

    name: str
    """Its name without a number."""
    path: str | None
    """Its file; None where only reports tell of it."""
    versions: tuple[str, ...]
    """Names of its versions, the oldest first."""
    n_projects: Count
    """Projects that followed it."""
    success: Measure | None
    """Share of projects that shipped with the newest version of which that is known."""


class ShownRecipe(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A recipe with what is known of its versions."""

    name: str
    """Its name without a number."""
    text: PromptHistory | None
    """The versions of its file; None where only reports tell of it."""
    stages: tuple[RecipeStage, ...]
    """Stages of the newest text, in their order; empty where it names none that can be read."""
    versions: tuple[RecipeVersion, ...]
    """All versions, the oldest first."""
    best: tuple[BestVersion, ...]
    """Which one does best in each slice that was asked for."""
    recommendation: str
    """Which version to use for new projects, and how sure that is."""
    proposals: tuple[RecipeProposal, ...]
    """What to change next."""
