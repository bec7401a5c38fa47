"""What a reader held is gone once it has read: nothing waits for a collection of garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sources.claude_code import lines as claude
from tests.sources.codex import lines as codex
from tests.sources.copilot_cli import lines as copilot
from tests.sources.gemini_cli import lines as gemini
from tests.sources.pi import lines as pi
from tests.sources.reading import jsonl, origin_of

from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.codex import Codex
from tracemill.sources.codex.exec_stream import CodexExec
from tracemill.sources.content import Content
from tracemill.sources.copilot_cli import CopilotCli
from tracemill.sources.gemini_cli import GeminiCli
from tracemill.sources.pi import Pi
from tracemill.sources.protocol import Source

SESSIONS: list[tuple[Source, list[dict[str, Any]]]] = [
    (
        Codex(),
        [codex.meta(), codex.typed("Go on."), codex.call("c1"), codex.output("c1"), codex.spent(1)],
    ),
    (ClaudeCode(), [claude.user(1, "Go on."), claude.agent(2, claude.text("Done."))]),
    (
        CodexExec(),
        [
            {"type": "thread.started", "thread_id": "t-1"},
            {"type": "item.completed", "item": {"id": "i", "type": "agent_message", "text": "Hi"}},
        ],
    ),
    (
        CopilotCli(),
        [copilot.start(), copilot.user("Go on."), copilot.reply("I look.", 2, copilot.call("c1"))],
    ),
    (GeminiCli(), [gemini.meta(), gemini.user("Go on."), gemini.reply("Done.")]),
    (Pi(), [pi.header(), pi.user("Go on."), pi.reply("I look.", pi.call("c1")), pi.done("c1")]),
]


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Let nothing be collected but by the test: the program itself puts that off, too."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(("source", "lines"), SESSIONS, ids=lambda each: getattr(each, "name", ""))
def test_reading_leaves_nothing_to_collect(source: Source, lines: list[dict[str, Any]]) -> None:
    data = jsonl(*lines)
    assert list(source.read(Content([data]), origin_of(source)))  # loads what loads once
    gc.collect()

    for _ in source.read(Content([data]), origin_of(source)):
        pass

    assert gc.collect() == 0
