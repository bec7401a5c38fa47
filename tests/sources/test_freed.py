"""What a reader held is gone once it has read: nothing waits for a collection of garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sources.claude_code import lines as claude
from tests.sources.codex import lines as codex
from tests.sources.reading import jsonl, origin_of

from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.codex import Codex
from tracemill.sources.content import Content
from tracemill.sources.protocol import Source

SESSIONS: list[tuple[Source, list[dict[str, Any]]]] = [
    (
        Codex(),
        [codex.meta(), codex.typed("Go on."), codex.call("c1"), codex.output("c1"), codex.spent(1)],
    ),
    (ClaudeCode(), [claude.user(1, "Go on."), claude.agent(2, claude.text("Done."))]),
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
