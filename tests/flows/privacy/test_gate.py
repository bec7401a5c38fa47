"""Nothing goes out but through the gate, and what went through is bound to its bytes and rules."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.flows.sessions import write_session
from tests.redact.templates import fill
from tracemill import __version__
from tracemill.base.errors import PolicyError
from tracemill.cli.app import call
from tracemill.flows.datasets import export_version
from tracemill.flows.ingest.redactors import redactor
from tracemill.flows.ingest.rule_sets import kept_rules
from tracemill.flows.lookup import list_rows
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.privacy.verify import VerifyResult, verify_export
from tracemill.flows.results import SessionRow
from tracemill.flows.session_export import export_session, session_document
from tracemill.records.receipts import Receipt
from tracemill.redact import Redactor, Rules, rules_version
from tracemill.redact.canaries import canaries
from tracemill.redact.homes import HomeDetector
from tracemill.store.workspace import Workspace

TOKEN = fill("ghp_{alnum:36}")
SHIPPED = Rules.shipped()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the bundled example in it."""
    root = tmp_path_factory.mktemp("kept") / "workspace"
    assert call(["run", "--workspace", str(root), "--quiet"]) == 0
    return root


@pytest.fixture
def workspace(kept: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(kept, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def use_rules(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rules], None]:
    """Put other rules in the place of the shipped ones."""

    def use(rules: Rules) -> None:
        monkeypatch.setattr(Rules, "shipped", lambda: rules)
        redactor.cache_clear()

    redactor.cache_clear()
    return use


@pytest.fixture(autouse=True)
def forget() -> Any:
    yield
    redactor.cache_clear()


def without(*names: str) -> Rules:
    return Rules(rule for rule in SHIPPED.lines if rule.id not in names)


def exported(workspace: Workspace, to: Path) -> Receipt:
    receipt = export_version(workspace, "chat", to, dry_run=False).receipt
    assert receipt is not None
    return receipt


def rewritten(workspace: Workspace, change: Callable[[bytes], bytes]) -> Path:
    """Change the rows of the version that is kept, as somebody would who hides the change."""
    [manifest] = workspace.datasets.glob("*/*/manifest.json")
    path = manifest.with_name("train.jsonl")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(change(path.read_bytes()))
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(before, after))
    return path


def test_a_receipt_names_every_file_with_its_hash(workspace: Workspace, tmp_path: Path) -> None:
    receipt = exported(workspace, tmp_path / "out")
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
    workspace: Workspace, tmp_path: Path
) -> None:
    rewritten(workspace, lambda data: data.replace(b"test", TOKEN.encode(), 1))

    with pytest.raises(PolicyError, match="nothing goes out: 1 finding") as caught:
        exported(workspace, tmp_path / "out")

    assert re.search(r"train\.jsonl, line \d+ messages\[\d+\]", str(caught.value))
    assert "github-pat (secret)" in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]


def test_a_version_that_was_changed_where_it_is_kept_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    [manifest] = workspace.datasets.glob("*/*/manifest.json")
    path = manifest.with_name("train.jsonl")
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(PolicyError, match="has changed since it was made"):
        exported(workspace, tmp_path / "out")

    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]


def test_rules_that_find_nothing_any_more_refuse_everything(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HomeDetector, "find", lambda _self, data, _at, _found: len(data))

    with pytest.raises(PolicyError, match="what was planted for 1 rule: home-path"):
        Gate(workspace)
    with pytest.raises(PolicyError, match="planted"):
        exported(workspace, tmp_path / "out")
    with pytest.raises(PolicyError, match="planted"):
        session_document(workspace, first_session(workspace), "atif")


def test_canaries_are_drawn_anew_for_each_export() -> None:
    texts = [{canary.text for canary in canaries(SHIPPED, seed)} for seed in ("a:", "b:")]

    assert len(texts[0] & texts[1]) < len(texts[0]) / 4


def test_a_rule_that_is_gone_since_something_was_read_refuses_everything(
    workspace: Workspace, tmp_path: Path, use_rules: Callable[[Rules], None]
) -> None:
    use_rules(without("github-pat"))

    with pytest.raises(PolicyError, match="rules are gone: github-pat; if that is meant, delete"):
        exported(workspace, tmp_path / "out")


def test_a_newer_program_may_have_fewer_rules(
    workspace: Workspace, tmp_path: Path, use_rules: Callable[[Rules], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    use_rules(without("github-oauth"))
    monkeypatch.setattr("tracemill.flows.ingest.rule_sets.__version__", "99.0")

    assert "github-oauth" not in exported(workspace, tmp_path / "out").rules


def test_rules_are_kept_once_by_name(workspace: Workspace, tmp_path: Path) -> None:
    call(["run", str(write_session(tmp_path / "in", "s", 1)), "--workspace", str(workspace.root)])

    [rules] = kept_rules(workspace)
    assert rules.version == rules_version()
    assert "github-pat" in rules.rules


def test_a_session_gets_a_receipt_beside_it(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    name = first_session(workspace)
    written = export_session(workspace, name, "atif", path, "R. Viewer")

    assert written.receipt.reviewer == "R. Viewer"
    assert [file.path for file in written.receipt.files] == ["session.json"]
    assert verify_export(workspace, path).is_accepted
    assert path.read_bytes() == session_document(workspace, name, "atif")


def first_session(workspace: Workspace) -> str:
    return list_rows(workspace, "session", SessionRow, limit=1).rows[0].id


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 1_000, -1])
@pytest.mark.parametrize("name", ["train.jsonl", "train.parquet", "lineage.jsonl", "README.md"])
def test_one_changed_bit_is_refused(
    name: str, at: int, workspace: Workspace, tmp_path: Path
) -> None:
    exported(workspace, tmp_path / "out")
    flip(tmp_path / "out" / name, at)

    result = verify_export(workspace, tmp_path / "out")

    assert not result.is_accepted
    assert [problem.split(":")[0] for problem in result.problems] == [f"{name} has changed"]


def changed(workspace: Workspace, to: Path, **fields: object) -> VerifyResult:
    """Export, write something else into the receipt, and verify."""
    receipt = exported(workspace, to)
    other = msgspec.structs.replace(receipt, **fields)
    (to / "receipt.json").write_bytes(msgspec.json.encode(other))
    return verify_export(workspace, to)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"reviewer": "somebody"}, "the receipt was changed", id="another reviewer"),
        pytest.param({"n_canaries": 1}, "the receipt was changed", id="other counts"),
        pytest.param({"seal": None}, "has no seal", id="no seal"),
        pytest.param({"files": ()}, "README.md went through no gate", id="no files"),
    ],
)
def test_a_receipt_that_was_changed_is_refused(
    fields: dict[str, object], problem: str, workspace: Workspace, tmp_path: Path
) -> None:
    result = changed(workspace, tmp_path / "out", **fields)

    assert not result.is_accepted
    assert any(problem in each for each in result.problems)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(lambda to: (to / "receipt.json").unlink(), "there is no receipt", id="none"),
        pytest.param(
            lambda to: (to / "receipt.json").write_text("{}"), "the receipt is damaged", id="damaged"
        ),
        pytest.param(
            lambda to: (to / "train.jsonl").unlink(), "train.jsonl cannot be read", id="file gone"
        ),
        pytest.param(
            lambda to: (to / "more.jsonl").write_text("{}"), "more.jsonl went through no gate",
            id="a file more",
        ),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_is_refused(
    change: Callable[[Path], object], problem: str, workspace: Workspace, tmp_path: Path
) -> None:
    exported(workspace, tmp_path / "out")
    change(tmp_path / "out")

    result = verify_export(workspace, tmp_path / "out")

    assert not result.is_accepted
    assert any(problem in each for each in result.problems)


def test_a_rule_that_is_gone_refuses_what_it_was_looked_at_with(
    workspace: Workspace, tmp_path: Path, use_rules: Callable[[Rules], None]
) -> None:
    exported(workspace, tmp_path / "out")
    use_rules(without("github-pat", "npm-token"))

    result = verify_export(workspace, tmp_path / "out")

    assert result.problems == ("rules are gone: github-pat, npm-token",)


def test_older_rules_refuse_what_newer_ones_looked_at(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    use_rules: Callable[[Rules], None],
) -> None:  # fmt: skip
    exported(workspace, tmp_path / "out")
    use_rules(Rules([*SHIPPED.lines, *SHIPPED.lines[:1]]))
    monkeypatch.setattr("tracemill.flows.ingest.rule_sets.__version__", "0.0.9")

    [problem] = verify_export(workspace, tmp_path / "out").problems

    assert "the rules in use are older" in problem


def added(start: str) -> Rules:
    """Return the shipped rules and one more, which finds ids that begin so."""
    new = msgspec.structs.replace(
        SHIPPED.lines[0], id="new-rule", pattern=f"(?P<secret>{start}[0-9a-f]{{20}})",
        keywords=(start,), finds=(f"{start}{{hex:20}}",), ignores=(),
    )  # fmt: skip
    return Rules([*SHIPPED.lines, new])


@pytest.mark.parametrize(("start", "is_accepted"), [("nowhere_", True), ("ep_", False)])
def test_with_more_rules_it_is_read_again(
    start: str, is_accepted: bool, workspace: Workspace, tmp_path: Path,
    use_rules: Callable[[Rules], None],
) -> None:  # fmt: skip
    exported(workspace, tmp_path / "out")
    use_rules(added(start))

    result = verify_export(workspace, tmp_path / "out")

    assert result.is_accepted == is_accepted
    assert any("nothing is found" in note for note in result.notes) == is_accepted
    assert (
        any("new-rule (secret) in lineage.jsonl" in each for each in result.problems) != is_accepted
    )


def test_without_the_key_bytes_and_rules_are_checked_all_the_same(
    workspace: Workspace, tmp_path: Path
) -> None:
    exported(workspace, tmp_path / "out")
    stranger = Workspace(tmp_path / "elsewhere")

    assert verify_export(stranger, tmp_path / "out").is_accepted
    assert "seal was not checked" in verify_export(stranger, tmp_path / "out").notes[0]
    flip(tmp_path / "out" / "train.jsonl", 5)
    assert not verify_export(stranger, tmp_path / "out").is_accepted


def test_a_receipt_holds_nothing_of_what_was_exported(workspace: Workspace, tmp_path: Path) -> None:
    exported(workspace, tmp_path / "out")
    said = (tmp_path / "out" / "receipt.json").read_text()

    assert str(tmp_path) not in said
    assert Redactor(bytes(32), engine="re2").text(said) == said


def test_the_command_exits_with_5_where_it_is_refused(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to, where = str(tmp_path / "out"), ["--workspace", str(workspace.root)]
    assert call(["dataset", "export", "--to", to, "--reviewer", "me", *where]) == 0
    assert call(["privacy", "verify", to, *where]) == 0
    accepted = capsys.readouterr()
    flip(tmp_path / "out" / "train.jsonl", 9)
    assert call(["privacy", "verify", to, "--json", *where]) == 5
    document = json.loads(capsys.readouterr().out)

    assert "Verdict      accepted" in accepted.out
    assert "Reviewer     me" in accepted.out
    assert "not checked: meanings" in accepted.err
    assert (document["schema"], document["is_accepted"]) == ("tracemill.verify/1", False)
    assert call(["privacy", "verify", str(tmp_path / "nothing"), *where]) == 3


def test_reports_pass_the_gate_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--workspace", str(tmp_path / "workspace")]
    call(["emit", "gate", "--json", '{"gate_id": "tests", "validation_result": "pass"}', *where])
    call(["run", str(write_session(tmp_path / "in", "s", 1)), *where])
    code = call(["data", "reports", "--to", str(tmp_path / "out"), *where])
    capsys.readouterr()

    assert code == 0
    assert verify_export(Workspace(tmp_path / "workspace"), tmp_path / "out").is_accepted
