"""Lists: a line of JSON for each row, and a word on why there are none."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.flows.models import DATASET, make_workspace, row
from tests.flows.sessions import write_session
from tracemill.cli.app import call
from tracemill.flows.datasets.versions import MANIFEST, version_rows
from tracemill.flows.models.suites import build_suite
from tracemill.store.workspace import Workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    workspace = make_workspace(tmp_path / "workspace", [row(1)], [row(2)])
    build_suite(workspace, DATASET, "replay", max_chars=500)
    return workspace.root


@pytest.mark.parametrize(
    ("command", "n_rows"),
    [
        (["metrics", "list"], None),
        (["model", "suite", "list"], 1),
        (["model", "list"], 0),
        (["model", "registry"], 0),
        (["pattern", "list"], 0),
        (["dataset", "list"], None),
    ],
)
def test_each_row_is_a_line_of_json(
    command: list[str], n_rows: int | None, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["run", "--workspace", str(root), "-q", str(root / "datasets")]) in {0, 3, 4}
    capsys.readouterr()

    code = call([*command, "--jsonl", "--workspace", str(root)])

    lines = capsys.readouterr().out.splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert code == (0 if lines else 3)
    assert n_rows is None or len(lines) == n_rows


def test_a_kind_of_document_that_is_none_is_named_with_those_there_are(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--workspace", str(root)]
    call(["run", *where, "-q", str(root / "datasets")])
    capsys.readouterr()

    assert call(["document", "list", "--kind", "todo", *where]) == 2
    assert "decision" in capsys.readouterr().err
    assert call(["document", "list", "--kind", "plan", *where]) == 3
    assert "no documents are held" in capsys.readouterr().err


def test_a_scan_has_one_row_for_what_a_rule_finds_in_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"key{number}: ghp_{'a1B2' * 8}{number:04}" for number in range(30)]
    (tmp_path / "leak.txt").write_text("\n".join(lines))
    where = ["privacy", "scan", str(tmp_path / "leak.txt"), "--workspace", str(tmp_path / "none")]

    assert call(where) == 1
    said = capsys.readouterr()
    assert call([*where, "--jsonl"]) == 1

    assert said.out.count("leak.txt") == 1
    assert "1 of 1 rows, of 30 places; --jsonl names each" in said.err
    assert len(capsys.readouterr().out.splitlines()) == 30


def test_dataset_versions_are_listed_the_newest_first(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = version_rows(Workspace(root)).versions
    older = root / "datasets" / "chat" / "older"
    shutil.copytree(root / "datasets" / "chat" / row.id, older)
    os.utime(older / MANIFEST, (0, 0))
    capsys.readouterr()

    assert call(["dataset", "list", "--limit", "1", "--workspace", str(root)]) == 0
    said = capsys.readouterr()
    listed = version_rows(Workspace(root))

    assert " ".join(said.out.split()).startswith(
        f"ID NAME WRITTEN MADE UNIQUE ACCEPTED EXAMPLES LEFT OUT CHECKS {row.id}"
    )
    assert "1 of 2; next: tracemill dataset show ID" in said.err
    assert [each.made.year == 1970 for each in listed.versions] == [False, True]
    assert (row.name, row.newest, row.examples, row.left_out) == ("chat", True, {}, 0)
    assert (row.made_examples, row.unique, row.accepted) == (None, None, 0), "it tells no funnel"


def test_a_list_of_what_is_read_but_not_linked_says_what_links_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_session(tmp_path / "sessions", "one", 2)
    where = ["--workspace", str(tmp_path / "w")]
    assert call(["sync", *where, "-q", str(tmp_path / "sessions")]) == 0
    capsys.readouterr()

    code = call(["session", "list", *where])

    assert code == 3
    assert capsys.readouterr().err == (
        "what was read is not linked and judged yet; next: tracemill run\n"
    )
    assert call(["session", "list", *where, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["next"] == ["tracemill run"]
    assert call(["run", *where, "-q"]) == 0
    capsys.readouterr()
    assert call(["session", "list", "--agent", "nobody", *where, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["next"] == []
