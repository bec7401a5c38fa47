"""Whether the branch of a session was merged, by a merge or by its pull request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.link.test_change_sets import HISTORY, MERGE, ONE, OPEN
from tests.trajectories import START
from tracemill.label.outcomes.branch_labels import branch_labels, refused_commits
from tracemill.label.outcomes.history import History
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.change_sets import change_sets
from tracemill.link.make_link import make_link, of_commit
from tracemill.records.events.event import Commit, PullRequest
from tracemill.records.links import Link
from tracemill.records.refs import Origin, Ref

ORIGIN = Origin(source="github", source_version=1, uri="file:pr.json", input_id="input_1")


def made_by(session: str, commit: Commit, confidence: float = 0.99) -> Link:
    session_ref = Ref(kind="trajectory", id=session)
    return make_link(session_ref, of_commit(commit), "commit_output", confidence)


def pull(state: Any, name: str = "event_pr", number: int | None = 1, hour: int = 0) -> PullRequest:
    return PullRequest(
        id=name, at=START.replace(hour=hour), origin=ORIGIN, repository="a/b", number=number,
        state=state, head_commit="f" * 40, commits=("e" * 40,),
    )  # fmt: skip


def opened(session: str, name: str = "event_pr", method: Any = "opened") -> Link:
    ends = (Ref(kind="trajectory", id=session), Ref(kind="event", id=name))
    return make_link(*ends, method, 0.99)


def labels(links: list[Link], *pulls: PullRequest) -> dict[str, tuple[object, tuple[str, ...]]]:
    history = History(HISTORY, links)
    sets = change_sets(Branches(HISTORY), links)
    return {
        label.target.id: (label.value, tuple(ref.id for ref in label.evidence))
        for label in branch_labels(sets, history, links, pulls)
        if label.name == "outcome.merged"
    }


def test_a_session_whose_commit_a_merge_brought_is_merged_and_an_open_branch_says_nothing() -> None:
    assert labels([made_by("traj_1", ONE), made_by("traj_2", OPEN)]) == {
        "traj_1": (True, (MERGE.id,))
    }


def test_a_link_that_may_be_wrong_is_no_proof() -> None:
    assert labels([made_by("traj_1", ONE, 0.5)]) == {}


@pytest.mark.parametrize(
    ("state", "expected"),
    [("merged", True), ("closed", False), ("open", None), ("unknown", None)],
)
def test_a_pull_request_tells_what_no_merge_does(state: Any, expected: bool | None) -> None:
    found = labels([opened("traj_3")], pull(state))

    assert found == ({} if expected is None else {"traj_3": (expected, ("event_pr",))})


def test_where_a_pull_request_stands_last_counts() -> None:
    events = (pull("open"), pull("closed", "event_later", hour=5))

    assert labels([opened("traj_3")], *events)["traj_3"][0] is False
    assert refused_commits(events) == {"e" * 40, "f" * 40}
    assert refused_commits([*events, pull("merged", "event_last", hour=6)]) == frozenset()


def test_who_only_speaks_of_a_pull_request_did_not_work_for_it() -> None:
    assert labels([opened("traj_3", method="names")], pull("merged")) == {}


def test_pull_requests_without_a_number_are_not_one() -> None:
    closed, later = pull("closed", number=None), pull("merged", "event_later", None, hour=5)

    assert labels([opened("traj_3")], closed, later)["traj_3"][0] is False
    assert refused_commits([closed, later]) == {"e" * 40, "f" * 40}
