"""Commits that one session planned and another made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.link.link_records import link_records
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity, CommitMention, ProposedPlan, Request
from tracemill.records.sessions.trajectory import Trajectory

PLAN = "# Plan: mend the totals ## Context When the basket is empty, the totals are wrong"
FIRST, SECOND = "1a2b3c4" + "0" * 33, "5d6e7f8" + "0" * 33
HOUR = timedelta(hours=1)


def planning(plan: str = PLAN, **more: Any) -> tuple[Trajectory, Activity]:
    given = {"started": START, "ended": START + HOUR, **more}
    known = trajectory(id="traj_1", session_id="s1", cwd="/srv/app", **given)
    return known, activity(plans=(ProposedPlan(opening=plan, step=7),))


def making(said: str, after: timedelta = HOUR, session: str = "s2") -> tuple[Trajectory, Activity]:
    began = START + after
    known = trajectory(
        id="traj_2", session_id=session, cwd="/srv/app", started=began, ended=began + HOUR
    )
    about = activity(
        trajectory_id="traj_2",
        requests=(Request(opening=said, step=0, at=began),),
        commits=(CommitMention(sha=FIRST[:7], step=5), CommitMention(sha=SECOND[:7], step=9)),
    )
    return known, about


def linked(*sessions: tuple[Trajectory, Activity]) -> list[Link]:
    made = [
        commit(SECOND, at=START + 3 * HOUR, subject="chore: tidy"),
        commit(FIRST, at=START + 2 * HOUR, subject="fix: totals"),
    ]
    activities = {known.id: about for known, about in sessions}
    found = link_records([known for known, _ in sessions], activities, made)
    return [link for link in found if link.method == "planned_commit"]


def test_the_first_commit_of_the_session_that_begins_with_a_plan_was_planned() -> None:
    (link,) = linked(planning(), making(f"Implement the following plan: {PLAN}"[:99] + "…"))

    assert (link.source.id, link.confidence) == ("traj_1", 0.85)
    assert link.target.id == commit(FIRST).id
    assert [(each.id, each.step) for each in link.evidence] == [("traj_1", 7)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(planning(), making("Implement the plan"), id="its text is not there"),
        pytest.param(planning("# Plan"), making("Do this: # Plan"), id="it says too little"),
        pytest.param(planning(), making(PLAN, -HOUR), id="the other came before"),
        pytest.param(planning(), making(PLAN, timedelta(days=9)), id="the other came much later"),
        pytest.param(planning(), making(PLAN, session="s1"), id="both are one session"),
    ],
)
def test_nothing_was_planned_where(first: Any, second: Any) -> None:
    assert linked(first, second) == []


def test_of_two_sessions_with_one_plan_the_last_before_counts() -> None:
    known, about = planning(started=START + HOUR / 2)
    again = trajectory(
        id="traj_3", session_id="s3", cwd="/srv/app", started=known.started, ended=known.ended
    )
    first = planning()

    (link,) = linked(first, (again, about), making(PLAN))
    assert link.source.id == "traj_3"
