"""Totals that somebody wrote down for a version of a process recipe, over several projects.

It stands beside what is counted of projects, and is never counted with them.
"""

from __future__ import annotations

from datetime import date

from tracemill.records.refs import Count, Ratio, Record


class RecipeMetrics(Record, frozen=True, kw_only=True):
    """Numbers of the projects that followed a version."""

    test_coverage: Ratio | None = None
    """Share of their code that tests run."""
    security_issues: int | str | None = None
    """Findings of scans, as a number or as said, for example `2_critical`."""
    perf_slo_met: bool | None = None
    """Whether they are as fast as promised."""


class RecipeReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="recipe_version"):
    """A version of a recipe, as it was written down."""

    recipe: str
    """Its name with its number, for example `gis_investment_v1`."""
    created: date | None = None
    """Day on which the version was made."""
    projects: Count | None = None
    """Projects that followed it."""
    success_rate: Ratio | None = None
    """Share of them that were a success."""
    avg_time_to_completion: float | str | None = None
    """How long one took in the mean: seconds, or as said, for example `8h 30m`."""
    metrics: RecipeMetrics | None = None
    """Other numbers of them."""
    feedback: tuple[str, ...] = ()
    """What people said of it."""
