"""What the lines of a commit tell of the sessions that edited its files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.base.line_sketch import MAX_OF_COMMIT, MAX_OF_SESSION, Seal, hashes_of, sketch
from tracemill.link.link_records import link_records
from tracemill.records.events.event import Commit, FileChange, LinesAdded
from tracemill.records.links import SURE_ENOUGH
from tracemill.records.refs import Origin
from tracemill.records.sessions.activity import Activity, CommitMention, EditedFile
from tracemill.records.sessions.trajectory import Trajectory

SEAL = Seal(b"k" * 32)
WRITTEN = [b"line number %d of the session" % i for i in range(10)]
OTHER = [b"line number %d of somebody else" % i for i in range(100)]
IN_REPOSITORY = Origin(source="codex", source_version=1, uri="/srv/app#entire/s", input_id="i")


def changing(sha: str, minutes: int, **more: Any) -> Commit:
    files = (FileChange(path="a.py", status="M", **more),)
    return commit(sha * 40, at=START + timedelta(minutes=minutes), files=files, author="dev-a")


MADE = changing("a", 60)


class Session:
    """A session that edits a file and writes lines."""

    def __init__(self, name: str, lines: list[bytes], minutes: int = 0, home: str = "ada") -> None:
        written = sketch(SEAL(hashes_of(lines)), MAX_OF_SESSION)
        edit = EditedFile(path="a.py", at=(START + timedelta(minutes=minutes),))
        self.header: Trajectory = trajectory(
            id=name, session_id=name, cwd=f"/Users/{home}/app", origin=IN_REPOSITORY
        )
        self.activity: Activity = activity(trajectory_id=name, edits=(edit,), added_lines=written)

    def printing(self, made: Commit) -> Session:
        mention = CommitMention(sha=made.sha, step=1)
        self.activity = activity(trajectory_id=self.header.id, commits=(mention,))
        return self


def sureness(
    added: list[bytes], *sessions: Session, commits: tuple[Commit, ...] = ()
) -> dict[str, float]:
    """Return how sure edits make each session's link to the commit that adds these lines."""
    sketched = sketch(SEAL(hashes_of(added)), MAX_OF_COMMIT)
    lines = LinesAdded(id="event_lines", commit=MADE.sha, origin=MADE.origin, lines=sketched)
    abouts = {each.header.id: each.activity for each in sessions}
    headers = [each.header for each in sessions]
    links = link_records(headers, abouts, [MADE, *commits], lines=[lines])
    return {
        link.source.id: link.confidence
        for link in links
        if link.method == "edited_lines" and link.target.id == MADE.id
    }


@pytest.mark.parametrize(
    ("added", "is_sure"),
    [
        pytest.param(WRITTEN, True, id="all of it"),
        pytest.param([b"  " + line + b"  " for line in WRITTEN], True, id="formatted"),
        pytest.param(WRITTEN[:2] + OTHER[:2], True, id="half of the commit"),
        pytest.param(WRITTEN + OTHER, True, id="all of the session in a large commit"),
        pytest.param(OTHER, False, id="none"),
    ],
)
def test_lines_tell_whether_a_commit_is_the_sessions(added: list[bytes], *, is_sure: bool) -> None:
    found = sureness(added, Session("s", WRITTEN))

    assert (found.get("s", 0) >= SURE_ENOUGH) == is_sure


def test_the_more_lines_the_surer() -> None:
    found = [sureness(OTHER + WRITTEN[:n], Session("s", WRITTEN)).get("s", 0) for n in range(11)]

    assert found == sorted(found)
    assert found[0] < found[-1]


def test_a_line_counts_for_the_session_that_wrote_it_last() -> None:
    found = sureness(WRITTEN, Session("early", WRITTEN), Session("late", WRITTEN, minutes=30))

    assert found["early"] < found["late"]


def test_parts_of_one_session_are_no_rivals() -> None:
    one, other = Session("one", WRITTEN), Session("other", WRITTEN, minutes=1)
    other.header = trajectory(
        id="other", session_id="one", cwd=other.header.cwd, origin=IN_REPOSITORY
    )
    apart = sureness(WRITTEN, one)

    assert sureness(WRITTEN, one, other)["one"] == apart["one"]


def test_a_commit_is_less_likely_from_where_others_commit() -> None:
    theirs = changing("b", 0)
    strange = commit("c" * 40, author="dev-b")
    known = Session("known", WRITTEN).printing(theirs)
    stranger = Session("known", WRITTEN).printing(strange)

    same = sureness(WRITTEN, Session("s", WRITTEN[:1]), known, commits=(theirs,))
    other = sureness(WRITTEN, Session("s", WRITTEN[:1]), stranger, commits=(strange,))
    assert other["s"] < same["s"]


def test_lines_tell_where_an_earlier_commit_holds_the_edit_already() -> None:
    earlier = changing("b", 30, object_id="2")
    later = changing("a", 60, old_object_id="2", object_id="3")
    session = Session("s", WRITTEN)
    sketched = sketch(SEAL(hashes_of(WRITTEN)), MAX_OF_COMMIT)
    lines = LinesAdded(id="event_lines", commit=later.sha, origin=later.origin, lines=sketched)
    about = {"s": session.activity}

    with_lines = link_records([session.header], about, [earlier, later], lines=[lines])
    without = link_records([session.header], about, [earlier, later])
    assert {link.target.id for link in with_lines} == {earlier.id, later.id}
    assert {link.target.id for link in without} == {earlier.id}
