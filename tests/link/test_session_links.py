"""Subagents, parts of one session, and copies of one beginning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, trajectory
from tracemill.link.link_records import link_records
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity

FIRST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def sessions(*headers: dict[str, Any], **abouts: Activity) -> list[Link]:
    known = [trajectory(**header) for header in headers]
    about = {one.id: activity(trajectory_id=one.id) for one in known} | abouts
    return link_records(known, about, [])


def ends(links: Sequence[Link]) -> list[tuple[str, str, str]]:
    return [(link.source.id, link.target.id, link.method) for link in links]


def test_a_subagent_belongs_to_who_started_it() -> None:
    sub = {"id": "sub", "is_subagent": True}

    assert ends(sessions({}, {**sub, "parent_id": "traj_1"})) == [("sub", "traj_1", "spawned")]
    assert ends(sessions({}, sub)) == [("sub", "traj_1", "spawned")]
    assert ends(sessions({}, {**sub, "session_id": "s9"})) == []


def test_of_parts_of_a_session_the_one_that_was_running_started_the_subagent() -> None:
    later = {
        "id": "later",
        "started": START + timedelta(hours=5),
        "ended": START + timedelta(hours=6),
    }
    sub = {"id": "sub", "is_subagent": True, "started": START + timedelta(hours=5, minutes=9)}

    assert ("sub", "later", "spawned") in ends(sessions({}, later, sub))


def test_parts_of_one_session_and_copies_of_one_beginning_are_linked_to_what_came_before() -> None:
    later = {"id": "later", "started": START + timedelta(hours=5)}
    first = {"traj_1": activity(first_native_id=FIRST_ID)}
    copy = {"later": activity(trajectory_id="later", first_native_id=FIRST_ID)}

    assert ends(sessions({}, later)) == [("later", "traj_1", "same_session")]
    forked = sessions({}, {**later, "session_id": "s2"}, **first, **copy)
    assert ends(forked) == [("later", "traj_1", "same_messages")]


@pytest.mark.parametrize("native_id", ["item_0", None])
def test_ids_that_only_count_messages_make_no_copies(native_id: str | None) -> None:
    later = {"id": "later", "session_id": "s2"}
    abouts = {
        one: activity(trajectory_id=one, first_native_id=native_id) for one in ("traj_1", "later")
    }

    assert sessions({}, later, **abouts) == []


@pytest.mark.parametrize(
    ("later", "is_linked"),
    [
        pytest.param({"branch": "fix/totals"}, True, id="handed on"),
        pytest.param({"branch": "main"}, False, id="another branch"),
        pytest.param({"branch": "fix/totals", "cwd": "/srv/other"}, False, id="another folder"),
        pytest.param({"branch": "fix/totals", "days": 8}, False, id="long after"),
        pytest.param({"branch": "fix/totals", "session_id": "s1"}, False, id="the same session"),
    ],
)
def test_sessions_on_one_branch_are_likely_one_work(
    later: dict[str, Any], *, is_linked: bool
) -> None:
    began = START + timedelta(days=later.pop("days", 1))
    header = {"id": "later", "session_id": "s2", "cwd": "/srv/app", "started": began, **later}
    found = sessions({"cwd": "/srv/app", "branch": "fix/totals"}, header)

    assert [i.confidence for i in found if i.method == "same_branch"] == [0.6] * is_linked


def test_the_main_branch_tells_nothing() -> None:
    later = {"id": "later", "session_id": "s2", "cwd": "/srv/app", "branch": "main"}

    assert sessions({"cwd": "/srv/app", "branch": "main"}, later) == []


def test_a_session_is_linked_to_the_one_that_a_person_named_in_it() -> None:
    later = {"id": "later", "session_id": "s2", "started": START + timedelta(hours=5)}
    naming = {"later": activity(trajectory_id="later", named_sessions=("s1", "s2", "s9"))}
    back = {"traj_1": activity(named_sessions=("s2",))}

    assert ends(sessions({}, later, **naming)) == [("later", "traj_1", "named_session")]
    assert sessions({}, later, **back) == []
