"""The five moments of a session: which hook tells of each, and where each stands in the log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.sources.claude_code import lines as claude
from tests.sources.codex import lines as codex
from tests.sources.reading import Found, jsonl, read
from tracemill.capture.agents import AGENTS
from tracemill.label.activity.observe import observe
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.codex import Codex

DOCS = Path(__file__).parents[2] / "docs" / "telling-events.md"
AGENT = {agent.name: agent for agent in AGENTS}


def table() -> list[list[str]]:
    """The cells of the rows of the table in the docs."""
    text = DOCS.read_text().partition("## The five moments of a session")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


@pytest.mark.parametrize(("agent", "column"), [("Claude Code", 1), ("Codex", 3)])
def test_the_table_names_all_hooks_that_are_installed_and_no_other(agent: str, column: int) -> None:
    named = {name for row in table() for name in re.findall(r"`(\w+)`", row[column])}
    hooks = AGENT[agent].hooks

    assert len(table()) == 5
    assert hooks is not None
    assert named == set(hooks.events)


def claude_session() -> Found:
    return read(
        ClaudeCode(),
        jsonl(
            claude.user(0, "lint it"),
            claude.agent(1, claude.call("c1", "Bash", command="ruff check")),
            claude.user(2, [claude.result("c1", "fine")]),
            claude.agent(3, claude.text("It is clean.")),
            claude.user(4, "no, that's wrong"),
        ),
    )


def codex_session() -> Found:
    return read(
        Codex(),
        jsonl(
            codex.meta(),
            codex.turn(),
            codex.typed("lint it", 1),
            codex.call("c1", cmd="ruff check"),
            codex.output("c1"),
            codex.message("assistant", "It is clean.", second=3),
            codex.typed("no, that's wrong", 4),
        ),
    )


@pytest.mark.parametrize("session", [claude_session, codex_session])
def test_each_moment_is_read_off_the_log(session: Any) -> None:
    found = session()
    header, steps = found.header, found.steps

    assert header.started is not None
    assert header.ended is not None
    assert header.started < header.ended
    assert [s.text for s in steps if s.speaker == "user"] == ["lint it", "no, that's wrong"]
    assert [call.name for s in steps for call in s.calls] != []
    assert any(result.content == "fine" for s in steps for result in s.results)
    assert "It is clean." in {s.text for s in steps if s.speaker == "agent"}
    reactions = observe(header, steps, found.events).reactions
    assert [each.kind for each in reactions] == ["correction"]
