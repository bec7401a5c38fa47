"""An export is refused when a byte, its receipt or the rules are no longer what they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.flows.privacy.exporting import SHIPPED, exported, without
from tracemill.cli.app import call
from tracemill.flows.privacy.verify import VerifyResult, verify_export
from tracemill.redact import Redactor, Rules
from tracemill.store.workspace import Workspace


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 1_000, -1])
@pytest.mark.parametrize("name", ["train.jsonl", "train.parquet", "lineage.jsonl", "README.md"])
def test_one_changed_bit_is_refused(name: str, at: int, example: Workspace, tmp_path: Path) -> None:
    exported(example, tmp_path / "out")
    flip(tmp_path / "out" / name, at)

    result = verify_export(example, tmp_path / "out")

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
    fields: dict[str, object], problem: str, example: Workspace, tmp_path: Path
) -> None:
    result = changed(example, tmp_path / "out", **fields)

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
    change: Callable[[Path], object], problem: str, example: Workspace, tmp_path: Path
) -> None:
    exported(example, tmp_path / "out")
    change(tmp_path / "out")

    result = verify_export(example, tmp_path / "out")

    assert not result.is_accepted
    assert any(problem in each for each in result.problems)


def test_a_rule_that_is_gone_refuses_what_it_was_looked_at_with(
    example: Workspace, tmp_path: Path, use_rules: Callable[[Rules], None]
) -> None:
    exported(example, tmp_path / "out")
    use_rules(without("github-pat", "npm-token"))

    result = verify_export(example, tmp_path / "out")

    assert result.problems == ("rules are gone: github-pat, npm-token",)


def test_older_rules_refuse_what_newer_ones_looked_at(
    example: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    use_rules: Callable[[Rules], None],
) -> None:  # fmt: skip
    exported(example, tmp_path / "out")
    use_rules(Rules([*SHIPPED.lines, *SHIPPED.lines[:1]]))
    monkeypatch.setattr("tracemill.flows.ingest.rule_sets.__version__", "0.0.9")

    [problem] = verify_export(example, tmp_path / "out").problems

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
    start: str, is_accepted: bool, example: Workspace, tmp_path: Path,
    use_rules: Callable[[Rules], None],
) -> None:  # fmt: skip
    exported(example, tmp_path / "out")
    use_rules(added(start))

    result = verify_export(example, tmp_path / "out")

    assert result.is_accepted == is_accepted
    assert any("nothing is found" in note for note in result.notes) == is_accepted
    assert (
        any("new-rule (secret) in lineage.jsonl" in each for each in result.problems) != is_accepted
    )


def test_without_the_key_bytes_and_rules_are_checked_all_the_same(
    example: Workspace, tmp_path: Path
) -> None:
    exported(example, tmp_path / "out")
    stranger = Workspace(tmp_path / "elsewhere")

    assert verify_export(stranger, tmp_path / "out").is_accepted
    assert "seal was not checked" in verify_export(stranger, tmp_path / "out").notes[0]
    flip(tmp_path / "out" / "train.jsonl", 5)
    assert not verify_export(stranger, tmp_path / "out").is_accepted


def test_a_receipt_holds_nothing_of_what_was_exported(example: Workspace, tmp_path: Path) -> None:
    exported(example, tmp_path / "out")
    said = (tmp_path / "out" / "receipt.json").read_text()

    assert str(tmp_path) not in said
    assert Redactor(bytes(32), engine="re2").text(said) == said


def test_the_command_exits_with_5_where_it_is_refused(
    example: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to, where = str(tmp_path / "out"), ["--workspace", str(example.root)]
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
