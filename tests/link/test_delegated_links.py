"""Commits that subagents made, by when they were at work and what they answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.link.link_records import link_records
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity, CommitMention, Delegation

SHA = "1a2b3c4" + "0" * 33
MINUTE = timedelta(minutes=1)


def handed(minutes: int = 10, *shas: str) -> Activity:
    each = Delegation(step=3, at=START, until=START + minutes * MINUTE, shas=shas)
    return activity(delegations=(each,))


def linked(about: Activity, *commits: Any) -> list[Link]:
    known = trajectory(cwd="/srv/app")
    found = link_records([known], {known.id: about}, commits)
    return [link for link in found if link.method == "subagent_commit"]


@pytest.mark.parametrize(
    ("shas", "confidence"), [((), 0.85), (("1a2b3c4",), 0.97), (("9a9b9c9",), 0.85)]
)
def test_what_was_committed_meanwhile_is_the_subagents(
    shas: tuple[str, ...], confidence: float
) -> None:
    (link,) = linked(handed(10, *shas), commit(SHA, at=START + 5 * MINUTE))

    assert (link.confidence, [ref.step for ref in link.evidence]) == (confidence, [3])


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"at": START + 11 * MINUTE}, id="afterwards"),
        pytest.param({"at": START - MINUTE}, id="before"),
        pytest.param({"at": START + MINUTE, "parents": ("a", "b")}, id="a merge"),
    ],
)
def test_other_commits_are_not(more: dict[str, Any]) -> None:
    assert linked(handed(), commit(SHA, **more)) == []


def test_a_rebase_later_changes_nothing() -> None:
    rebased = commit(SHA, at=START + 99 * MINUTE, authored=START + 5 * MINUTE)

    assert len(linked(handed(), rebased)) == 1


def test_what_runs_for_longer_than_half_a_day_says_too_little() -> None:
    assert linked(handed(13 * 60), commit(SHA, at=START + 5 * MINUTE)) == []


def test_a_commit_that_another_session_made_is_not_the_subagents() -> None:
    made = commit(SHA, at=START + 5 * MINUTE)
    handing = trajectory(cwd="/srv/app")
    other = trajectory(id="traj_2", session_id="s2", cwd="/srv/app")
    said = activity(trajectory_id="traj_2", commits=(CommitMention(sha="1a2b3c4", step=1),))

    found = link_records([handing, other], {"traj_1": handed(), "traj_2": said}, [made])

    assert {(link.source.id, link.method) for link in found} == {("traj_2", "commit_output")}
