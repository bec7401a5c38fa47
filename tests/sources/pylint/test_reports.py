"""Messages of pylint, in its forms."""

from __future__ import annotations

import json

import pytest
from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of

from tracemill.sources.findings_reports import Pylint

ROW = {
    "type": "warning",
    "module": "a",
    "obj": "f",
    "line": 7,
    "column": 3,
    "endLine": 7,
    "endColumn": 9,
    "path": "src/a.py",
    "symbol": "unused-argument",
    "message": "Unused argument 'who'",
}
JSON = json.dumps([{**ROW, "message-id": "W0613"}]).encode()
STATISTICS = {"messageTypeCount": {}, "modulesLinted": 3, "score": 9.5}
JSON2 = json.dumps({"messages": [{**ROW, "messageId": "W0613"}], "statistics": STATISTICS}).encode()
TEXT = (
    b"************* Module a\nsrc/a.py:7:3: W0613: Unused argument 'who' (unused-argument)\n\n--\n"
)
PARSEABLE = b"src/a.py:7: [W0613(unused-argument), f] Unused argument 'who'\n    code\n"
FORMS = {"json": JSON, "json2": JSON2, "text": TEXT, "parseable": PARSEABLE}


def read(data: bytes) -> Gates:
    found = read_gates(Pylint(), data)
    assert_sums(found)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_each_form_names_rule_and_place(form: str) -> None:
    found = read(FORMS[form])

    assert (found.run.tool, found.run.gate, found.run.status) == ("pylint", "lint", "failed")
    (result,) = found.results
    assert (result.rule, result.name, result.severity) == ("W0613", "unused-argument", "warning")
    assert (result.path, result.line) == ("src/a.py", 7)
    assert result.column == (None if form == "parseable" else 4)
    assert result.message == "Unused argument 'who'"


def test_the_mark_is_kept() -> None:
    assert read(JSON2).run.score == 9.5


def test_an_information_does_not_fail_the_gate() -> None:
    found = read(json.dumps([{**ROW, "type": "info"}]).encode())

    assert (found.run.status, found.run.totals) == ("passed", {"noted": 1})


@pytest.mark.parametrize("form", FORMS)
def test_messages_are_told_by_their_form(form: str) -> None:
    assert readers_of(FORMS[form]) == ["pylint"]


@pytest.mark.parametrize(
    "data",
    [b'{"messages": []}', b'[{"type": "warning"}]', b"a.py:7: error: x", b"a.py:7:3: F401 x"],
)
def test_messages_of_others_are_not_taken(data: bytes) -> None:
    assert readers_of(data) == []


def test_a_clean_run_says_how_much_was_looked_at() -> None:
    data = json.dumps({"messages": [], "statistics": STATISTICS}).encode()

    assert readers_of(data) == ["pylint"]
    assert read(data).run.status == "passed"
