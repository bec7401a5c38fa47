"""Rows are held to the tools that the model will have, whatever they declare."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.curate.checks.test_checks import LONG, agent, call, told, user
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.cli.app import call as tracemill
from tracemill.flows.datasets.audit import audit_files

SCHEMA = {"type": "function", "function": {"name": "read", "parameters": {"required": ["path"]}}}


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    calls = [call("read", path="a.py"), call("read"), call("batch_replace", path="a.py")]
    made = [
        {"messages": [user("Do"), agent("", each), told("done"), agent(LONG)]} for each in calls
    ]
    made.append({"messages": [user("What is a column?"), agent(LONG)]})
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in made))
    return path


def tools(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "tools.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(("given", "lines"), [(["read"], [3]), ([SCHEMA], [2, 3])])
def test_calls_of_tools_that_the_model_will_not_have_are_found(
    rows: Path, tmp_path: Path, given: list[object], lines: list[int]
) -> None:
    report = audit_files([rows], tools=tools(tmp_path, given))
    (found,) = (check for check in report.checks if check.name == "declared_calls")

    assert (found.n_rows, [row.line for row in found.failing]) == (3, lines)
    assert tracemill(["dataset", "audit", str(rows), "--tools", str(tmp_path / "tools.json")]) == 1


@pytest.mark.parametrize("content", ["{", '{"name": "read"}', "[1]", '[{"function": {}}]', "3"])
def test_a_list_of_tools_that_is_none_is_refused(rows: Path, tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        audit_files([rows], tools=tools(tmp_path, content))


def test_a_list_of_tools_that_is_missing_is_said(rows: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        audit_files([rows], tools=tmp_path / "none.json")
