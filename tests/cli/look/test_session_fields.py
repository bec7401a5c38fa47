"""What the code of a session's calls reads, as the command line tells it."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.test_cli import SCHEMA, ask
from tests.flows.sessions import write_session
from tracemill.cli.app import call

CODE = "python -c 'r = lint(); print([e.line for e in r.errors[:5]])'"


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    log = write_session(tmp_path / "in", "s1", 2)
    log.write_bytes(log.read_bytes().replace(b"pytest -q", CODE.encode()))
    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()
    return tmp_path


def test_fields_are_shown_with_how_they_are_used(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = ask(capsys, place, "session", "fields", "s1").out.splitlines()[1:]

    assert first.split() == ["lint", "errors", "2", "0", "0", "2", "(to", "5)", "0", "0"]
    assert second.split()[:3] == ["lint", "errors[].line", "2"]


def test_rows_and_answer_fit_their_schemas(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ask(capsys, place, "session", "fields", "s1", "--jsonl").out.splitlines()
    document = ask(capsys, place, "session", "fields", "s1", "--json").document

    for line in lines:
        row = json.loads((SCHEMA / "row.session-fields.json").read_text())
        jsonschema.validate(json.loads(line), row)
    assert document["schema"] == "tracemill.session-fields/1"
    jsonschema.validate(document, json.loads((SCHEMA / "answer.session-fields.json").read_text()))
    assert (document["n_codes"], len(document["loops"])) == (2, 2)


def test_a_session_without_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_session(tmp_path / "in", "s1", 1)
    call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")])
    capsys.readouterr()

    asked = ask(capsys, tmp_path, "session", "fields", "s1")
    assert "0 pieces of code" in asked.err
    assert asked.out == ""
