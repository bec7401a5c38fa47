"""Nothing goes out but through the gate, and what went through is bound to its bytes and rules."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.flows.privacy.exporting import SHIPPED, exported, first_session, without
from tests.flows.sessions import write_session
from tests.redact.templates import fill
from tracemill import __version__
from tracemill.base.errors import PolicyError
from tracemill.cli.app import call
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.ingest.rule_sets import kept_rules
from tracemill.flows.privacy.exports import list_exports
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.privacy.verify import verify_export
from tracemill.flows.results import SessionRow
from tracemill.flows.views.session_export import export_session, session_document
from tracemill.records.privacy.receipts import Receipt
from tracemill.redact import Rules, rules_version
from tracemill.redact.canaries import canaries
from tracemill.redact.line_rules.homes import HomeDetector
from tracemill.store.workspace import Workspace

TOKEN = fill("ghp_{alnum:36}")


def rewritten(workspace: Workspace, change: Callable[[bytes], bytes]) -> Path:
    """Change the rows of the version that is kept, as somebody would who hides the change."""
    [manifest] = workspace.datasets.glob("*/*/manifest.json")
    path = manifest.with_name("train.jsonl")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(change(path.read_bytes()))
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(before, after))
    return path


def test_a_receipt_names_every_file_with_its_hash(example: Workspace, tmp_path: Path) -> None:
    receipt = exported(example, tmp_path / "out")
    files = {path.name: path for path in (tmp_path / "out").iterdir()}
    written = msgspec.json.decode((tmp_path / "out" / "receipt.json").read_bytes(), type=Receipt)

    assert written == receipt
    assert {file.path for file in receipt.files} == set(files) - {"receipt.json"}
    assert all(
        file.sha256 == hashlib.sha256(files[file.path].read_bytes()).hexdigest()
        for file in receipt.files
    )
    assert receipt.rules_version == rules_version()
    assert receipt.n_canaries > len(SHIPPED.lines)
    assert receipt.n_scanned == len(receipt.files)
    assert (receipt.tracemill, receipt.reviewer) == (__version__, None)


def test_a_finding_in_what_would_go_out_refuses_all_of_it(
    example: Workspace, tmp_path: Path
) -> None:
    rewritten(example, lambda data: data.replace(b"test", TOKEN.encode(), 1))

    with pytest.raises(PolicyError, match="nothing goes out: 1 finding") as caught:
        exported(example, tmp_path / "out")

    assert re.search(r"train\.jsonl, line \d+ messages\[\d+\]", str(caught.value))
    assert "github-pat (secret)" in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]


def test_a_version_that_was_changed_where_it_is_kept_is_refused(
    example: Workspace, tmp_path: Path
) -> None:
    [manifest] = example.datasets.glob("*/*/manifest.json")
    path = manifest.with_name("train.jsonl")
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(PolicyError, match="has changed since it was made"):
        exported(example, tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]


def test_rules_that_find_nothing_any_more_refuse_everything(
    example: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HomeDetector, "find", lambda _self, data, _at, _found: len(data))

    with pytest.raises(PolicyError, match="what was planted for 1 rule: home-path"):
        Gate(example)
    with pytest.raises(PolicyError, match="planted"):
        exported(example, tmp_path / "out")
    with pytest.raises(PolicyError, match="planted"):
        session_document(example, first_session(example), "atif")


def test_canaries_are_drawn_anew_for_each_export() -> None:
    texts = [{canary.text for canary in canaries(SHIPPED, seed)} for seed in ("a:", "b:")]

    assert len(texts[0] & texts[1]) < len(texts[0]) / 4


def test_a_rule_that_is_gone_since_something_was_read_refuses_everything(
    example: Workspace, tmp_path: Path, use_rules: Callable[[Rules], None]
) -> None:
    use_rules(without("github-pat"))

    with pytest.raises(PolicyError, match="rules are gone: github-pat; if that is meant, delete"):
        exported(example, tmp_path / "out")


def test_a_newer_program_may_have_fewer_rules(
    example: Workspace, tmp_path: Path, use_rules: Callable[[Rules], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    use_rules(without("github-oauth"))
    monkeypatch.setattr("tracemill.flows.ingest.rule_sets.__version__", "99.0")

    assert "github-oauth" not in exported(example, tmp_path / "out").rules


def test_rules_are_kept_once_by_name(example: Workspace, tmp_path: Path) -> None:
    call(["run", str(write_session(tmp_path / "in", "s", 1)), "--workspace", str(example.root)])

    [rules] = kept_rules(example)
    assert rules.version == rules_version()
    assert "github-pat" in rules.rules


def test_a_session_gets_a_receipt_beside_it(example: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    name = first_session(example)
    written = export_session(example, name, "atif", path, "R. Viewer")

    assert written.receipt.reviewer == "R. Viewer"
    assert [file.path for file in written.receipt.files] == ["session.json"]
    assert verify_export(example, path).is_accepted
    assert path.read_bytes() == session_document(example, name, "atif")


def test_reports_pass_the_gate_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--workspace", str(tmp_path / "workspace")]
    call(["emit", "gate", "--json", '{"gate_id": "tests", "validation_result": "pass"}', *where])
    call(["run", str(write_session(tmp_path / "in", "s", 1)), *where])
    code = call(["data", "reports", "--to", str(tmp_path / "out"), *where])
    capsys.readouterr()

    assert code == 0
    assert verify_export(Workspace(tmp_path / "workspace"), tmp_path / "out").is_accepted


def test_what_left_is_noted_with_where_it_went(
    example: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(example, tmp_path / "out")
    export_session(example, first_session(example), "atif", tmp_path / "s.json", "R. Viewer")
    capsys.readouterr()
    call(["privacy", "exports", "--json", "--workspace", str(example.root)])
    session, dataset = json.loads(capsys.readouterr().out)["exports"]

    assert (dataset["kind"], dataset["to"]) == ("dataset", str(tmp_path / "out"))
    assert (session["kind"], session["reviewer"]) == ("session", "R. Viewer")
    assert session["inputs"]
    assert (example.vault / "exports.jsonl").stat().st_mode & 0o077 == 0


def test_what_is_refused_is_not_noted(example: Workspace, tmp_path: Path) -> None:
    rewritten(example, lambda data: data.replace(b"test", TOKEN.encode(), 1))
    with pytest.raises(PolicyError):
        exported(example, tmp_path / "out")

    assert list_exports(example).exports == ()


def test_an_erasure_names_the_exports_that_it_cannot_reach(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--workspace", str(tmp_path / "workspace")]
    for name in ("s1", "s2"):
        write_session(tmp_path / "in", name, 2, f"{name} says")
    call(["run", str(tmp_path / "in"), "--quiet", *where])
    workspace = Workspace(tmp_path / "workspace")
    rows = list_rows(workspace, "session", SessionRow, limit=0).rows
    first, second = sorted(rows, key=lambda row: row.session_id)
    export_session(workspace, first.id, "atif", tmp_path / "first.json")
    export_session(workspace, second.id, "atif", tmp_path / "second.json")
    exported(workspace, tmp_path / "out")
    capsys.readouterr()
    call(["data", "find", first.session_id, "--json", *where])
    copies = json.loads(capsys.readouterr().out)["copies"]

    assert [copy.split(" (")[0] for copy in copies] == [
        str(tmp_path / "first.json"),
        str(tmp_path / "out"),
    ]
