"""The branch of checkpoints in a repository: its metadata, and the logs of its sessions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.repositories import Repository
from tests.sources.entire_metadata.checkpoints import checkpoint_files, put_branch
from tests.sources.reading import read

from tracemill.base.errors import SourceError
from tracemill.records.events.event import Checkpoint
from tracemill.sources.entire import Entire
from tracemill.sources.head import Head

SOURCE = Entire()
NewRepository = Callable[[], Repository]


def sessions_of(repo: Repository) -> list[tuple[str, str]]:
    with SOURCE.open(repo.path) as opened:
        events = read(SOURCE, iter(lambda: opened.read(4096), b"")).events
    assert all(isinstance(event, Checkpoint) for event in events)
    return sorted((e.checkpoint_id, e.session_id) for e in events if isinstance(e, Checkpoint))


def logs_of(repo: Repository) -> dict[str, int | None]:
    return {inner.name: inner.n_bytes for inner in SOURCE.inner_inputs(repo.path)}


def test_only_a_repository_with_the_branch_is_recognised(repo: Repository, tmp_path: Path) -> None:
    repo.commit(a__py="x = 1\n")
    before = SOURCE.recognises(Head(repo.path, b""))
    put_branch(repo, checkpoint_files(("a1b2c3", "s-1", b"{}\n")))

    assert not before
    assert SOURCE.recognises(Head(repo.path, b""))
    assert not SOURCE.recognises(Head(tmp_path, b""))


@pytest.mark.parametrize("ref", ["refs/heads/", "refs/remotes/origin/"])
@pytest.mark.parametrize("is_packed", [True, False])
def test_the_branch_is_found_wherever_git_keeps_it(
    repo: Repository, ref: str, is_packed: bool
) -> None:
    repo.commit()
    put_branch(repo, checkpoint_files(("a1b2c3", "s-1", b"{}\n")), "other")
    repo.git("update-ref", f"{ref}entire/checkpoints/v1", "refs/heads/other")
    repo.git("branch", "-q", "-D", "other")
    if is_packed:
        repo.git("pack-refs", "--all", "--prune")

    assert SOURCE.recognises(Head(repo.path, b""))
    assert sessions_of(repo) == [("a1b2c3", "s-1")]


def put_ref(repo: Repository, checkpoint: str, session: str, log: bytes) -> None:
    """Keep a checkpoint under a ref of its own, as newer versions of the tool do."""
    files = checkpoint_files((checkpoint, session, log))
    top = f"{checkpoint[:2]}/{checkpoint[2:]}/"
    put_branch(repo, {path.removeprefix(top): data for path, data in files.items()}, "other")
    ref = f"refs/entire/checkpoints/{checkpoint[-2:]}/{checkpoint}"
    repo.git("update-ref", ref, "refs/heads/other")
    repo.git("branch", "-q", "-D", "other")


FIRST, SECOND = "01KX37KN6NXDTV10FKNCBPTP2Y", "01KXDM08H2V0SZREV3NDG2R38M"


@pytest.mark.parametrize("is_packed", [True, False])
def test_checkpoints_may_have_refs_of_their_own(repo: Repository, *, is_packed: bool) -> None:
    repo.commit()
    before = SOURCE.recognises(Head(repo.path, b""))
    put_ref(repo, FIRST, "s-1", b"one\n")
    put_ref(repo, SECOND, "s-1", b"one\ntwo\n")
    if is_packed:
        repo.git("pack-refs", "--all", "--prune")

    assert not before
    assert SOURCE.recognises(Head(repo.path, b""))
    assert sessions_of(repo) == [(FIRST, "s-1"), (SECOND, "s-1")]
    assert logs_of(repo) == {"entire/s-1": 8}


def test_a_checkpoint_of_branch_and_ref_is_read_once(repo: Repository) -> None:
    repo.commit()
    put_branch(repo, checkpoint_files(("3db4eb815f00", "s-1", b"one\n")))
    put_ref(repo, "3db4eb815f00", "s-1", b"one\n")
    put_ref(repo, FIRST, "s-2", b"two\n")

    assert sessions_of(repo) == [(FIRST, "s-2"), ("3db4eb815f00", "s-1")]
    assert logs_of(repo) == {"entire/s-1": 4, "entire/s-2": 4}


def test_other_refs_of_the_tool_are_no_checkpoints(repo: Repository) -> None:
    repo.commit()
    repo.git("update-ref", "refs/entire/checkpoints/v2/full/current", "HEAD")
    repo.git("update-ref", "refs/entire/checkpoints/v2/main", "HEAD")

    assert not SOURCE.recognises(Head(repo.path, b""))


def test_a_ref_whose_tree_is_gone_is_an_error_that_names_the_repository(repo: Repository) -> None:
    repo.commit()
    put_ref(repo, FIRST, "s-1", b"one\n")
    repo.remove_object(f"refs/entire/checkpoints/2Y/{FIRST}^{{tree}}")

    with pytest.raises(SourceError, match="repo"):
        list(SOURCE.inner_inputs(repo.path))


def test_each_sessions_part_in_each_checkpoint_is_an_event(repo: Repository) -> None:
    repo.commit()
    put_branch(
        repo,
        checkpoint_files(("a1b2c3", "s-1", b"1"), ("a1b2c3", "s-2", b"2"), ("ffeedd", "s-1", b"11")),
    )  # fmt: skip
    assert sessions_of(repo) == [("a1b2c3", "s-1"), ("a1b2c3", "s-2"), ("ffeedd", "s-1")]


def test_equal_metadata_of_two_places_is_read_twice(repo: Repository) -> None:
    repo.commit()
    put_branch(repo, checkpoint_files(("a1b2c3", "s-1", b"1"), ("a1b2c3", "s-1", b"2")))
    assert sessions_of(repo) == [("a1b2c3", "s-1"), ("a1b2c3", "s-1")]


def test_of_each_session_the_largest_log_is_an_input(repo: Repository) -> None:
    repo.commit()
    put_branch(
        repo,
        checkpoint_files(
            ("aa0001", "s-1", b"one\n"), ("bb0002", "s-1", b"one\ntwo\n"), ("cc0003", "s-2", b"x\n")
        ),
    )
    assert logs_of(repo) == {"entire/s-1": 8, "entire/s-2": 2}


def test_a_log_that_begins_otherwise_is_a_part_of_its_own(repo: Repository) -> None:
    long = b"one\n" * 100_000
    logs = [
        ("aa0001", "s-1", long), ("bb0002", "s-1", b"new\n"), ("cc0003", "s-1", long + b"two\n"),
        ("dd0004", "s-1", b"new\nmore\n"), ("ee0005", "s-1", b""),
    ]  # fmt: skip
    repo.commit()
    put_branch(repo, checkpoint_files(*logs))
    assert logs_of(repo) == {"entire/s-1": 400_004, "entire/s-1/2": 9}


def test_the_date_before_a_sessions_id_is_none_of_it(repo: Repository) -> None:
    dated = "2026-01-27-s-1"
    repo.commit()
    put_branch(
        repo, checkpoint_files(("a1b2c3", dated, b"one\n"), ("ffeedd", "s-1", b"one\ntwo\n"))
    )
    assert sessions_of(repo) == [("a1b2c3", "s-1"), ("ffeedd", "s-1")]
    assert logs_of(repo) == {"entire/s-1": 8}


def test_a_log_without_metadata_goes_by_its_path(repo: Repository) -> None:
    repo.commit()
    put_branch(repo, {"aa/0001/0/full.jsonl": b"one\n", "README.md": b"hello"})
    assert logs_of(repo) == {"entire/aa/0001/0/full.jsonl": 4}


def test_a_log_that_the_repository_lacks_is_named(repo: Repository) -> None:
    repo.commit()
    files = checkpoint_files(("aa0001", "s-1", b"one\n"), created_at="2026-01-01T00:00:00Z")
    files |= checkpoint_files(("bb0002", "s-1", b"one\ntwo\n"), created_at="2026-01-02T00:00:00Z")
    put_branch(repo, files)
    repo.remove_object("entire/checkpoints/v1:bb/0002/0/full.jsonl")

    assert logs_of(repo) == {"entire/s-1": 4, "entire/bb/0002/0/full.jsonl": None}


def test_a_partial_clone_is_read_as_far_as_it_reaches(
    new_repository: NewRepository, tmp_path: Path
) -> None:
    origin = new_repository()
    origin.commit()
    put_branch(origin, checkpoint_files(("aa0001", "s-1", b"x" * 5000), ("aa0001", "s-2", b"y")))
    origin.git("config", "uploadpack.allowFilter", "true")
    clone = Repository(tmp_path / "clone")
    url = origin.path.as_uri()
    origin.git("clone", "-q", "--mirror", "--filter=blob:limit=3000", url, str(clone.path))

    assert sessions_of(clone) == [("aa0001", "s-1"), ("aa0001", "s-2")]
    assert logs_of(clone) == {"entire/s-2": 1, "entire/aa/0001/0/full.jsonl": None}


def test_a_broken_branch_is_an_error_that_names_the_repository(repo: Repository) -> None:
    repo.commit()
    put_branch(repo, checkpoint_files(("aa0001", "s-1", b"one\n")))
    repo.remove_object("entire/checkpoints/v1^{tree}")

    with pytest.raises(SourceError, match="repo"):
        list(SOURCE.inner_inputs(repo.path))
