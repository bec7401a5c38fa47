from typing import Any

import msgspec
import pytest

from tests.label.test_outcome import (
    COMMITTED,
    LATER,
    MADE,
    TESTED,
    left,
    link,
    ran,
    reverting,
    said_wrong,
    thanked,
)
from tests.trajectories import activity, reaction
from tracemill.label.outcomes.evidence import commits_of
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.trajectory_labels import trajectory_labels
from tracemill.records.events.event import Commit
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity


def labels(
    about: Activity, commits: tuple[Commit, ...] = (), links: tuple[Link, ...] = ()
) -> dict[str, object]:
    history = History(commits, links)
    found = trajectory_labels(about, commits_of(["traj_1"], history), history)
    return {label.name: label.value for label in found}


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        pytest.param({}, {}, id="nothing is known"),
        pytest.param({"checks": TESTED}, {"quality.tests_passed": True}, id="tests"),
        pytest.param({"checks": TESTED, "last_edit_step": 7}, {}, id="stale tests"),
        pytest.param(
            {"checks": (ran(1, passed=False), ran(2, passed=True))},
            {"quality.tests_passed": True, "process.recovered": True},
            id="recovered",
        ),
        pytest.param(
            {"checks": (ran(1, "build", passed=False),)},
            {"quality.build_passed": False, "process.recovered": False},
            id="not recovered",
        ),
        pytest.param(
            {"n_rejections": 2, "rejected_steps": (1, 3)}, {"feedback.rejected": 2}, id="refused"
        ),
        pytest.param({"reactions": (thanked(4),)}, {"feedback.accepted": 1}, id="praised"),
        pytest.param({"reactions": (left(4),)}, {"feedback.given_up": 1}, id="given up"),
        pytest.param({"reactions": (said_wrong(4),)}, {"feedback.corrected": 1}, id="corrected"),
        pytest.param({"reactions": (reaction(4, "correction", 0.4),)}, {}, id="hardly corrected"),
        pytest.param(COMMITTED, {"outcome.committed": True}, id="committed by its own output"),
    ],
)  # fmt: skip
def test_a_label_is_given_where_the_record_shows_it(
    about: dict[str, Any], expected: dict[str, object]
) -> None:
    assert labels(activity(**about)) == expected


def test_reverted_is_said_only_where_it_is_known() -> None:
    undoing, reverts = reverting(MADE, 1)

    young = labels(activity(), (MADE,), (link(MADE),))
    old = labels(activity(), (MADE, LATER), (link(MADE),))
    undone = labels(activity(), (MADE, undoing), (link(MADE), reverts))

    assert [found.get("outcome.reverted") for found in (young, old, undone)] == [None, False, True]


def test_a_commit_is_released_where_a_tag_reaches_it() -> None:
    child = msgspec.structs.replace(LATER, parents=(MADE.sha,))
    tagged = msgspec.structs.replace(child, tags=("v1",))
    elsewhere = msgspec.structs.replace(LATER, tags=("v1",))

    found = [labels(activity(), (MADE, c), (link(MADE),)) for c in (child, tagged, elsewhere)]

    assert [each.get("outcome.released") for each in found] == [None, True, None]
