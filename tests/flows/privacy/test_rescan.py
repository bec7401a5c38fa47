"""A new rule says what it would hide of all that is kept, and the next run hides it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.flows.ingest.redactors import redactor
from tracemill.flows.privacy.rescan import rescan
from tracemill.flows.versions import reading_code
from tracemill.redact import Rules
from tracemill.store.workspace import Workspace

SHIPPED = Rules.shipped()
NEW = msgspec.structs.replace(
    SHIPPED.lines[0], id="new-rule", pattern="(?P<secret>zq_[0-9a-f]{12})", keywords=("zq_",),
    finds=("zq_{hex:12}",), ignores=(),
)  # fmt: skip
UNKNOWN = "zq_3f9a1c07be52"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place = write_session(tmp_path / "in", "s1", 2, f"use {UNKNOWN} for")
    call(["run", str(place), "--workspace", str(tmp_path / "workspace"), "--quiet"])
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def updated(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """The same workspace, under a newer version with one rule more."""
    monkeypatch.setattr(Rules, "shipped", lambda: Rules([*SHIPPED.lines, NEW]))
    redactor.cache_clear()
    reading_code.cache_clear()
    yield workspace
    redactor.cache_clear()
    reading_code.cache_clear()


def test_under_the_rules_that_it_was_read_with_nothing_is_to_be_hidden(
    workspace: Workspace,
) -> None:
    result = rescan(workspace)

    assert result.n_records > 5
    assert (result.facts, result.datasets, result.new_rules, result.failures) == ((), (), (), ())
    assert result.read_with == (result.rules_version,)


def test_a_new_rule_names_every_place_in_facts_and_datasets(updated: Workspace) -> None:
    result = rescan(updated)

    assert result.new_rules == ("new-rule",)
    assert result.rules_version not in result.read_with
    assert {one.rule for one in result.facts} == {"new-rule"}
    steps = [(one.step, one.where, one.n) for one in result.facts if one.table == "steps"]
    assert steps == [(0, "text", 1), (2, "text", 1), (3, "text", 1), (5, "text", 1)]
    assert {Path(one.path).name for one in result.datasets} >= {"train.jsonl", "train.parquet"}
    assert UNKNOWN not in msgspec.json.encode(result).decode()


def test_the_next_run_hides_it(updated: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--workspace", str(updated.root)]
    assert call(["privacy", "rescan", *where]) == 1
    said = capsys.readouterr().out
    call(["run", str(updated.root.parent / "in"), *where, "--quiet"])
    capsys.readouterr()
    call(["privacy", "rescan", "--json", *where])
    document = json.loads(capsys.readouterr().out)

    assert "new since: new-rule" in said
    assert "Would hide   new-rule 7" in said  # openings of requests among them
    assert "train.jsonl" in said
    assert document["facts"] == []
    assert {Path(place["path"]).name for place in document["datasets"]}  # the version before


def test_without_news_it_exits_with_0(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["privacy", "rescan", "--workspace", str(workspace.root)]) == 0
    assert "nothing more" in capsys.readouterr().out
    assert call(["privacy", "rescan", "--workspace", str(workspace.root / "none")]) == 3
