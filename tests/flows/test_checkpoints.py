"""Sessions that lie in a repository are read by the sources of their own formats."""

from __future__ import annotations

from pathlib import Path

from tests.flows.sessions import lines
from tests.flows.test_ingest import content, ingest, with_key_of
from tests.repositories import Repository
from tests.sources.entire_metadata.checkpoints import checkpoint_files, put_branch
from tracemill.flows.deriving.facts import Facts
from tracemill.link.link_records import link_records
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

CHECKPOINT = "aa00bb11cc22"


def log(session: str, n_turns: int) -> bytes:
    return b"".join(line + b"\n" for line in lines(session, n_turns))


def test_logs_of_a_branch_become_sessions_and_are_read_once(
    repo: Repository, tmp_path: Path
) -> None:
    repo.commit("work", a__py="x = 1\n")
    put_branch(repo, checkpoint_files((CHECKPOINT, "s1", log("s1", 2)), ("dd01", "s2", b"\0\1")))
    workspace = Workspace(tmp_path / "workspace")
    first = ingest(workspace, [repo.path])
    second = ingest(workspace, [repo.path])
    trajectories = Facts(Lake(workspace.lake)).trajectories.values()

    assert first.inputs == {"binary": 1, "read": 4}
    assert {f.reason for f in first.failures} == {"binary"}
    assert second.inputs == {"unchanged": 5}
    assert [(t.session_id, t.origin.source) for t in trajectories] == [("s1", "claude-code")]
    assert [t.origin.uri.endswith("#entire/s1") for t in trajectories] == [True]


def test_a_grown_log_replaces_its_earlier_self(repo: Repository, tmp_path: Path) -> None:
    repo.commit("work", a__py="x = 1\n")
    put_branch(repo, checkpoint_files(("aa01", "s1", log("s1", 1))))
    workspace = Workspace(tmp_path / "workspace")
    ingest(workspace, [repo.path])
    put_branch(repo, checkpoint_files(("aa01", "s1", log("s1", 1)), ("bb02", "s1", log("s1", 3))))
    ingest(workspace, [repo.path])
    afresh = with_key_of(workspace, tmp_path / "afresh")
    ingest(afresh, [repo.path])

    steps = Lake(workspace.lake).records(TABLES["steps"])
    assert sum(step.speaker == "user" for step in steps) == 3
    assert content(workspace) == content(afresh)


def test_an_absent_log_is_a_failure_that_is_named_again(repo: Repository, tmp_path: Path) -> None:
    repo.commit("work", a__py="x = 1\n")
    put_branch(repo, checkpoint_files(("aa01", "s1", log("s1", 1))))
    repo.remove_object("entire/checkpoints/v1:aa/01/0/full.jsonl")
    workspace = Workspace(tmp_path / "workspace")

    for _ in range(2):
        assert [f.reason for f in ingest(workspace, [repo.path]).failures] == ["object_missing"]


def test_a_commit_whose_trailer_names_a_checkpoint_is_the_sessions_work(
    repo: Repository, tmp_path: Path
) -> None:
    sha = repo.commit(f"Add x\n\nEntire-Checkpoint: {CHECKPOINT}\n", a__py="x = 1\n")
    put_branch(repo, checkpoint_files((CHECKPOINT, "s1", log("s1", 2))))
    workspace = Workspace(tmp_path / "workspace")
    ingest(workspace, [repo.path])
    facts = Facts(Lake(workspace.lake))
    links = link_records(
        facts.trajectories.values(), facts.activities, facts.commits, facts.checkpoints
    )

    (commit,) = (commit for commit in facts.commits if commit.sha == sha)
    assert [(link.method, link.target.id) for link in links] == [("checkpoint_trailer", commit.id)]
