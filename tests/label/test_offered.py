"""Work of which a pull request was opened, with no repository to look in."""

from typing import Any

import pytest

from tests.label.test_outcome import MADE, judged, link, ran, said_wrong
from tests.trajectories import activity
from tracemill.records.sessions.activity import ForgeMention

OPENED = ForgeMention(kind="pull_request", number=7, step=8, is_opened=True)
NAMED = ForgeMention(kind="pull_request", number=7, step=8)


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        pytest.param({"mentions": (OPENED,)}, "achieved", id="opened"),
        pytest.param({"mentions": (NAMED,)}, "unknown", id="named alone"),
        pytest.param({"mentions": (OPENED,), "last_edit_step": 9}, "unknown", id="edited since"),
        pytest.param(
            {"mentions": (OPENED,), "last_edit_step": 9, "last_code_edit_step": 4},
            "achieved",
            id="notes since",
        ),
        pytest.param(
            {"mentions": (OPENED,), "reactions": (said_wrong(10),)}, "partial", id="wrong since"
        ),
        pytest.param(
            {"mentions": (OPENED,), "checks": (ran(6, passed=False),)}, "failed", id="tests failed"
        ),
    ],
)
def test_a_pull_request_shows_that_work_was_done(more: dict[str, Any], outcome: str) -> None:
    assert judged(activity(**{"last_edit_step": 4, **more}), cwd="/elsewhere").outcome == outcome


def test_where_a_repository_is_known_its_commits_tell() -> None:
    about = activity(last_edit_step=4, mentions=(OPENED,))

    assert judged(about, (MADE,), (link(MADE, confidence=0.1),)).outcome == "unknown"
