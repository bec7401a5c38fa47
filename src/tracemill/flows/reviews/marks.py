"""Single steps of a session that people called right or wrong: reviews like any other.

A mark is filed at the desk, so it is durable at once, redacted, can be taken back, and is a label
on its step after the next run.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from tracemill.flows.held.lookup import open_index
from tracemill.flows.held.review_rows import REVIEW, ReviewRow
from tracemill.flows.reviews.desk import Desk
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.refs import Ref
from tracemill.store.index import Text
from tracemill.store.workspace import Workspace


class Mark(NamedTuple):
    """What one person says of one step."""

    is_right: bool
    reviewer: str
    """The person's pseudonym."""
    is_own: bool = False
    """Whether whoever asks said so."""


Marks = dict[int, list[Mark]]
"""What people say, by step."""


def marks_of(workspace: Workspace, trajectory_id: str, asking: str | None = None) -> Marks:
    """Return what stands of what people said of a session's steps, the newest first.

    Args:
        workspace: where it is kept.
        trajectory_id: the session.
        asking: whose marks are their own.
    """
    with open_index(workspace) as index:
        found = index.page(REVIEW, only={"subject": trajectory_id}, text=Text(), first=0, limit=-1)
    rows = [r for r in msgspec.convert(found, list[ReviewRow]) if r.standing and r.current]
    own = None
    if rows and asking is not None:
        with Desk(workspace, asking) as desk:
            own = desk.pseudonym
    marks: Marks = {}
    for row in rows:
        if row.step is not None and row.is_right is not None:
            mark = Mark(row.is_right, row.reviewer, row.reviewer == own)
            marks.setdefault(row.step, []).append(mark)
    return marks


def mark_step(
    workspace: Workspace, step: Ref, reviewer: str, at: datetime, *, is_right: bool | None
) -> None:
    """Say of a step that it was right or wrong; None takes back whatever this person said of it.

    Raises:
        NotFoundError: there is no such step.
        StoreError: it could not be kept.
    """
    with Desk(workspace, reviewer) as desk:
        if is_right is not None:
            desk.submit(step.name, ReviewForm(is_right=is_right), at)
            return
        while (said := desk.last_of(step.name)) is not None:
            desk.undo(said.id, at)
