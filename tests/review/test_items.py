"""A reviewer sees what an example says, of every kind."""

from __future__ import annotations

from typing import Any

import pytest

from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Lineage,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    Verifier,
)
from tracemill.records.refs import Ref, Span
from tracemill.review.items import example_item, with_messages

CALL = {"function": {"name": "Bash", "arguments": {"command": "pytest -q"}}}
USER = Message(role="user", content="mend\nthe totals")
AGENT = Message(role="assistant", content="Let me see.", tool_calls=(CALL,), trained=True)
ANSWER = Message(role="tool", content="1 failed")
BETTER = Message(role="assistant", content="It is mended.", trained=True)

SHOWN = ["user: mend the totals"]
SEEN = 'assistant: → Bash {"command":"pytest -q"} Let me see.'
COMMON: dict[str, Any] = {
    "id": "example_1",
    "lineage": (
        Lineage(
            episode_id="ep_1", trajectory_id="traj_1", first_step=0, last_step=3,
            input_id="input_1", uri="/in", content="0", span=Span(start=0, end=1),
        ),
    ),
}  # fmt: skip


def chat() -> Example:
    return ChatExample(messages=(USER, AGENT, ANSWER, BETTER), **COMMON)


def preference() -> Example:
    return PreferenceExample(
        builder="retry", prompt=(USER,), chosen=(BETTER,), rejected=(AGENT,), margin=1, **COMMON
    )


def unpaired() -> Example:
    where = Ref(kind="trajectory", id="traj_1", step=1)
    return UnpairedExample(
        builder="reaction", prompt=(USER,), completion=(AGENT,), label=False, strength=1,
        evidence=(where,), **COMMON,
    )  # fmt: skip


def stepwise() -> Example:
    return StepwiseExample(
        builder="recovery", prompt=(USER,), completions=((AGENT,), (ANSWER, BETTER)),
        labels=(False, True), **COMMON,
    )  # fmt: skip


def prompt() -> Example:
    where = Ref(kind="trajectory", id="traj_1", step=1)
    verifier = Verifier(check="test", command="pytest -q", start_commit="a" * 40, evidence=(where,))
    return PromptExample(builder="verified", prompt=(USER,), verifier=verifier, **COMMON)


@pytest.mark.parametrize(
    ("example", "parts"),
    [
        (chat(), {"Says": [*SHOWN, SEEN, "tool: 1 failed", "assistant: It is mended."],
                  "Learned": ["2 of 4"]}),
        (preference(), {"Before": SHOWN, "Better": ["assistant: It is mended."], "Worse": [SEEN]}),
        (unpaired(), {"Before": SHOWN, "Wrong": [SEEN]}),
        (stepwise(), {"Before": SHOWN, "Wrong step": [SEEN],
                      "Right step": ["tool: 1 failed", "assistant: It is mended."]}),
        (prompt(), {"Asks": SHOWN, "Decided by": ["pytest -q"]}),
    ],
    ids=["chat", "preference", "unpaired", "stepwise", "prompt"],
)  # fmt: skip
def test_what_an_example_says_is_shown(example: Example, parts: dict[str, list[str]]) -> None:
    item = with_messages(example_item("example_1", "recovery", None), example)

    assert {part.name: list(part.lines) for part in item.parts} == parts


def test_a_long_conversation_is_shown_from_both_ends() -> None:
    talk = [Message(role="user", content=f"turn {n}", trained=n > 0) for n in range(40)]
    item = with_messages(
        example_item("example_1", "session", None), ChatExample(messages=tuple(talk), **COMMON)
    )

    lines = item.parts[0].lines
    assert (lines[0], lines[-1], len(lines)) == ("user: turn 0", "user: turn 39", 13)
    assert "… 28 more" in lines


def test_of_what_a_tool_printed_is_shown_what_it_says() -> None:
    told = "Chunk ID: e2d4f4\nWall time: 4.4 seconds\nProcess exited with code 0\nOutput:\n3 passed"
    made = ChatExample(messages=(USER, Message(role="tool", content=told), BETTER), **COMMON)
    item = with_messages(example_item("example_1", "session", None), made)

    assert item.parts[0].lines[1] == "tool: 3 passed"
