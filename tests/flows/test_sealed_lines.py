"""No hash that a guess at a line or file could be tested against is kept where derivations read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.test_ingest import ingest
from tests.repositories import Repository
from tracemill.base.line_sketch import MAX_OF_COMMIT, Seal, hashes_of, sketch
from tracemill.records.events.documents import FileVersion
from tracemill.records.events.event import Commit, LinesAdded
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


def test_hashes_of_files_are_kept_under_the_workspaces_key(
    tmp_path: Path, repository: Path
) -> None:
    repo = Repository(repository)
    repo.commit(copy__py=SECRET, TODO__md=b"# Plan\n\n- [ ] Ask 555-0100.\n")
    gits_own = set(repo.git("rev-list", "--objects", "--all").decode().split())
    kept = []
    for name in ("one", "other"):
        workspace = Workspace(tmp_path / name)
        ingest(workspace, [repository])
        events = list(Lake(workspace.lake).records(TABLES["events"]))
        commits = [event for event in events if isinstance(event, Commit)]
        changes = {change.path: change for each in commits for change in each.files or ()}
        versions = {event.object_id for event in events if isinstance(event, FileVersion)}
        assert changes["copy.py"].object_id == changes["settings.py"].object_id
        assert changes["TODO.md"].object_id in versions
        kept.append({change.object_id for change in changes.values()} | versions)

    assert gits_own.isdisjoint(kept[0])
    assert kept[0].isdisjoint(kept[1])
