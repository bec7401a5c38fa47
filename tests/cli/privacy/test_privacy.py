"""`tracemill privacy`, as people and programs call it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.cli.test_cli import Asked, ask
from tests.flows.sessions import write_session
from tests.redact.templates import fill
from tracemill.cli.app import call

TOKEN = fill("ghp_{alnum:36}")


def give(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def redact(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, *arguments: str) -> Asked:
    code = call(["privacy", "redact", *arguments, "--workspace", str(tmp_path / "workspace")])
    said = capfdbinary.readouterr()
    return Asked(code, said.out.decode(), said.err.decode())


def test_lines_are_answered_without_a_workspace_and_make_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    give(monkeypatch, json.dumps({"id": 1, "text": f"a {TOKEN}"}).encode())

    asked = redact(capfdbinary, tmp_path, "--jsonl")

    assert asked.code == 0
    assert json.loads(asked.out)["spans"] == [[2, 42, "secret"]]
    assert not (tmp_path / "workspace").exists()


def test_a_line_that_cannot_be_read_makes_the_exit_code_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    give(monkeypatch, b'{"id":1,"text":"fine"}\nnonsense\n')

    asked = redact(capfdbinary, tmp_path, "--jsonl")

    assert asked.code == 4
    assert [json.loads(line).get("error") for line in asked.out.splitlines()] == [None, "not_json"]


@pytest.mark.parametrize("engine", ["hyperscan", "re2"])
def test_stand_ins_are_those_of_the_workspace_where_there_is_one(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if engine == "hyperscan":
        pytest.importorskip("hyperscan")
    ask(capsys, tmp_path, "run", str(write_session(tmp_path / "in", "s1", 1, f"use {TOKEN}")))
    (tmp_path / "note.txt").write_text(f"with {TOKEN}\n")
    shown = ask(capsys, tmp_path, "session", "list", "--jsonl").out
    session = ask(capsys, tmp_path, "session", "show", json.loads(shown)["id"]).out

    asked = ask(
        capsys, tmp_path, "privacy", "redact", str(tmp_path / "note.txt"), "--engine", engine
    )

    stand_in = asked.out.split()[1]
    assert stand_in.startswith("[SECRET:github-pat:")
    assert stand_in in session
    assert "forgotten" not in asked.err


def test_files_are_written_to_a_folder_and_never_over_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"key": TOKEN}))
    arguments = ["privacy", "redact", str(tmp_path / "a.json"), "--to", str(tmp_path / "out")]

    first = ask(capsys, tmp_path, *arguments)
    again = ask(capsys, tmp_path, *arguments)

    written = tmp_path / "out" / "a.json"
    assert (first.code, again.code) == (0, 2)
    assert first.out == f"{written}\n"
    assert TOKEN not in written.read_text()
    assert "written over" in again.err


def test_a_file_that_is_no_text_is_named_and_nothing_of_it_comes_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad").write_bytes(b"\xff word")
    (tmp_path / "good").write_bytes(b"fine\n")

    asked = ask(
        capsys, tmp_path, "privacy", "redact", str(tmp_path / "bad"), str(tmp_path / "good")
    )

    assert (asked.code, asked.out) == (4, "fine\n")
    assert "expected UTF-8" in asked.err


def test_json_says_what_was_found_by_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text(f"with {TOKEN}\n")

    asked = ask(capsys, tmp_path, "privacy", "redact", str(tmp_path / "note.txt"), "--json")

    [file] = asked.document["files"]
    assert file["found"] == {"github-pat": 1}
    assert TOKEN not in asked.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(["--jsonl", "x"], 2, "reads what comes in", id="lines of a file"),
        pytest.param(["--to", "x"], 2, "--to", id="a folder without files"),
        pytest.param(["/no/such/file"], 3, "no such file", id="no such file"),
        pytest.param(["--engine", "grep"], 2, "hyperscan, re2", id="no such engine"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "privacy", "redact", *arguments)

    assert asked.code == code
    assert said in asked.err
    assert asked.out == ""


def test_a_scan_finds_nothing_in_what_a_run_keeps_and_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run", str(write_session(tmp_path / "in", "s1", 3, f"use {TOKEN}")))

    workspace = ask(capsys, tmp_path, "privacy", "scan", "--json")
    place = ask(capsys, tmp_path, "privacy", "scan", str(tmp_path / "in"), "--kind", "secret")

    assert (workspace.code, workspace.document["places"]) == (0, [])
    assert workspace.document["n_files"] > 5
    assert workspace.document["failures"] == []
    assert place.code == 1
    assert "github-pat" in place.out
    assert TOKEN not in place.out + place.err


def test_a_dataset_is_scanned_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(capsys, tmp_path, "run")  # the bundled example
    capsys.readouterr()

    asked = ask(capsys, tmp_path, "privacy", "scan", "chat", "--json")

    assert asked.code == 0
    assert asked.document["n_files"] >= 4


def test_a_place_of_a_scan_is_a_line_where_lines_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note").write_text(f"\n{TOKEN}")

    asked = ask(capsys, tmp_path, "privacy", "scan", str(tmp_path / "note"), "--jsonl")

    assert (asked.code, json.loads(asked.out)["place"]) == (1, "line 2")


def test_a_preview_masks_what_stands_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note").write_text(f"use {TOKEN} now\n")

    shown = ask(capsys, tmp_path, "privacy", "preview", str(tmp_path / "note"))
    document = ask(capsys, tmp_path, "privacy", "preview", str(tmp_path / "note"), "--json")

    assert shown.code == 0
    assert "- use gh**** now\n+ use [SECRET:github-pat:" in shown.out
    assert document.document["findings"][0]["masked"] == "gh****"
    assert TOKEN not in shown.out + document.out


@pytest.mark.parametrize("how", [[], ["--json"], ["--jsonl"]])
def test_what_stands_there_is_shown_on_a_terminal_only(
    how: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note").write_text(f"use {TOKEN} now\n")

    asked = ask(
        capsys, tmp_path, "privacy", "preview", str(tmp_path / "note"), "--unredacted", *how
    )

    assert asked.code == 5
    assert TOKEN not in asked.out + asked.err


def test_every_rule_passes_on_the_texts_that_it_came_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ask(capsys, tmp_path, "privacy", "rules", "--json")

    assert asked.code == 0
    assert {rule["n_wrong"] for rule in asked.document["rules"]} == {0}
    assert all(rule["n_texts"] for rule in asked.document["rules"])
