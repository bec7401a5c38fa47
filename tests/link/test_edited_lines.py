"""How sure the lines of a commit make that they are a session's."""

from __future__ import annotations

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.base.line_sketch import (
    MAX_OF_COMMIT,
    MAX_OF_SESSION,
    Seal,
    hashes_of,
    sketch,
)
from tracemill.link.link_records import link_records
from tracemill.records.activity import EditedFile
from tracemill.records.events import FileChange, LinesAdded

SEAL = Seal(b"k" * 32)
WRITTEN = [b"line number %d of the session" % i for i in range(10)]
OTHER = [b"line number %d of somebody else" % i for i in range(100)]


@pytest.mark.parametrize(
    ("added", "confidence"),
    [
        pytest.param(WRITTEN, 0.98, id="all of it"),
        pytest.param([b"  " + line + b"  " for line in WRITTEN], 0.98, id="formatted"),
        pytest.param(WRITTEN[:2] + OTHER[:2], 0.96, id="half of the commit, little of the session"),
        pytest.param(WRITTEN + OTHER, 0.87, id="all of the session in a large commit"),
        pytest.param(WRITTEN[:2] + OTHER[:10], 0.5, id="some"),
        pytest.param(WRITTEN[:1] + OTHER[:20], 0.5, id="a tenth of the session"),
        pytest.param(OTHER, 0.1, id="none"),
    ],
)
def test_lines_tell_how_much_of_a_commit_is_the_sessions(
    added: list[bytes], confidence: float
) -> None:
    known = trajectory(cwd="/srv/app")
    about = activity(
        edits=(EditedFile(path="/srv/app/a.py", at=(START,)),),
        added_lines=sketch(SEAL(hashes_of(WRITTEN)), MAX_OF_SESSION),
    )
    made = commit("a" * 40, files=(FileChange(path="a.py", status="M"),))
    lines = LinesAdded(
        id="event_lines",
        commit=made.sha,
        origin=made.origin,
        lines=sketch(SEAL(hashes_of(added)), MAX_OF_COMMIT),
    )
    (link,) = link_records([known], {known.id: about}, [made], lines=[lines])

    assert (link.method, link.confidence) == ("edited_lines", confidence)
