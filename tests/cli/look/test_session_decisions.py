"""Which result decided what, as the command line tells it."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.test_cli import SCHEMA, ask
from tests.flows.sessions import write_session
from tracemill.cli.app import call


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    log = write_session(tmp_path / "in", "s1", 2)
    asked = log.read_bytes().replace(b"work 0 is done", b"All 3 passed. Shall I go on?")
    log.write_bytes(asked.replace(b"work 1, please", b"yes, please"))
    assert call(["run", str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]) == 0
    capsys.readouterr()
    return tmp_path


def test_an_offer_that_was_agreed_to_is_shown(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, place, "session", "decisions", "s1", "--offered")
    (line,) = asked.out.splitlines()[1:]

    assert "pytest" in line
    assert line.endswith("All 3 passed.")
    assert "1 of 1; of 1 call behind a result 1 show which decided; 1 offer" in asked.err


def test_answer_and_rows_fit_their_schemas(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = ask(capsys, place, "session", "decisions", "s1", "--json").document
    lines = ask(capsys, place, "session", "decisions", "s1", "--jsonl").out.splitlines()

    assert document["schema"] == "tracemill.session-decisions/1"
    schema = json.loads((SCHEMA / "answer.session-decisions.json").read_text())
    jsonschema.validate(document, schema)
    row = json.loads((SCHEMA / "row.session-decisions.json").read_text())
    for line in lines:
        jsonschema.validate(json.loads(line), row)
    assert len(lines) == len(document["points"]) == 1


def test_calls_made_at_once_are_one_row_with_their_number(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = write_session(place / "in", "s2", 2)
    *before, said, results, last = log.read_bytes().splitlines()
    message = json.loads(said)
    (call_made,) = message["message"]["content"]
    twice = [{**call_made, "id": f"toolu_{n}", "input": {"command": f"rg a{n}"}} for n in range(2)]
    message["message"]["content"] = twice
    answers = json.loads(results)
    (answered,) = answers["message"]["content"]
    answers["message"]["content"] = [{**answered, "tool_use_id": f"toolu_{n}"} for n in range(2)]
    log.write_bytes(
        b"\n".join([*before, json.dumps(message).encode(), json.dumps(answers).encode(), last])
        .replace(b"work 0 is done", b"All 3 passed. Shall I go on?")
        .replace(b"work 1, please", b"yes, please")
    )
    assert call(["run", str(place / "in"), "--workspace", str(place / "workspace")]) == 0
    capsys.readouterr()

    asked = ask(capsys, place, "session", "decisions", "s2")
    rows = ask(capsys, place, "session", "decisions", "s2", "--jsonl").out.splitlines()

    (line,) = asked.out.splitlines()[1:]
    assert "rg, 2 times" in line
    assert len(rows) == 2
