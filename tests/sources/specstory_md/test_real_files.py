"""Counts of an independent reader, over every shared file: plain text, from the notes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.reading import Found, head_of, read_file
from tests.sources.real_files import FORMATS, each_file

from tracemill.records.events.event import Feedback, TodoChange
from tracemill.sources.specstory_md import SpecStoryMd

pytestmark = pytest.mark.foreign

FILES = sorted((FORMATS / "specstory_md").rglob("*.md"))
path = each_file("specstory_md", "**/*.md")
TOOL = re.compile(r"(?ms)(?<!```markdown\n)^<tool-use [^>]*>.*?^(?:</details>)?</tool-use>$")
BLANK = re.compile(
    r'<tool-use [^>]*data-tool-name="([^"]*)"><details>\n<summary>[^\n]*</summary>\s*</details></tool-use>'
)
FAILURE = re.compile(
    r"```(?:text)?\n(?:.*\n){0,2}?(?:Exit code [1-9]|<tool_use_error>|Process exited with code [1-9])"
)


@pytest.fixture
def found(path: Path) -> Found:
    return read_file(SpecStoryMd(), path)


def counts_by_hand(path: Path) -> Counter[str]:
    text = path.read_text()
    tools = TOOL.findall(text)
    outside = TOOL.sub("", text)
    typed = re.findall(r"(?m)^_\*\*User \([^)]*\)\*\*_\n\n(.*)", outside)
    injected = ("<command-", "<local-command-")
    return +Counter(
        {
            "typed": sum(not said.startswith((*injected, "[Request interr")) for said in typed),
            "interruptions": sum(said.startswith("[Request interrupted") for said in typed),
            "calls": len(tools) - shown_twice(tools),
            "thoughts": len(re.findall(r"(?m)^<think>", outside)),
            "errors": sum(FAILURE.search(tool) is not None for tool in tools),
            "rejections": sum("\nThe user doesn't want to proceed" in tool for tool in tools),
            "todo changes": sum('data-tool-name="TodoWrite"' in tool for tool in tools),
        }
    )


def shown_twice(tools: list[str]) -> int:
    """Count blocks with nothing in them that follow one of the same tool."""
    blank = [(found := BLANK.fullmatch(tool)) and found[1] for tool in tools]
    follows = zip(tools, blank, blank[1:], strict=False)
    return sum(
        name is not None and before is None and f'data-tool-name="{name}"' in tool
        for tool, before, name in follows
    )


def counts_of(found: Found) -> Counter[str]:
    results = [result.status for step in found.steps for result in step.results]
    actions = [event.action for event in found.events if isinstance(event, Feedback)]
    return +Counter(
        {
            "typed": sum(step.speaker == "user" for step in found.steps),
            "interruptions": actions.count("interruption"),
            "calls": sum(len(step.calls) for step in found.steps),
            "thoughts": sum(step.reasoning is not None for step in found.steps),
            "errors": results.count("error"),
            "rejections": results.count("rejected"),
            "todo changes": sum(isinstance(event, TodoChange) for event in found.events),
        }
    )


def test_counts_agree_with_an_independent_reader(path: Path, found: Found) -> None:
    assert counts_of(found) == counts_by_hand(path)


def test_every_file_is_one_session_and_is_recognised(path: Path, found: Found) -> None:
    assert SpecStoryMd().recognises(head_of(path))
    assert len({header.session_id for header in found.headers}) == 1
    assert found.quarantined == []


def test_every_result_found_its_call(found: Found) -> None:
    for step in found.steps:
        assert {result.call_id for result in step.results} <= {call.id for call in step.calls}


def test_a_session_under_two_names_has_one_id() -> None:
    by_session: dict[str, set[str]] = {}
    for file in FILES:
        header = read_file(SpecStoryMd(), file).headers[0]
        by_session.setdefault(header.session_id, set()).add(header.id)

    assert all(len(ids) == 1 for ids in by_session.values())
    assert len(by_session) < len(FILES) or not FILES
