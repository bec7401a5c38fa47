"""What becomes of a Claude Code session whose person goes back to an earlier prompt."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.claude_code.lines import agent, call, envelope, result, text, user, uuid
from tests.sources.reading import Found, jsonl, read

from tracemill.records.events.event import Feedback
from tracemill.sources.claude_code import ClaudeCode

FIRST_TURNS = [
    user(0, "First"),
    agent(1, text("One")),
    user(2, "Second"),
    agent(3, call("t1")),
    user(4, [result("t1")]),
    agent(5, text("Two")),
]


def read_session(*lines: Any) -> Found:
    return read(ClaudeCode(), jsonl(*lines))


def said(found: Found) -> list[str]:
    return [step.text for step in found.steps]


def actions(found: Found) -> list[tuple[str, int | None, int | None]]:
    """Return what people did: its name, and the steps that it undid."""
    return [
        (event.action, event.undone_from, event.step)
        for event in found.events
        if isinstance(event, Feedback)
    ]


def test_a_prompt_that_does_not_follow_the_one_before_tells_a_rewind() -> None:
    again = user(6, "Second, in other words", parentUuid=uuid(1))
    found = read_session(*FIRST_TURNS, again, agent(7, text("Better")))

    assert said(found) == ["First", "One", "Second", "", "Two", "Second, in other words", "Better"]
    assert actions(found) == [("rewind", 2, 4)]


def test_one_can_go_back_more_than_once() -> None:
    found = read_session(
        *FIRST_TURNS,
        user(6, "Third"),
        user(7, "Second again", parentUuid=uuid(1)),
        agent(8, text("Hm")),
        user(9, "Second, at last", parentUuid=uuid(1)),
    )

    assert len(found.steps) == 9
    assert actions(found) == [("rewind", 2, 5), ("rewind", 6, 7)]


def test_one_can_return_to_what_was_left() -> None:
    found = read_session(
        *FIRST_TURNS,
        user(6, "Second, in other words", parentUuid=uuid(1)),
        agent(7, text("Worse")),
        user(8, "Third", parentUuid=uuid(5)),
    )

    told = [event for event in found.events if isinstance(event, Feedback)]
    assert [(event.undone_from, event.step, event.goes_on_from) for event in told] == [
        (2, 4, None),
        (5, 6, 4),
    ]


def test_who_goes_on_from_where_he_went_back_to_takes_nothing_back() -> None:
    again = user(6, "Second again", parentUuid=uuid(1))
    found = read_session(*FIRST_TURNS, again, agent(7, text("Good")), user(8, "Third"))

    assert actions(found) == [("rewind", 2, 4)]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([user(6, "Third")], id="the prompt follows the last reply"),
        pytest.param([user(6, "Third", parentUuid=None)], id="a new root"),
        pytest.param([user(6, "Third", parentUuid=uuid(99))], id="a parent that is not there"),
        pytest.param(
            [user(6, "Third", parentUuid=uuid(3))], id="a reply that the last ones fork from"
        ),
        pytest.param(
            [envelope(6, type="progress", parentUuid=uuid(5)), user(7, "Third")],
            id="a report of progress stands between",
        ),
        pytest.param(
            [
                envelope(6, type="system", subtype="compact_boundary", parentUuid=None),
                user(7, "Summary", isCompactSummary=True),
                user(8, "Third"),
            ],
            id="the context was summarised between",
        ),
        pytest.param(
            [user(6, [result("t9")], parentUuid=uuid(1))], id="a result of an earlier call"
        ),
        pytest.param(
            [user(6, "<system-reminder>x</system-reminder>", parentUuid=uuid(1))],
            id="a text that nobody typed",
        ),
    ],
)
def test_other_forks_tell_nothing(lines: list[Any]) -> None:
    found = read_session(*FIRST_TURNS, *lines)

    assert said(found)[:5] == ["First", "One", "Second", "", "Two"]
    assert actions(found) == []
