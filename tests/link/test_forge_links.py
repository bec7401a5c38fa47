"""Which pull requests and issues sessions and commits belong to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.link.forge.links import forge_links
from tracemill.records.events.event import Commit, Issue, PullRequest
from tracemill.records.refs import Origin
from tracemill.records.sessions.activity import ForgeMention

ORIGIN = Origin(source="github", source_version=1, uri="/srv/events", input_id="input_5")
SHA = "1a2b3c4" + "0" * 33
MADE = commit(SHA, subject="fix: totals")


def pull(**more: Any) -> PullRequest:
    given: dict[str, Any] = {
        "id": "event_pull", "origin": ORIGIN, "repository": "O/r", "number": 12,
        "head_branch": "fix/totals", "head_commit": SHA, "state": "open", **more,
    }  # fmt: skip
    return PullRequest(**given)


def issue(**more: Any) -> Issue:
    given: dict[str, Any] = {
        "id": "event_issue", "origin": ORIGIN, "tracker": "github", "repository": "o/r",
        "number": 7, **more,
    }  # fmt: skip
    return Issue(**given)


def linked(
    *mentions: ForgeMention, commits: tuple[Commit, ...] = (MADE,), **header: Any
) -> list[tuple[str, str, float]]:
    session = trajectory(**{"cwd": "/srv/app", **header})
    found = forge_links([(session, activity(mentions=mentions))], commits, [pull()], [issue()])
    return [(i.method, i.target.id, i.confidence) for i in found if i.source.id == session.id]


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ({"number": 12, "repository": "o/r", "is_opened": True}, ("opened", "event_pull", 0.99)),
        ({"number": 12, "repository": "o/r"}, ("names", "event_pull", 0.9)),
        ({"number": 12, "kind": "pull_request"}, ("names", "event_pull", 0.8)),
        ({"number": 7}, ("names", "event_issue", 0.6)),
        ({"number": 7, "kind": "pull_request"}, None),
        ({"number": 12, "repository": "o/other"}, None),
        ({"number": 99}, None),
    ],
)
def test_a_session_is_linked_to_what_it_opens_and_names(
    mention: dict[str, Any], expected: tuple[str, str, float] | None
) -> None:
    assert linked(ForgeMention(step=1, **mention)) == ([] if expected is None else [expected])


def test_a_number_means_nothing_in_a_repository_that_nobody_knows() -> None:
    other = commit("f" * 40)

    assert linked(ForgeMention(number=12, step=1), commits=(other,)) == []
    address = "https://github.com/o/r.git"
    assert linked(ForgeMention(number=12, step=1), commits=(other,), repository=address) == [
        ("names", "event_pull", 0.6)
    ]


def test_an_issue_of_a_tracker_that_does_not_count_is_known_by_its_id() -> None:
    own = issue(tracker="beads", repository=None, number=None, native_id="app-4f2")
    about = activity(mentions=(ForgeMention(kind="issue", native_id="app-4f2", step=1),))

    (found,) = forge_links([(trajectory(), about)], [], [], [own])
    assert (found.method, found.target.id, found.evidence[0].step) == ("names", own.id, 1)


@pytest.mark.parametrize(
    ("branch", "closed", "is_linked"),
    [
        ("fix/totals", None, True),
        ("fix/totals", START + timedelta(days=1), True),
        ("fix/totals", START - timedelta(days=1), False),
        ("main", None, False),
        ("other", None, False),
    ],
)
def test_a_session_on_the_branch_of_a_pull_request_works_on_it(
    branch: str, closed: Any, *, is_linked: bool
) -> None:
    known = [pull(closed=closed, head_branch=branch if branch == "main" else "fix/totals")]
    session = (trajectory(cwd="/srv/app", branch=branch), activity())

    found = [i.method for i in forge_links([session], [MADE], known, [])]
    assert found.count("head_branch") == is_linked


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param({"subject": "fix: totals (#12)"}, ("brought_by", 0.9), id="squashed"),
        pytest.param(
            {"subject": "Merge pull request #12 from a/b"}, ("brought_by", 0.9), id="merge"
        ),
        pytest.param({"body": "Fixes #7"}, ("closes", 0.95), id="closes"),
        pytest.param({"subject": "see #7 and #12"}, None, id="only named"),
    ],
)
def test_what_a_commit_says_links_it(
    message: dict[str, Any], expected: tuple[str, float] | None
) -> None:
    saying = commit("f" * 40, **message)
    found = forge_links([], [MADE, saying], [pull()], [issue()])

    said = [(i.method, i.confidence) for i in found if i.source.id == saying.id]
    assert said == ([] if expected is None else [expected])


def test_the_newest_word_of_the_forge_counts() -> None:
    old = pull(id="event_old", at=START, state="open", merge_commit="9" * 40)
    new = pull(id="event_new", at=START + timedelta(days=1), state="merged", merge_commit="9" * 40)
    trial = commit("9" * 40)

    found = {(i.source.id, i.target.id) for i in forge_links([], [MADE, trial], [new, old], [])}
    assert found == {(MADE.id, "event_new"), (trial.id, "event_new")}
    trial_only = {(i.source.id, i.target.id) for i in forge_links([], [MADE, trial], [old], [])}
    assert trial_only == {(MADE.id, "event_old")}
