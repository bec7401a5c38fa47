"""What was said to be harmless stays, exactly there, exactly so long, and its text is kept nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.redact.templates import fill
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.cli.app import call
from tracemill.flows.ingest import end_allowances
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.privacy.allowing import AllowResult, allow, decision, disallow, list_allowed
from tracemill.records.privacy.stand_ins import is_stand_in
from tracemill.redact import Redactor
from tracemill.store.allowances import read_allowances
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

HARMLESS = fill("ghp_{alnum:36}")
REAL = fill("sk-ant-api03-{alnum:93}AA")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Three sessions of two projects: one token in two of them, another in the third."""
    for name, text, folder in (
        ("s1", HARMLESS, "/srv/app"),
        ("s2", HARMLESS, "/srv/other"),
        ("s3", REAL, "/srv/app/part"),
    ):
        path = write_session(tmp_path / "in", name, 1, f"use {text} for")
        path.write_bytes(path.read_bytes().replace(b'"/srv/app"', f'"{folder}"'.encode()))
    made = Workspace(tmp_path / "workspace")
    run(made)
    return made


def run(workspace: Workspace) -> None:
    place = workspace.root.parent / "in"
    assert call(["run", str(place), "--workspace", str(workspace.root), "--quiet"]) == 0


def prompts(workspace: Workspace) -> dict[str, str]:
    """Return what each session was asked first, by the folder in which it ran."""
    lake = Lake(workspace.lake)
    folders = {one.id: one.cwd for one in lake.records(TABLES["trajectories"])}
    steps = [step for step in lake.records(TABLES["steps"]) if step.speaker == "user"]
    return {folders[step.trajectory_id]: step.text.split()[1] for step in steps}


def allowing(workspace: Workspace, project: str | None = None, reason: str = "r") -> AllowResult:
    stand_in = own_redactor(workspace).redactor.text(HARMLESS)
    path = None if project is None else Path(project)
    return allow(
        workspace, stand_in, decision(stand_in, path, reason, "me", (NOW, NOW + 100 * YEAR))
    )


def test_what_is_harmless_stays_and_everything_else_is_redacted(workspace: Workspace) -> None:
    before = prompts(workspace)
    result = allowing(workspace)
    run(workspace)
    after = prompts(workspace)

    assert before["/srv/app"].startswith("[SECRET:github-pat:")
    assert after["/srv/app"] == after["/srv/other"] == HARMLESS
    assert after["/srv/app/part"] == before["/srv/app/part"] != REAL
    assert result.n_inputs == 2


def test_it_holds_in_its_project_alone(workspace: Workspace) -> None:
    result = allowing(workspace, "/srv/app")
    run(workspace)
    after = prompts(workspace)

    assert result.n_inputs == 1
    assert after["/srv/app"] == HARMLESS
    assert after["/srv/other"].startswith("[SECRET:github-pat:")


def test_only_inputs_in_which_it_stands_are_read_again(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    allowing(workspace)
    capsys.readouterr()
    place = workspace.root.parent / "in"
    call(["run", str(place), "--workspace", str(workspace.root), "--quiet"])

    assert "read 2  unchanged 1" in capsys.readouterr().out


def test_taken_back_it_is_redacted_again(workspace: Workspace) -> None:
    before = prompts(workspace)
    result = allowing(workspace, "/srv")
    run(workspace)
    assert prompts(workspace)["/srv/app"] == HARMLESS
    ended = disallow(workspace, result.allowance.id[:10], NOW)
    run(workspace)

    assert prompts(workspace) == before
    assert ended.n_inputs == 3
    assert [one.ended for one in list_allowed(workspace).allowances] == [NOW]


def test_what_has_run_out_is_redacted_again(workspace: Workspace) -> None:
    before = prompts(workspace)
    allowing(workspace)
    run(workspace)
    with workspace.writing():
        assert end_allowances(workspace, NOW + 99 * YEAR) == 0
        assert end_allowances(workspace, NOW + 101 * YEAR) == 1
    run(workspace)

    assert prompts(workspace) == before


def test_no_text_of_it_is_kept(workspace: Workspace) -> None:
    allowing(workspace, "/home/lovelace/app", f"it is {REAL}, a fixture of ada@lovelace.org")

    book = (workspace.vault / "allowances.json").read_text()
    [one] = read_allowances(workspace.vault)
    assert HARMLESS not in book
    assert REAL not in book
    assert "lovelace" not in book
    assert re.fullmatch(r"/home/dev-[a-z2-7]+/app", one.project or "")
    assert (workspace.vault / "allowances.json").stat().st_mode & 0o077 == 0


def test_a_scan_with_the_workspace_knows_what_is_harmless(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note").write_text(HARMLESS)
    where = ["--workspace", str(workspace.root)]
    assert call(["privacy", "scan", str(tmp_path / "note"), *where]) == 1
    allowing(workspace)
    run(workspace)
    capsys.readouterr()

    assert call(["privacy", "scan", str(tmp_path / "note"), *where]) == 0
    assert call(["privacy", "scan", *where]) == 0
    assert call(["dataset", "export", "--to", str(tmp_path / "out"), *where]) == 0
    assert json.loads((tmp_path / "out" / "receipt.json").read_text())["n_allowed"] == 1
    assert "1 thing said to be harmless" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", [HARMLESS, "github-pat", "", "[SECRET:github-pat:]", "[SECRET:a b:abcdef]", "ada@x.org"]
)
def test_what_is_no_stand_in_is_refused_without_being_said(name: str, workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="expected a stand-in") as caught:
        allow(workspace, name, decision(name, None, "r", "me", (NOW, NOW + YEAR)))

    assert not name or name == "github-pat" or name not in str(caught.value)


def test_the_same_is_not_allowed_twice(workspace: Workspace) -> None:
    done = allowing(workspace).allowance

    with pytest.raises(UsageError, match="allows it already, until 2126"):
        allow(workspace, done.stand_in, done)


@pytest.mark.parametrize("name", ["allow_none", "[SECRET:github-pat:abcdef]"])
def test_what_is_not_allowed_cannot_be_taken_back(name: str, workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="found none"):
        disallow(workspace, name, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "/home/ada/x",
        "mail ada@lovelace.org",
        "91.198.174.192",
        "2a00:1450:4001:81b::200e",
        HARMLESS,
    ],
)
def test_every_stand_in_is_known_as_one(text: str, redactor_of: Callable[..., Redactor]) -> None:
    [located] = redactor_of().locate([text])
    stand_ins = [located.text[found.stand : found.stand_end] for found in located.found]

    assert stand_ins
    assert all(map(is_stand_in, stand_ins))
    assert redactor_of(stand_ins).text(text) == text


@pytest.fixture
def redactor_of() -> Callable[..., Redactor]:
    return lambda allowed=(): Redactor(bytes(32), engine="re2", allowed=allowed)


def test_the_commands_say_what_follows(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in = own_redactor(workspace).redactor.text(HARMLESS)
    where = ["--workspace", str(workspace.root)]
    capsys.readouterr()
    assert call(["privacy", "allow", stand_in, "--reason", "a fixture", "--by", "me", *where]) == 0
    said = capsys.readouterr()
    assert call(["privacy", "allowed", *where]) == 0
    listed = capsys.readouterr().out
    assert call(["privacy", "disallow", stand_in, *where]) == 0
    assert call(["privacy", "allowed", "--jsonl", *where]) == 0

    assert "stays as it is until" in said.out
    assert "2 inputs are read again with the next run" in said.err
    assert "a fixture" in listed
    assert call(["privacy", "disallow", stand_in, *where]) == 3
