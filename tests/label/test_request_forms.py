"""How words ask for several operations."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.label.requests.forms import has_joining_word, request_form
from tracemill.records.sessions.turn_work import RequestForm


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("check status AND diff", "joined"),
        ("Run full quality check: ruff, pytest, and typecheck", "joined"),
        ("commit and push", "joined"),
        ("please remove the file and push directly to main", "joined"),
        ("check status then diff", "sequence"),
        ("git diff → read those files → ruff them", "sequence"),
        ("Fix the types. Then run the tests", "sequence"),
        ("check status, if dirty then diff", "condition"),
        ("check git status and if there are changes, diff them", "condition"),
        ("check if tests pass, if not lint the failing files", "condition"),
        ("lint this file, if there are errors run tests to see if I broke it", "condition"),
        ("run the tests if the linter passes", "condition"),
        ("has the patch landed? if not can you merge it", "condition"),
        ("first check types, then run tests", "steps"),
        ("1. read the plan\n2. fix the parser", "steps"),
        ("Step 1: read\nStep 2: fix", "steps"),
        ("review the changes", "implied"),
        ("can you please investigate this issue", "implied"),
        ("run all quality checks", "implied"),
    ],
)
def test_a_request_asks_for_several_operations_in_one_of_five_ways(
    text: str, form: RequestForm
) -> None:
    assert request_form(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "show hover for UserService",
        "What is LSP hover?",
        "lint those files",
        "read the file and the docs",
        "search and replace foo",
        "check if the tests pass",
        "rename it, if you can",
        "Let me know if you have questions",
        "print a warning if the folder is empty",
        "refactor the if edit[0] is None into a method",
        "Since then it works",
        "add a command that will load a file and add it",
        "Don't commit and push, show me where it happens",
        "see `run and test` in the README",
        "the review agent is slow",
        "",
    ],
)
def test_a_request_asks_for_one_operation_or_none(text: str) -> None:
    assert request_form(text) is None


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("lint AND test", True),
        ("After that, stop", True),
        ("what if it fails?", True),
        ("then it works", True),
        ("understand the Android sand iffy thenable hereafter", False),
        ("`if x and y` in https://host/and/then", False),
        ("open src/and/if.py", False),
    ],
)
def test_a_joining_word_stands_by_itself_in_prose(text: str, is_there: bool) -> None:
    assert has_joining_word(text) is is_there


@given(st.text(max_size=200))
def test_any_text_has_one_form_or_none(text: str) -> None:
    assert request_form(text) in {None, "steps", "condition", "sequence", "joined", "implied"}


@pytest.mark.parametrize("text", ["run," * 500, "if " * 700, "run then " * 230, "first " * 330])
def test_a_request_of_nothing_but_joints_takes_no_time_to_speak_of(text: str) -> None:
    begun = time.process_time()
    request_form(text)

    assert time.process_time() - begun < 0.2
