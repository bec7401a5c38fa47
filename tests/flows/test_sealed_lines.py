"""No hash of a line that a guess could be tested against is kept where derivations read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.test_ingest import ingest
from tests.repositories import Repository
from tracemill.base.line_sketch import MAX_OF_COMMIT, Seal, hashes_of, sketch
from tracemill.records.events import LinesAdded
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

SECRET = b"password = hunter22\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    repo = Repository(tmp_path / "repository")
    repo.path.mkdir()
    repo.git("init", "-q")
    repo.commit(settings__py=SECRET)
    return repo.path


def test_lines_of_commits_are_kept_sealed_with_the_workspaces_key(
    tmp_path: Path, repository: Path
) -> None:
    kept = []
    for name in ("one", "other"):
        workspace = Workspace(tmp_path / name)
        ingest(workspace, [repository])
        (found,) = (
            event
            for event in Lake(workspace.lake).records(TABLES["events"])
            if isinstance(event, LinesAdded)
        )
        seal = Seal(Vault(workspace.vault).key())
        assert found.lines == sketch(seal(hashes_of([SECRET])), MAX_OF_COMMIT)
        kept.append(found.lines)

    assert kept[0] != kept[1]
