"""The command line as other programs rely on it: exit codes, one document, named errors."""

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.cli.at_once import call_at_once

SCHEMA = Path(__file__).parents[2] / "schema"
ANSWERS = {
    "run": ["run"],
    "plan": ["run", "--dry-run"],
    "status": ["status"],
    "doctor": ["doctor"],
    "capture": ["capture", "status"],
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_session(tmp_path / "in", "s1", 2)
    return tmp_path / "in"


class Asked:
    """What a command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


def ask(capsys: pytest.CaptureFixture[str], tmp_path: Path, *arguments: str) -> Asked:
    code = call([*arguments, "--workspace", str(tmp_path / "workspace")])
    said = capsys.readouterr()
    return Asked(code, said.out, said.err)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_json_answer_is_one_document_that_fits_its_schema(
    name: str, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*ANSWERS[name], "--json", *([str(place)] if name in {"run", "plan"} else [])]
    document = ask(capsys, tmp_path, *arguments).document
    schema = json.loads((SCHEMA / f"answer.{name}.json").read_text())

    assert document["schema"] == f"tracemill.{name}/1"
    assert all(step.startswith("tracemill ") for step in document["next"])
    jsonschema.validate(document, schema)


@pytest.mark.parametrize("kind", ["session", "episode", "link"])
def test_a_line_of_a_list_fits_its_schema(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(tmp_path / "in", "s1", 2)
    write_session(tmp_path / "in" / "s1" / "subagents", "agent-1", 1)
    ask(capsys, tmp_path, "run", str(tmp_path / "in"))
    asked = ask(capsys, tmp_path, kind, "list", "--jsonl")
    schema = json.loads((SCHEMA / f"row.{kind}.json").read_text())

    for line in asked.out.splitlines():
        jsonschema.validate(json.loads(line), schema)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["datset"], 2, "dataset", id="a typo"),
        pytest.param(["run", "/no/such/place"], 3, "no such file or folder", id="no such place"),
        pytest.param(
            ["run", "--executor", "dask", "."], 2, "known: local, ray", id="unknown executor"
        ),
        pytest.param(["session", "list"], 3, "nothing is kept", id="nothing kept yet"),
        pytest.param(["dataset", "show", "x"], 3, "no dataset 'x'", id="no such dataset"),
        pytest.param(["dataset", "audit"], 2, "expected .jsonl or .json files", id="no files"),
        pytest.param(
            ["dataset", "audit", ".."],
            3,
            "name one of its folders that do",
            id="a folder of folders",
        ),
        pytest.param(["dataset", "audit", "empty.jsonl"], 3, "no row to check", id="no rows"),
        pytest.param(["gate", "show"], 2, "parameter NAME requires", id="no name"),
    ],
)
def test_a_request_that_cannot_be_met_says_why(
    arguments: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_session(tmp_path / "here", "s1", 1)
    (tmp_path / "here" / "empty.jsonl").touch()
    monkeypatch.chdir(tmp_path / "here")
    asked = ask(capsys, tmp_path, *arguments)

    assert asked.code == code
    assert said in asked.err + asked.out


def test_an_error_is_a_document_too_where_one_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "run", "/no/such/place", "--json")

    assert asked.document["schema"] == "tracemill.error/1"
    assert (asked.document["exit"], asked.code) == (3, 3)
    assert "no such file or folder" in asked.document["error"]


def test_workers_are_at_least_one(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "run", str(place), "--workers", "0")

    assert asked.code == 2
    assert "name 1 or more" in asked.err


def test_an_input_that_cannot_be_read_is_named_and_the_rest_is_done(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "broken.jsonl").write_bytes(b"\0\1\2")
    asked = ask(capsys, tmp_path, "run", str(place))

    assert asked.code == 4
    assert "broken.jsonl: binary: expected text" in asked.err
    assert "Sessions     1" in asked.out


def test_a_dry_run_writes_nothing(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "run", str(place), "--dry-run", "--json")

    assert asked.document["to_read"] == 1
    assert not (tmp_path / "workspace").exists()


def test_how_documents_are_known_is_pointed_out_where_none_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "review.md").write_text("# Review\n")
    (tmp_path / "in" / "LICENSE").write_text("Apache\n")
    asked = ask(capsys, tmp_path, "run", str(tmp_path / "in"))

    assert asked.code == 0
    assert "left alone: 2 files; prompts, plans" in asked.err


def test_what_was_told_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--workspace", str(tmp_path / "workspace")]
    assert call_at_once(["emit", "gate", "--json", '{"gate_id": "tests"}', *where]) == 0
    (tmp_path / "in").mkdir()
    write_session(tmp_path / "in", "s1", 1)
    ask(capsys, tmp_path, "run", str(tmp_path / "in"))

    assert ask(capsys, tmp_path, "status", "--json").document["store"]["reports"] == {"gate": 1}


def test_a_workspace_is_not_read_as_sessions(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    again = ask(capsys, tmp_path, "run", str(tmp_path), "--json")

    assert again.document["inputs"] == {"unchanged": 1}


def test_an_interruption_says_that_nothing_is_lost(place: Path, tmp_path: Path) -> None:
    where = ["--workspace", str(tmp_path / "workspace")]
    listening = (  # who runs the tests in the background has this signal ignored in all children
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from tracemill.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", listening, "watch", str(place), *where],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    ) as watching:  # fmt: skip
        assert watching.stderr is not None
        assert "press Ctrl-C" in watching.stderr.readline()
        watching.send_signal(signal.SIGINT)
        said = watching.stderr.read()

    assert watching.returncode == 130
    assert said == "interrupted; what was accepted is kept, run again to go on\n"


def test_hints_and_progress_stay_off_stdout(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "run", str(place))

    assert "next: " in asked.err
    assert "next: " not in asked.out


def test_quiet_says_nothing_on_stderr(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(capsys, tmp_path, "run", str(place), "--quiet").err == ""


def test_text_of_a_session_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(tmp_path / "in", "s1", 1, word="\x1b[2Jgone\x07")
    ask(capsys, tmp_path, "run", str(tmp_path / "in"))
    listed = ask(capsys, tmp_path, "session", "list")
    shown = ask(capsys, tmp_path, "session", "show", "s1", "--full")

    assert "\x1b" not in listed.out + shown.out
    assert "\\x1b[2Jgone\\x07" in shown.out


def test_a_workspace_in_use_is_refused(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tracemill.store.workspace import Workspace

    with Workspace(tmp_path / "workspace").writing():
        asked = ask(capsys, tmp_path, "run", str(place))

    assert asked.code == 6
    assert "another process is writing" in asked.err


def test_a_key_that_others_can_read_is_refused(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    (tmp_path / "workspace" / "vault" / "pseudonyms.key").chmod(0o644)
    write_session(place, "s2", 1)
    asked = ask(capsys, tmp_path, "run", str(place))

    assert asked.code == 5
    assert "chmod 600" in asked.err


def test_a_damaged_archive_is_found(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    (pack,) = (tmp_path / "workspace" / "vault" / "archive").glob("*.zst")
    damaged = bytearray(pack.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    pack.write_bytes(damaged)
    asked = ask(capsys, tmp_path, "store", "check")

    assert asked.code == 6
    assert "is damaged" in asked.out


@pytest.mark.parametrize("kind", ["session", "episode", "link"])
def test_a_list_of_fewer_than_none_is_refused(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(capsys, tmp_path, kind, "list", "--limit", "-1").code == 2


def test_an_empty_argument_is_not_the_current_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "run", "")

    assert (asked.code, asked.out) == (2, "")
    assert "found an empty one" in asked.err


def test_explain_takes_a_dataset_version_and_names_what_it_takes(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    explained = ask(capsys, tmp_path, "explain", "dataset_", "--json").document
    unknown = ask(capsys, tmp_path, "explain", "nothing-of-the-kind")

    assert explained["kind"] == "dataset"
    assert {"train.jsonl", "lineage.jsonl"} <= {link.get("file") for link in explained["chain"]}
    assert unknown.code == 3
    assert "the hash of a commit" in unknown.err


def test_an_export_that_the_disk_refuses_says_where(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    (tmp_path / "file").write_text("")
    asked = ask(capsys, tmp_path, "dataset", "export", "--to", str(tmp_path / "file" / "out"))

    assert asked.code == 2
    assert "cannot write to" in asked.err


def test_a_second_run_says_that_failures_stand(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "odd.jsonl").write_text("no session\n")
    ask(capsys, tmp_path, "run", str(place))
    again = ask(capsys, tmp_path, "run", str(place))

    assert again.code == 4
    assert "Nothing is new. 1 input still cannot be read." in again.out


def test_a_lake_that_cannot_be_opened_is_a_problem_and_no_crash(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(place))
    for log in (tmp_path / "workspace" / "lake").rglob("_delta_log/*.json"):
        log.write_text("{")
    asked = ask(capsys, tmp_path, "store", "check", "--json")

    assert asked.code == 6
    assert asked.document["problems"]


def test_what_was_read_is_written_back_by_session(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(place, "s2", 1)
    ask(capsys, tmp_path, "run", str(place))
    to = tmp_path / "back"
    document = ask(capsys, tmp_path, "data", "restore", "s1", "--to", str(to), "--json").document
    schema = json.loads((SCHEMA / "answer.restore.json").read_text())

    (found,) = [path for path in to.rglob("*") if path.is_file()]
    assert found.read_bytes() == (place / "s1.jsonl").read_bytes()
    assert document["next"] == []
    jsonschema.validate(document, schema)


def test_a_hook_is_shown_and_written_only_when_that_is_agreed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    shown = ask(capsys, tmp_path, "capture", "install", "claude")
    settings = tmp_path / "claude" / "settings.json"

    assert (shown.code, settings.exists()) == (2, False)
    assert "SessionEnd" in shown.out
    assert "nothing was written; answer with yes, or add --yes" in shown.err
    asked = ask(capsys, tmp_path, "capture", "install", "claude", "--json")
    assert (asked.code, asked.document["exit"], settings.exists()) == (2, 2, False)
    looked = ask(capsys, tmp_path, "capture", "install", "claude", "--dry-run", "--json")
    assert (looked.code, looked.document["is_written"], settings.exists()) == (0, False, False)
    written = ask(capsys, tmp_path, "capture", "install", "claude", "--yes", "--json")
    assert (written.code, written.document["is_written"], settings.exists()) == (0, True, True)
