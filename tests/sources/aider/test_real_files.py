"""Counts of an independent reader, over every shared history: plain text, from the notes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.sources.reading import Found, head_of, read_file
from tests.sources.real_files import each_file

from tracemill.sources.aider import Aider

pytestmark = pytest.mark.foreign

path = each_file("aider", "**/*.md")
HEADER = re.compile(r"(?m)^# aider chat started at .*$")
COMMAND = re.compile(
    r"#### (?:/(?!ask |code |architect |context |chat-mode )|!|# Fix any|I ran this)"
)


@pytest.fixture
def found(path: Path) -> Found:
    return read_file(Aider(), path)


def chats_in(path: Path) -> list[str]:
    """Return the chats in which anything was said."""
    chats = HEADER.split(path.read_text())
    return [chat for chat in chats if re.search(r"(?m)^(?!>)[^\n]*\S", chat)]


def prompts_in(chat: str) -> list[str]:
    """Return the blocks of lines marked as typed; the model's own headings lack the two spaces."""
    is_made_up = "  \n" not in chat
    mark = r"(?m)(?:^#### .*\n)+" if is_made_up else r"(?m)(?:^####(?: .*)?  \n)+"
    found = re.findall(mark, chat)
    return found[:1] if is_made_up else found


def test_every_chat_is_a_trajectory(path: Path, found: Found) -> None:
    chats = chats_in(path)
    has_prompt = [any(not COMMAND.match(one) for one in prompts_in(chat)) for chat in chats]

    assert sum(has_prompt) <= len(found.headers) <= len(chats)
    assert Aider().recognises(head_of(path))
    assert found.quarantined == []


def test_every_prompt_is_a_step(path: Path, found: Found) -> None:
    prompts = [prompt for chat in chats_in(path) for prompt in prompts_in(chat)]
    asked = [prompt for prompt in prompts if prompt != "#### <blank>  \n"]
    typed = [prompt for prompt in asked if not COMMAND.match(prompt) and len(prompt) > 8]

    n_steps = sum(step.speaker == "user" for step in found.steps)
    assert abs(n_steps - len(typed)) <= len(typed) // 100


def test_every_applied_edit_is_a_result(path: Path, found: Found) -> None:
    applied = re.findall(r"(?m)^> (Applied edit to .+?) *$", path.read_text())
    told = {result.content for step in found.steps for result in step.results}

    assert set(applied) <= told


def test_every_commit_was_printed_and_stands_behind_its_edit(path: Path, found: Found) -> None:
    text = path.read_text()
    for step in found.steps:
        for result in step.results:
            if result.commit is not None:
                assert f"> Commit {result.commit} " in text
                assert result.status == "ok"


def test_tokens_stand_with_the_reply_that_took_them(path: Path, found: Found) -> None:
    n_told = len(re.findall(r"(?m)^> Tokens: ", path.read_text()))
    n_with = sum(step.usage is not None for step in found.steps)

    assert 0.8 * n_told <= n_with <= n_told
