"""Text that others wrote to steer pages, sheets, terminals and models: kept as it is, and inert."""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.flows.test_ingest import ingest
from tests.sources.reading import FOREIGN
from tracemill.cli.app import call
from tracemill.redact import Redactor
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

pytestmark = pytest.mark.foreign

ARCHIVE = FOREIGN / "security" / "adversarial.tar.xz"
MANIFEST = FOREIGN / "security" / "adversarial-MANIFEST.jsonl"
NAMES = (
    "blns", "csv_formula", "markdown", "prompt_injection", "terminal_escapes", "xss_fields",
    "xss_text",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ARCHIVE.exists():
        pytest.skip(f"no hostile files at {ARCHIVE}; set TRACEMILL_SHARED_DATA")
    made = tmp_path_factory.mktemp("injections")
    with tarfile.open(ARCHIVE) as archive:
        inside = [m for m in archive.getmembers() if m.name.startswith("adversarial/inject/")]
        archive.extractall(made, members=inside, filter="data")
    return made / "adversarial" / "inject"


def expected(name: str) -> dict[str, Any]:
    rows = map(json.loads, MANIFEST.read_text().splitlines())
    wanted: dict[str, Any] = next(
        row["expect"] for row in rows if row["path"] == f"inject/{name}.jsonl"
    )
    return wanted


def given(path: Path) -> list[str]:
    """Return what is said in each line, in order."""
    said = []
    for line in path.read_bytes().split(b"\n"):
        if line:
            content = json.loads(line)["message"]["content"]
            said.append(content if isinstance(content, str) else content[0].get("text", ""))
    return said


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_accepted(name: str, folder: Path, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    result = ingest(workspace, [folder / f"{name}.jsonl"])
    wanted = expected(name)

    assert result.inputs == {"read": 1}
    assert result.records.get("quarantine", 0) == wanted.get("quarantined", 0)
    assert len(given(folder / f"{name}.jsonl")) == wanted["records"]


def test_what_is_kept_is_what_was_said_code_point_by_code_point(
    folder: Path, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    ingest(workspace, [folder / "blns.jsonl"])
    redactor = Redactor((workspace.vault / "pseudonyms.key").read_bytes())
    kept = [step.text for step in Lake(workspace.lake).records(TABLES["steps"])]
    wanted = [redactor.text(text) for text in given(folder / "blns.jsonl")]

    assert sum(text in kept for text in wanted if text.strip()) == sum(
        bool(text.strip()) for text in wanted
    )


@pytest.mark.parametrize("how", [[], ["--json"]])
@pytest.mark.parametrize("name", ["terminal_escapes", "blns", "prompt_injection", "xss_text"])
def test_nothing_of_it_steers_a_terminal(
    name: str, how: list[str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--workspace", str(tmp_path / "workspace")]
    call(["run", str(folder / f"{name}.jsonl"), "--quiet", *where])
    capsys.readouterr()
    call(["session", "list", "--jsonl", *where])
    session = json.loads(capsys.readouterr().out.splitlines()[0])["id"]
    for command in (
        ["session", "show", session, "--full"],
        ["session", "list"],
        ["explain", session],
    ):
        call([*command, *how, *where])
        said = capsys.readouterr()

        steering = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
        assert re.search(steering, said.out + said.err) is None
