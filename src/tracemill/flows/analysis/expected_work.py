"""What the specs of branches predict, from the calls of sessions on successful branches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import msgspec

from tracemill.flows.analysis.turns import read_turns
from tracemill.label.outcomes.branch_outcome import final_verdicts
from tracemill.label.outcomes.expected_work import (
    KnownBranch,
    example_label,
    expected_calls,
    expected_checks,
)
from tracemill.records.events.team_branches import (
    BranchEpisode,
    BranchResult,
    ExampleLabel,
    ExpectedWork,
)
from tracemill.store.workspace import Workspace


def with_expected(
    workspace: Workspace, episodes: Sequence[BranchEpisode], sessions: Sequence[Collection[str]]
) -> list[BranchEpisode]:
    """Return branches with what their specs let one expect.

    Args:
        workspace: Where the steps of sessions are.
        episodes: The branches.
        sessions: The trajectories that worked on each.
    """
    if not any(each.spec for each in episodes):
        return list(episodes)
    called = _called(workspace, {name for names in sessions for name in names})
    known = list(_known(episodes, sessions, called))
    return [_with_expected(each, known) for each in episodes]


def _called(workspace: Workspace, wanted: Collection[str]) -> dict[str, set[str]]:
    """Return what each trajectory called: tools, and commands of the shell."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for session in read_turns(workspace) if wanted else ():
        if session.trajectory_id in wanted:
            calls = (*(call for turn in session.turns for call in turn.calls), *session.unasked)
            found[session.trajectory_id].update(call.action for call in calls)
    return found


def _known(
    episodes: Sequence[BranchEpisode],
    sessions: Sequence[Collection[str]],
    called: dict[str, set[str]],
) -> Iterator[KnownBranch]:
    """Yield the branches that came well, of which calls are known."""
    for episode, names in zip(episodes, sessions, strict=True):
        calls = frozenset[str]().union(*(called.get(name, ()) for name in names))
        if episode.spec is not None and calls and _label(episode) == "positive":
            yield KnownBranch(episode.spec.requirements, calls)


def _label(episode: BranchEpisode) -> ExampleLabel:
    result = episode.outcome or BranchResult()
    return example_label(result.status or "open", is_taken_back=result.rollback_within_7d)


def _with_expected(episode: BranchEpisode, known: Sequence[KnownBranch]) -> BranchEpisode:
    spec = episode.spec
    if spec is None:
        return episode
    final = final_verdicts(episode.validation_checkpoints)
    return msgspec.structs.replace(
        episode,
        expected=ExpectedWork(
            requirements=tuple(expected_calls(text, known) for text in spec.requirements),
            criteria=tuple(expected_checks(spec.acceptance_criteria, final)),
            label=_label(episode),
        ),
    )
