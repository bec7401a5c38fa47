"""Versions of documents are known by the commit and the repository that hold them."""

from __future__ import annotations

from pathlib import Path

from tests.flows.test_ingest import ingest
from tests.repositories import Repository
from tracemill.flows.deriving.facts import Facts
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace


def test_a_document_is_in_the_repository_of_its_commit(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repository")
    repo.path.mkdir()
    repo.git("init", "-q")
    repo.commit(AGENTS__md="# How to work here\n", a__py="x = 1\n")
    workspace = Workspace(tmp_path / "workspace")
    ingest(workspace, [repo.path])

    facts = Facts(Lake(workspace.lake))
    (commit,) = facts.commits
    (document,) = facts.written
    assert (document.repository, document.commit) == (commit.origin.uri, commit.sha)
    assert (document.path, document.is_plan) == ("AGENTS.md", False)
