"""How sessions of OpenClaw are told from those of pi, whose shape they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.pi import lines as pi
from tests.sources.reading import jsonl, read

from tracemill.sources.head import Head
from tracemill.sources.pi import Pi
from tracemill.sources.pi.openclaw import OpenClaw


@pytest.mark.parametrize(
    ("path", "entries", "is_own"),
    [
        ("x", [pi.header()], False),
        ("/root/.openclaw/agents/main/sessions/x.jsonl", [pi.header()], True),
        ("x", [pi.header(cwd="/root/.openclaw/workspace")], True),
        ("x", [pi.header(), pi.entry("custom", customType="openclaw.runtime-context")], True),
        ("x", [pi.header(), pi.user("openclaw is a program")], False),
        ("x", [{"type": "message.in", "channel": "chat", "content": "Go"}], False),
    ],
)
def test_it_is_told_from_pi_by_what_it_says_of_itself(
    path: str, entries: list[Any], *, is_own: bool
) -> None:
    assert OpenClaw().recognises(Head(Path(path), jsonl(*entries))) is is_own


def test_a_session_of_openclaw_is_read_like_one_of_pi() -> None:
    data = jsonl(pi.header(), pi.user("Go"), pi.reply("Yes"))
    ours, theirs = read(OpenClaw(), data), read(Pi(), data)

    assert (ours.header.agent, theirs.header.agent) == ("openclaw", "pi")
    assert [step.text for step in ours.steps] == [step.text for step in theirs.steps]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Read HEARTBEAT.md if it exists (workspace context). Follow it strictly.", "system"),
        ("System: A command has ended.\n\nRead HEARTBEAT.md if it exists.", "system"),
        ("Do you know why it says: Read HEARTBEAT.md if it exists?", "user"),
    ],
)
def test_what_wakes_the_agent_was_typed_by_nobody(text: str, speaker: str) -> None:
    (step,) = read(OpenClaw(), jsonl(pi.header(), pi.user(text))).steps

    assert step.speaker == speaker
