"""A version is checked as it lies there, and two versions are told apart by what came and went."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest

from tests.redact.templates import fill
from tracemill.base.installing import install_extras
from tracemill.cli.app import call
from tracemill.cli.datasets.dataset_check import show_checks
from tracemill.cli.shared.options import Common
from tracemill.curate.checks.protocol import Checked, RowCheck
from tracemill.flows.datasets.build_checks import clean_text, read_rows
from tracemill.flows.privacy.scan import Scan
from tracemill.flows.results import Failure
from tracemill.records.datasets.versions import ExportedFile
from tracemill.redact import Redactor
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two versions of the bundled example: all of it, and one row less."""
    root = tmp_path_factory.mktemp("checks")
    workspace = ["--workspace", str(root / "workspace"), "-q"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))
        patch.delenv("CLAUDE_CONFIG_DIR", raising=False)
        patch.delenv("CODEX_HOME", raising=False)
        assert call(["run", *workspace, "--json"]) == 0
    path = root / "small.toml"
    path.write_text(
        'name = "small"\n[budget]\nexamples = 3\n[checks]\ndirect_answers = {use = "off"}\neven_splits = {use = "off"}'
    )
    assert call(["dataset", "build", str(path), *workspace]) == 0
    return root / "workspace"


def ask(
    capsys: pytest.CaptureFixture[str], store: Path, *arguments: str, code: int = 0
) -> dict[str, Any]:
    capsys.readouterr()
    assert call(["dataset", *arguments, "--workspace", str(store), "--json", "-q"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_check_says_what_the_build_said_and_more(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ask(capsys, store, "show", "small")["version"]

    checked = ask(capsys, store, "check", "small")

    assert checked["checks"][0]["name"] == "unchanged_files"
    assert checked["checks"][1:] == shown["checks"]
    assert "direct_answers" not in {check["name"] for check in checked["checks"]}


def test_a_changed_file_fails_and_is_checked_no_further(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(ask(capsys, store, "show", "small")["folder"])
    path = min(folder.glob("*train.jsonl"))
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        (only,) = ask(capsys, store, "check", "small", code=1)["checks"]
    finally:
        path.write_bytes(before)

    assert (only["name"], only["verdict"]) == ("unchanged_files", "fail")
    assert [row["file"] for row in only["failing"]] == [path.name]


@pytest.mark.parametrize("line", ["{row}", "no row: {token}", '{{"text": 1, "said": "{token}"}}'])
def test_redaction_looks_at_every_line_whether_or_not_it_is_a_row(
    tmp_path: Path, line: str
) -> None:
    token = fill("ghp_{alnum:36}")
    row = json.dumps({"messages": [{"role": "user", "content": f"use {token}"}]})
    (tmp_path / "train.jsonl").write_text(f'{{"text": "a"}}\n{line.format(row=row, token=token)}\n')
    file = ExportedFile(path="train.jsonl", format="trl-chat", rows=2, n_bytes=0, sha256="")

    read = read_rows(Workspace(tmp_path / "workspace"), tmp_path, [file])
    check = clean_text(read.found, file.rows)

    assert len(read.rows) + len(read.unread) == 2
    assert (check.verdict, check.n_failing) == ("fail", 1)
    assert [(each.line, each.detail) for each in check.failing] == [(2, "found by github-pat")]


def test_rows_that_redaction_could_not_look_at_are_not_called_clean() -> None:
    failure = Failure(uri="train.jsonl, line 2", reason="detector_timeout", detail="60 s")
    scan = Scan(Redactor(bytes(32), engine="re2"))
    found = msgspec.structs.replace(scan.result(), failures=(failure,))

    check = clean_text(found, 2)

    assert (check.verdict, check.measured) == ("unknown", None)
    assert check.facts == {"detector_timeout": 1}
    assert "1 place could not be looked at" in check.says


def test_a_ci_reads_the_verdicts_as_tests(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    code = call(["dataset", "check", "chat", "--format", "junit", "--workspace", str(store)])

    suite = ET.fromstring(capsys.readouterr().out)
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert code == (1 if failed else 0)
    assert suite.get("failures") == str(len(failed))
    assert suite.get("tests") == str(len(list(suite)))


def test_what_a_budget_left_out_is_lost_for_that_reason(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ask(capsys, store, "diff", "chat", "small")
    back = ask(capsys, store, "diff", "small", "chat")

    assert told["lost"] == back["gained"] == {"over_budget": len(told["members"])}
    assert {value["name"] for value in told["values"]} >= {"recipe.budget.examples", "recipe.name"}
    assert told["n_shared"] == 3 + sum(
        n
        for key, n in ask(capsys, store, "show", "small")["version"]["n_examples"].items()
        if not key.endswith("/train")
    )


def test_a_version_does_not_differ_from_itself(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ask(capsys, store, "diff", "small", "small")

    assert not told.keys() & {"gained", "lost", "moved", "members", "checks", "values"}


def test_what_was_left_out_is_shown_by_its_reason(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ask(capsys, store, "show", "small", "--rejects", "over_budget")

    assert shown["total"] == len(shown["rejects"])
    assert {each["reason"] for each in shown["rejects"]} == {"over_budget"}
    assert all(each["detail"] == "3 examples are enough" for each in shown["rejects"])


def test_a_reason_that_is_none_is_answered_with_those_that_are(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ask(capsys, store, "show", "small", "--rejects", "nothing", code=3)

    assert "left out:" in told["error"]
    assert "over_budget" in told["error"]


def test_an_audit_of_a_version_keeps_its_kinds_apart(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = [{"role": "user", "content": "Which way?"}, {"role": "assistant", "content": "Left."}]
    chat = {"id": "a", "messages": said, "trained": [False, True]}
    pair = {"id": "b", "prompt": said[:1], "chosen": said[1:], "rejected": said[1:]}
    for name, row in (("train", chat), ("preference-train", pair)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")

    def n_repeated() -> int:
        found = ask(capsys, store, "audit", str(tmp_path), code=1)
        checks = found["checks"]
        return sum(
            each.get("n_failing", 0) for each in checks if each["name"] == "repeated_requests"
        )

    assert n_repeated() == 1
    (tmp_path / "manifest.json").write_text("{}")
    assert n_repeated() == 0


def test_a_check_that_lacks_an_extra_is_told_with_how_to_get_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = RowCheck(
        name="near_repetition", threshold=0.0, says="are nearly the same",
        objections=lambda _: iter(()),
    )  # fmt: skip
    show_checks((made.run(Checked(rows=[])),), Common())
    assert "pip install" not in capsys.readouterr().err

    lacking = replace(made, is_possible=lambda _: False)
    show_checks((lacking.run(Checked(rows=[])),), Common())
    assert f"after: {install_extras('datasets')}\n" in capsys.readouterr().err
