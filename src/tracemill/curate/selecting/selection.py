"""Which work a recipe looks at, and which examples it takes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from tracemill.curate.selecting.classes import has_tag
from tracemill.records.datasets.examples import SYNTHETIC, Example
from tracemill.records.datasets.recipes import Recipe, Selection, Take
from tracemill.records.inputs import Input
from tracemill.records.privacy.settings import CONSENT_LEVELS
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.records.work.survival import Rollback

NotSelected = Literal[
    "other_source", "other_agent", "other_project", "other_domain", "unknown_domain",
    "less_consent", "undated_work", "before_period", "after_period",
]  # fmt: skip
"""Why the work behind an example is not looked at."""
NotTaken = Literal[
    "other_kind", "other_outcome", "low_confidence", "unknown_quality", "low_quality",
    "not_merged", "taken_back", "may_be_taken_back", "low_satisfaction",
]  # fmt: skip
"""Why an example of it is not taken."""

_EVERYTHING: Final = Take()
_UNKNOWN_QUALITY: Final = 0.5
_LEAST_WEIGHT: Final = 0.01
"""Of work none of whose checks passed: nothing is drawn with a weight of nought."""


class Standing(NamedTuple):
    """What the world made of a piece of work."""

    is_merged: bool | None = None
    """Whether its branch was merged; None where nothing is known of that."""
    rollback: Rollback | None = None
    """Whether a commit of it was taken back."""
    satisfaction: float | None = None
    """Share of what people said and did about it that speaks for it; None where nothing does."""


class Known(NamedTuple):
    """What is known of the work behind examples."""

    episodes: Mapping[str, Episode]
    """By id."""
    trajectories: Mapping[str, Trajectory]
    """By id."""
    inputs: Mapping[str, Input]
    """By id."""
    goals: Mapping[str, str]
    """What was asked first, by trajectory."""
    standings: Mapping[str, Standing] = MappingProxyType({})
    """What the world made of the work, by episode; of others nothing is known."""


def domains_of(example: Example, known: Known, recipe: Recipe) -> tuple[str, ...]:
    """Return the domains of the project behind an example, as the recipe says them."""
    trajectory = known.trajectories.get(example.lineage[0].trajectory_id)
    if trajectory is None:
        return ()
    return tuple(name for name, places in recipe.domains.items() if _is_of(trajectory, places))


def not_selected(
    example: Example, known: Known, selection: Selection, domains: Collection[str] = ()
) -> NotSelected | None:
    """Return why a recipe does not look at the work behind an example, of some domains, or None."""
    part = example.lineage[0]
    if SYNTHETIC in example.tags and part.trajectory_id not in known.trajectories:
        return None
    trajectory, found = known.trajectories[part.trajectory_id], known.inputs[part.input_id]
    if selection.sources and found.source not in selection.sources:
        return "other_source"
    if selection.agents and trajectory.agent not in selection.agents:
        return "other_agent"
    if CONSENT_LEVELS.index(found.consent) < CONSENT_LEVELS.index(selection.consent):
        return "less_consent"
    return _elsewhere(trajectory, selection, domains) or _outside(trajectory, selection)


def _elsewhere(
    trajectory: Trajectory, selection: Selection, domains: Collection[str]
) -> NotSelected | None:
    if selection.projects and not _is_of(trajectory, selection.projects):
        return "other_project"
    if selection.domains and not set(selection.domains).intersection(domains):
        return "other_domain" if domains else "unknown_domain"
    return None


def _is_of(trajectory: Trajectory, patterns: tuple[str, ...]) -> bool:
    names = list(_places(trajectory))
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _places(trajectory: Trajectory) -> Iterator[str]:
    """Yield the names of where a session was at work: whole addresses, and how they end."""
    for place in (trajectory.repository, trajectory.cwd):
        if place:
            yield place
            yield PurePosixPath(place).name.removesuffix(".git")


def _outside(trajectory: Trajectory, selection: Selection) -> NotSelected | None:
    if selection.since is None and selection.until is None:
        return None
    if trajectory.started is None:
        return "undated_work"
    day = trajectory.started.date()
    if selection.since is not None and day < selection.since:
        return "before_period"
    return "after_period" if selection.until is not None and day > selection.until else None


def find_take(
    example: Example, tags: Sequence[str], known: Known, recipe: Recipe
) -> Take | NotTaken:
    """Return the first part of a recipe that takes an example, or why none does.

    Where several parts ask for its kind, the reason is that of the last one. What is asked of
    episodes is not asked of what was made up, as no work is behind it.
    """
    is_made_up = SYNTHETIC in example.tags
    episode = None if is_made_up else known.episodes[example.lineage[0].episode_id]
    reason: NotTaken = "other_kind"
    for take in recipe.take or (_EVERYTHING,):
        if any(has_tag(tags, pattern) for pattern in take.of):
            unfit = _unfit(episode, take) or _unproved(episode, take, known)
            if unfit is None:
                return take
            reason = unfit
    return reason


def _unfit(episode: Episode | None, take: Take) -> NotTaken | None:
    if episode is None:
        return None
    if take.outcomes and episode.outcome not in take.outcomes:
        return "other_outcome"
    if episode.confidence < take.min_confidence:
        return "low_confidence"
    if episode.quality is None:
        return "unknown_quality" if take.is_quality_needed else None
    return "low_quality" if episode.quality < take.min_quality else None


def _unproved(episode: Episode | None, take: Take, known: Known) -> NotTaken | None:
    """Return what the world says against a piece of work, or does not say of it yet."""
    if episode is None:
        return None
    standing = known.standings.get(episode.id, Standing())
    if take.is_merged and not standing.is_merged:
        return "not_merged"
    if take.is_kept and standing.rollback in ("day", "week"):
        return "taken_back"
    if take.is_kept and standing.rollback in (None, "pending"):
        return "may_be_taken_back"
    said = standing.satisfaction
    return "low_satisfaction" if said is not None and said < take.min_satisfaction else None


def weight_of(example: Example, take: Take, known: Known) -> float:
    """Return how much more likely an example stays than others, as a part of a recipe asks."""
    if not take.is_weighed_by_quality or SYNTHETIC in example.tags:
        return take.weight
    quality = known.episodes[example.lineage[0].episode_id].quality
    return take.weight * max(_UNKNOWN_QUALITY if quality is None else quality, _LEAST_WEIGHT)
