"""Where a piece of work is written down."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trajectories import activity, episode
from tracemill.analyze.metrics.written_down import missing_places
from tracemill.records.sessions.activity import ForgeMention, ProposedPlan

EDITED: dict[str, Any] = {"n_edits": 1, "files_edited": ("a.py",)}
ISSUE = ForgeMention(kind="issue", number=7, step=0)
CASES: list[Any] = [
    pytest.param({}, {}, ("issue", "document", "commit", "todo"), id="nowhere"),
    pytest.param({"mentions": (ISSUE,)}, {}, ("document", "commit", "todo"), id="in an issue"),
    pytest.param({}, {"event_ids": ("closes",)}, ("document", "commit", "todo"), id="closes one"),
    pytest.param({"plans": (ProposedPlan(opening="P", step=0),)}, {}, ("issue", "commit", "todo"), id="a plan"),
    pytest.param({}, {"commits": ("a" * 40,)}, ("issue", "document", "todo"), id="a commit"),
    pytest.param({"n_todo_changes": 1}, {}, ("issue", "document", "commit"), id="a todo list"),
]  # fmt: skip


@pytest.mark.parametrize(("did", "of", "missing"), CASES)
def test_places_that_a_piece_of_work_is_missing_from(
    did: dict[str, Any], of: dict[str, Any], missing: tuple[str, ...]
) -> None:
    made = activity(**EDITED, **did)

    assert missing_places(episode(**of), [made], set(), {"closes"}) == missing


def test_a_document_that_a_session_wrote_to_counts() -> None:
    made = activity(**EDITED)

    assert missing_places(episode(), [made], {made.trajectory_id}, set()) == (
        "issue",
        "commit",
        "todo",
    )


def test_work_that_edited_nothing_need_not_be_written_down() -> None:
    assert missing_places(episode(), [activity()], set(), set()) is None
