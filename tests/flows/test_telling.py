"""An input is told without what others give away, and keeps its id."""

from __future__ import annotations

from pathlib import Path

from tests.flows.sessions import write_session
from tests.flows.test_ingest import ingest
from tests.repositories import Repository
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def told(workspace: Workspace) -> dict[str, str]:
    """Return what each input is called, by its id."""
    return {each.id: each.uri for each in Lake(workspace.lake).records(TABLES["inputs"])}


def test_an_input_is_told_anew_once_its_folder_turns_out_to_name_somebody(
    tmp_path: Path, repo: Repository
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.create()
    write_session(tmp_path / "in", "s1", 1)
    write_session(tmp_path / "in" / "gracehopper-notes", "s2", 2)
    ingest(workspace, [tmp_path / "in"])
    before = told(workspace)
    repo.commit("work\n\nReviewed-by: Grace Hopper <grace@hopper.org>", x="1")
    ingest(workspace, [tmp_path / "in", repo.path])
    after = told(workspace)
    named = {name for name, uri in before.items() if "gracehopper-notes" in uri}

    assert len(named) == 1
    assert before.keys() < after.keys()
    assert {name for name in before if before[name] != after[name]} == named
    assert not any("gracehopper" in uri for uri in after.values())


def test_a_repository_is_told_as_its_commits_are(tmp_path: Path, repo: Repository) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.create()
    place = tmp_path / "work" / "gracehopper+app"
    place.parent.mkdir()
    repo.commit("work\n\nReviewed-by: Grace Hopper <grace@hopper.org>", x="1")
    repo.path.rename(place)
    ingest(workspace, [place])
    (uri,) = {event.origin.uri for event in Lake(workspace.lake).records(TABLES["events"])}

    assert "gracehopper" not in uri
    assert uri in told(workspace).values()
