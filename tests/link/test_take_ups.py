"""Which session goes on with what another one left."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, trajectory
from tracemill.link.sessions.links import session_links
from tracemill.link.sessions.take_ups import take_ups
from tracemill.records.sessions.activity import Activity, ProposedPlan, Request
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.handoffs import TakeUp

PLAN = "# Plan: mend the total of every bill that has a discount"


def session(name: str, hours: float, **more: Any) -> Trajectory:
    start = START + timedelta(hours=hours)
    given = {"cwd": "/srv/app", "session_id": f"s-{name}", **more}
    return trajectory(id=name, started=start, ended=start + timedelta(hours=1), **given)


def about(name: str, *files: str, asked: str = "", **more: Any) -> Activity:
    requests = (Request(opening=asked, step=0, at=START),) if asked else ()
    return activity(trajectory_id=name, files_edited=files, requests=requests, **more)


def taken(sessions: list[Trajectory], *abouts: Activity) -> dict[str, TakeUp]:
    known = {each.id: activity(trajectory_id=each.id) for each in sessions}
    known |= {each.trajectory_id: each for each in abouts}
    return take_ups(sessions, known, session_links(sessions, known))


def test_a_plan_is_taken_up_by_the_session_that_began_with_it() -> None:
    plans = (ProposedPlan(opening=PLAN, step=4),)
    begun = f"Implement the following plan: {PLAN}"
    found = taken(
        [session("a", 0), session("b", 2), session("c", 3)],
        about("a", plans=plans), about("c", asked=begun),
    )  # fmt: skip

    assert (found["a"].trajectory_id, found["a"].method) == ("c", "given_text")
    assert found["a"].evidence[0].step == 4
    assert found["a"].is_sure


def test_files_that_few_others_changed_show_who_went_on() -> None:
    sessions = [session("a", 0), session("b", 2), session("c", 4)]
    found = taken(
        sessions, about("a", "/srv/app/x.py", "/srv/app/y.py"), about("b", "/srv/app/z.py"),
        about("c", "/srv/app/x.py", "/srv/app/y.py"),
    )  # fmt: skip

    assert (found["a"].trajectory_id, found["a"].method) == ("c", "shared_files")
    assert (found["a"].files, found["a"].is_sure) == (("x.py", "y.py"), True)
    assert (found["b"].method, found["b"].is_sure) == ("next_in_place", False)


def test_files_that_everybody_changes_show_nothing() -> None:
    sessions = [session(f"s{n}", n * 2) for n in range(6)]
    found = taken(
        sessions, *(about(each.id, "/srv/app/CHANGES", "/srv/app/LOCK") for each in sessions)
    )

    assert {each.method for each in found.values()} == {"next_in_place"}


@pytest.mark.parametrize(
    ("request_", "is_told"),
    [("resume please", True), ("ok, let's continue", True), ("continue to the next topic: taxes", False),
     ("add a shed", False)],
)  # fmt: skip
def test_who_is_asked_to_go_on_does(request_: str, is_told: bool) -> None:
    found = taken([session("a", 0), session("b", 30)], about("b", asked=request_))

    assert ("a" in found and found["a"].method == "asks_to_go_on") is is_told


def test_the_next_on_a_branch_is_surer_with_a_file_that_both_changed() -> None:
    sessions = [session("a", 0, branch="feat/x"), session("b", 2, branch="feat/x")]
    files = [about(name, "/srv/app/x.py") for name in ("a", "b")]

    assert (taken(sessions)["a"].method, taken(sessions)["a"].confidence) == ("same_branch", 0.6)
    assert (taken(sessions, *files)["a"].method, taken(sessions, *files)["a"].confidence) == (
        "same_branch", 0.8,
    )  # fmt: skip


@pytest.mark.parametrize("hours", [0.5, 24 * 9])
def test_what_worked_beside_it_or_long_after_went_on_with_nothing(hours: float) -> None:
    files = [about(name, "/srv/app/x.py", "/srv/app/y.py") for name in ("a", "b")]

    assert taken([session("a", 0), session("b", hours)], *files) == {}


def test_sessions_of_other_places_go_on_with_nothing() -> None:
    assert taken([session("a", 0), session("b", 2, cwd="/srv/other")]) == {}
    assert taken([session("a", 0, cwd=None), session("b", 2, cwd=None)]) == {}


def test_of_sessions_of_one_moment_each_goes_on_with_none_or_one() -> None:
    sessions = [trajectory(id=name, cwd="/srv/app", session_id=name, started=START, ended=START)
                for name in "ab"]  # fmt: skip

    assert {name: each.trajectory_id for name, each in taken(sessions).items()} == {"a": "b"}


def test_a_session_at_the_end_of_time_has_none_behind_it() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    sessions = [session("a", 0), trajectory(id="z", cwd="/srv/app", started=last, ended=last)]

    assert taken(sessions) == {}
