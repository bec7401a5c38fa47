"""Which pull requests and issues words and commands name."""

from __future__ import annotations

import pytest

from tests.trajectories import agent, calling, trajectory, user
from tracemill.label.activity.observe import observe
from tracemill.label.calls.mentions import Named, named_by, named_in
from tracemill.label.calls.shell import parse
from tracemill.records.sessions.activity import ForgeMention


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("please fix #12", [Named(None, 12)]),
        ("see PR 12 and issue #7", [Named("pull_request", 12), Named("issue", 7)]),
        ("Pull Request #12, ticket no. 8", [Named("pull_request", 12), Named("issue", 8)]),
        (
            "https://github.com/o/r/pull/12 again https://github.com/o/r/pull/12",
            [Named("pull_request", 12, None, "o/r")],
        ),
        ("https://forge.example.org/o/r/issues/7", [Named("issue", 7, None, "o/r")]),
        ("github.com/o/r/issues/7#issuecomment-9", [Named("issue", 7, None, "o/r")]),
        ("the colour #12ab34, a/b#3, C#12 and &#12;", []),
        ("it grew by pr 12.5 and 12%", []),
        ("fix the totals", []),
        (
            "PRs  no. 4, BUG\nnumber 5, tickets #6",
            [Named("pull_request", 4), Named("issue", 5), Named("issue", 6)],
        ),
        ("\u0131ssue 7 and T\u0130CKET 8", [Named("issue", 7), Named("issue", 8)]),
        ("xpr 4, tissue 5, ##6 and issues    7", []),
    ],
)
def test_a_person_names_by_address_or_number(text: str, named: list[Named]) -> None:
    assert list(named_in(text)) == named


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("gh pr view 12 --comments", (Named("pull_request", 12),)),
        ("cd app && gh issue close '#7'", (Named("issue", 7),)),
        ("gh pr checkout https://github.com/o/r/pull/3", (Named("pull_request", 3, None, "o/r"),)),
        ("bd close app-4f2", (Named("issue", native_id="app-4f2"),)),
        ("gh pr create --fill", ()),
        ("bd list --json", ()),
        ("echo gh pr view 12", ()),
    ],
)
def test_a_command_names_what_it_is_about(command: str, named: tuple[Named, ...]) -> None:
    assert named_by(parse(command)) == named


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("go on with 0f8fad5b-d9cb-469f-a165-70867728950e", True),
        ("read ~/.claude/projects/app/0f8fad5b-d9cb-469f-a165-70867728950e.jsonl first", True),
        ("x-0f8fad5b-d9cb-469f-a165-70867728950e", False),
        ("0f8fad5b-d9cb-469f", False),
    ],
)
def test_a_person_names_a_session_by_its_id(text: str, *, sessions: bool) -> None:
    found = observe(trajectory(), [user(0, text)], [])

    assert found.named_sessions == ("0f8fad5b-d9cb-469f-a165-70867728950e",) * sessions


def test_what_was_opened_is_told_from_what_was_named() -> None:
    steps = [
        user(0, "as in #12"),
        calling(1, "https://github.com/o/r/pull/14\n", command="gh pr create --fill"),
        calling(2, "title: totals (#99)", command="gh pr view 12"),
        agent(3, "it is like #77"),
    ]
    found = observe(trajectory(), steps, [])

    assert found.pull_requests == (14,)
    assert found.mentions == (
        ForgeMention(number=12, step=0),
        ForgeMention(kind="pull_request", number=14, repository="o/r", step=1, is_opened=True),
        ForgeMention(kind="pull_request", number=12, step=2),
    )
