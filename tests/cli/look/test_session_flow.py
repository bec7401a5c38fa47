"""Where the values of a session's calls came from, as the command line tells it."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.test_cli import SCHEMA, ask
from tests.flows.sessions import write_session
from tracemill.cli.app import call

FILE = "tests/app_test.py"


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    log = write_session(tmp_path / "in", "s1", 2, word=f"run {FILE}")
    log.write_bytes(log.read_bytes().replace(b"pytest -q", f"pytest {FILE}".encode()))
    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()
    return tmp_path


def test_values_are_shown_with_where_they_came_from(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ask(capsys, place, "session", "flow", "s1")

    assert shown.out.splitlines()[1].split() == ["1", "Bash", "command", "0", "said", "0", FILE]
    assert "2 values" in shown.err


def test_only_what_was_carried_over_is_shown_if_asked(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = ask(capsys, place, "session", "flow", "s1", "--carried", "--jsonl").out
    (row,) = map(json.loads, found.splitlines())

    jsonschema.validate(row, json.loads((SCHEMA / "row.session-flow.json").read_text()))
    assert (row["n_turns"], row["is_first"]) == (1, False)


def test_the_answer_fits_its_schema(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = ask(capsys, place, "session", "flow", "s1", "--json").document

    assert document["schema"] == "tracemill.session-flow/1"
    jsonschema.validate(document, json.loads((SCHEMA / "answer.session-flow.json").read_text()))
    assert document["n_carried"] == 1
