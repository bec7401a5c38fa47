"""What the items of an ADP trajectory become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sources.adp.trajectories import PLAIN, asked, called, coded, row, said, shown
from tests.sources.reading import Found, read

from tracemill.sources.adp import Adp
from tracemill.sources.head import Head


def read_items(*items: Any) -> Found:
    return read(Adp(), json.dumps(row(*items)).encode())


def test_actions_are_calls_that_the_environment_answers() -> None:
    found = read(Adp(), json.dumps([PLAIN]).encode())

    assert [step.speaker for step in found.steps] == ["user", "agent", "agent", "agent"]
    code, api, last = found.steps[1:]
    assert (code.text, code.calls[0].name) == ("Count them.", "bash")
    assert code.calls[0].arguments == {"command": "ls | wc -l"}
    assert code.results[0].content == "3"
    assert (api.calls[0].name, api.calls[0].arguments) == ("edit", {"path": "a.py"})
    assert (last.text, last.calls) == ("Three.", ())
    assert found.header.title == "os_42"
    assert found.stated == {"feedback": "positive"}


@pytest.mark.parametrize(
    ("action", "shown_last", "outcome"),
    [
        (coded("make"), "[Command finished with exit code 0]", ("ok", 0)),
        (coded("make"), "[Command finished with exit code 2]\n", ("error", 2)),
        (coded("make"), "[Command finished with exit code -1]", ("error", -1)),
        (coded("make"), "[Command finished with exit code 0]\n[Still running]", ("unknown", None)),
        (coded("make"), "", ("unknown", None)),
        (called("view", path="log"), "[Command finished with exit code 2]", ("unknown", None)),
    ],
)
def test_the_exit_code_of_code_stands_on_the_last_line(
    action: Any, shown_last: str, outcome: tuple[str, int | None]
) -> None:
    (step,) = read_items(action, shown(f"built\n{shown_last}")).steps

    assert [(each.status, each.exit_code) for each in step.results] == [outcome]


def test_code_goes_to_a_tool_of_its_language() -> None:
    (step,) = read_items(coded("1 + 1", "python")).steps

    assert (step.calls[0].name, step.calls[0].arguments) == ("python", {"code": "1 + 1"})


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (called("finish", "All done.", output="x"), "All done."),
        (called("finish", message="Bye."), "Bye."),
        (called("finish"), ""),
    ],
)
def test_finish_is_the_last_word_and_no_call(item: Any, text: str) -> None:
    (step,) = read_items(item).steps

    assert (step.speaker, step.text, step.calls) == ("agent", text, ())


def test_why_a_message_was_said_is_its_reasoning() -> None:
    assert read_items(said("42", "I counted")).steps[0].reasoning == "I counted"


def test_what_nobody_asked_for_is_said_by_the_harness() -> None:
    found = read_items(shown("tools: …", "system"), asked("Go"))

    assert [step.speaker for step in found.steps] == ["system", "user"]


def test_what_a_person_says_behind_a_call_does_not_answer_it() -> None:
    found = read_items(coded("ls"), asked("Stop"))

    assert [step.speaker for step in found.steps] == ["agent", "user"]
    assert found.steps[0].results == ()


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ({"axtree": "RootWebArea", "html": "<p>"}, "RootWebArea"),
        ({"axtree": None, "html": "<p>"}, "<p>"),
        ({}, ""),
    ],
)
def test_a_page_is_its_tree_or_its_markup(page: dict[str, Any], text: str) -> None:
    found = read_items(called("goto"), {"class_": "web_observation", **page})

    assert [result.content for result in found.steps[0].results] == [text]


def test_classes_that_nobody_taught_us_are_counted() -> None:
    found = read_items(asked("Go"), {"class_": "audio_observation"})

    assert found.tally.skipped == {"unknown_type:audio_observation": 1}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([PLAIN], True),
        (PLAIN, True),
        ({"content": [{"type": "text"}]}, False),
        ({"content": "text"}, False),
    ],
)
def test_trajectories_are_told_by_the_class_of_an_item(document: Any, expected: bool) -> None:
    assert Adp().recognises(Head(Path("x"), json.dumps(document).encode())) is expected
