"""Every commit becomes one event, and says no more than git can tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tracemill.records.events.event import Commit, FileChange
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.git_history import GitHistory
from tracemill.sources.head import Head
from tracemill.sources.protocol import Source, SourceRecord

if TYPE_CHECKING:
    from tests.repositories import Repository

ORIGIN = Origin(source="git", source_version=1, uri="file:///repo", input_id="input_1")
SOURCE: Source = GitHistory()


def blocks(stream: bytes, size: int = 100) -> Iterator[bytes]:
    return (stream[at : at + size] for at in range(0, len(stream), size))


def parse(stream: bytes, max_line_bytes: int = 10_000) -> list[SourceRecord]:
    return list(SOURCE.read(Content(blocks(stream), max_line_bytes), ORIGIN))


def stream_of(path: Path) -> bytes:
    with SOURCE.open(path) as stream:
        return stream.read()


def read(repo: Repository) -> list[SourceRecord]:
    return parse(stream_of(repo.path))


def commits(repo: Repository) -> list[Commit]:
    return [record for record in read(repo) if isinstance(record, Commit)]


def plain(files: tuple[FileChange, ...] | None) -> tuple[FileChange, ...] | None:
    """Return changes without the hashes of their contents."""
    if files is None:
        return None
    return tuple(
        msgspec.structs.replace(file, object_id=None, old_object_id=None) for file in files
    )


def tally(records: list[SourceRecord]) -> Tally:
    assert isinstance(records[-1], Tally)
    return records[-1]


def test_a_commit_says_who_what_and_when(repo: Repository) -> None:
    first = repo.commit(
        "Begin\n\nThe reason.\n\nReviewed-by: Cy <c@example.org>\nRefs: 12", a="1\n2\n"
    )
    second = repo.commit("Go on", a="1\n3\n4\n", b="new\n")

    later, earlier = commits(repo)

    assert later == Commit(
        id=later.id,
        at=datetime(2023, 11, 14, 22, 15, 20, tzinfo=UTC),
        origin=ORIGIN,
        span=later.span,
        sha=second,
        parents=(first,),
        author="Ada <ada@example.org>",
        authored=datetime(2023, 11, 14, 22, 15, 20, tzinfo=UTC),
        subject="Go on",
        files=later.files,
        refs=("main",),
    )
    assert plain(later.files) == (
        FileChange(path="a", status="M", added=2, deleted=1),
        FileChange(path="b", status="A", added=1, deleted=0),
    )
    assert earlier.body == "The reason.\n\nReviewed-by: Cy <c@example.org>\nRefs: 12"
    assert earlier.trailers == (("Reviewed-by", "Cy <c@example.org>"), ("Refs", "12"))
    assert earlier.parents == ()


def test_the_span_of_a_commit_holds_its_text(repo: Repository) -> None:
    repo.commit("one\n\nbody")
    repo.commit("two")
    stream = stream_of(repo.path)

    found = [record for record in parse(stream) if isinstance(record, Commit)]

    assert len(found) == 2
    for commit in found:
        assert commit.span is not None
        piece = stream[commit.span.start : commit.span.end]
        assert piece.startswith(b"commit " + commit.sha.encode())
        assert piece.count(b"commit ") == 1


def test_what_happened_to_each_file_is_told(repo: Repository) -> None:
    text = "".join(f"line {n}\n" for n in range(20))
    repo.commit(moved=text, gone="x\n", binary=b"\0\1", kind="x")
    (repo.path / "kind").unlink()
    (repo.path / "kind").symlink_to("gone")
    (repo.path / "moved").rename(repo.path / "there")
    repo.commit(gone=None, binary=b"\0\2")

    latest = commits(repo)[0]

    assert plain(latest.files) == (
        FileChange(path="binary", status="M", added=None, deleted=None),
        FileChange(path="gone", status="D", added=0, deleted=1),
        FileChange(path="kind", status="T", added=1, deleted=1),
        FileChange(path="there", status="R", added=0, deleted=0, old_path="moved"),
    )


def test_a_merge_shows_what_it_brought_to_its_first_parent(repo: Repository) -> None:
    repo.commit(a="1\n")
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit(b="2\n")
    repo.git("checkout", "-q", "main")
    main = repo.commit(c="3\n")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")

    merge = commits(repo)[0]

    assert merge.parents == (main, side)
    assert plain(merge.files) == (FileChange(path="b", status="A", added=1, deleted=0),)


def test_each_commit_of_any_branch_tag_or_detached_head_is_read_once(repo: Repository) -> None:
    repo.commit("base")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side")
    repo.git("checkout", "-q", "--detach")
    repo.commit("tagged")
    repo.git("tag", "-a", "-m", "note", "v1")
    repo.commit("remote")
    repo.git("update-ref", "refs/remotes/origin/feature", "HEAD")
    repo.git("checkout", "-q", "--detach", "main")
    repo.commit("detached")

    found = commits(repo)

    assert sorted(commit.sha for commit in found) == sorted(repo.shas)
    assert {commit.subject: (commit.refs, commit.tags) for commit in found} == {
        "base": (("main",), ()),
        "side": (("side",), ()),
        "tagged": ((), ("v1",)),
        "remote": (("origin/feature",), ()),
        "detached": ((), ()),
    }


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/entire/checkpoints/v1",
        "refs/remotes/origin/entire/checkpoints/v1",
        "refs/notes/commits",
        "refs/stash",
        "refs/pull/1/head",
    ],
)
def test_refs_that_hold_no_work_are_left_out(ref: str, repo: Repository) -> None:
    repo.commit("work")
    repo.git("checkout", "-q", "--detach")
    repo.commit("other")
    repo.git("update-ref", ref, "HEAD")
    repo.git("checkout", "-q", "main")

    assert [commit.subject for commit in commits(repo)] == ["work"]


def test_a_tag_that_names_no_commit_does_no_harm(repo: Repository) -> None:
    repo.commit("work", a="text\n")
    repo.git("tag", "blob", "HEAD:a")
    repo.git("tag", "-a", "-m", "note", "tree", "HEAD^{tree}")

    assert [commit.subject for commit in commits(repo)] == ["work"]


def test_children_come_first_even_when_the_clock_went_back(repo: Repository) -> None:
    repo.commit("one")
    repo.n_commits = -5
    repo.commit("two")
    repo.n_commits = 3
    repo.commit("three")

    assert [commit.subject for commit in commits(repo)] == ["three", "two", "one"]


def test_the_same_repository_gives_the_same_bytes(repo: Repository) -> None:
    repo.commit("one", a="1")
    repo.commit("two", a="2")
    before = stream_of(repo.path)

    repo.git("gc", "-q")
    repo.git("commit-graph", "write", "--reachable")

    assert stream_of(repo.path) == before


def test_a_repository_without_commits_has_no_events(repo: Repository) -> None:
    assert read(repo) == [Tally(n_lines=0, n_used=0)]


def test_a_bare_repository_reads_as_its_work_tree(repo: Repository, tmp_path: Path) -> None:
    repo.commit("one", a="1")
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))

    assert stream_of(tmp_path / "bare") == stream_of(repo.path)


def test_a_linked_work_tree_reads_the_shared_history(repo: Repository, tmp_path: Path) -> None:
    repo.commit("one", a="1")
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))

    assert stream_of(tmp_path / "linked") == stream_of(repo.path)


def test_odd_messages_and_names_survive(repo: Repository) -> None:
    subject = "a\x01b\x1b]0;x\x07 commit 0123 \u2028 end"
    repo.commit(subject + "\n\n\x01commit a\ndetail counts\nend\n:100644 x\n1\t2\tz")
    (repo.path / "nl\nname").write_text("1")
    (repo.path / "\nfirst").write_text("1")
    (repo.path / "tab\tname").write_text("1")
    (repo.path / "--upload-pack=x").write_text("1")
    Path(repo.path, "bad\udcff").write_text("1")
    repo.commit("")

    named, odd = commits(repo)

    assert odd.subject == subject
    assert odd.body == "\x01commit a\ndetail counts\nend\n:100644 x\n1\t2\tz"
    assert named.subject == ""
    assert [(f.path, f.added) for f in named.files or ()] == [
        ("\nfirst", 1),
        ("--upload-pack=x", 1),
        ("bad\ufffd", 1),
        ("nl\nname", 1),
        ("tab\tname", 1),
    ]


def raw_commit(repo: Repository, content: bytes) -> str:
    """Store a commit object that git itself would not write, as the branch `main`."""
    tree = repo.git("mktree")
    data = b"tree " + tree + content
    sha = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=data)
    repo.git("update-ref", "refs/heads/main", sha.decode().strip())
    return sha.decode().strip()


WHO = b"N <e@example.org> "


@pytest.mark.parametrize(
    ("author", "rest", "subject", "authored"),
    [
        (WHO + b"0 +0000", b"\n\nepoch", "epoch", datetime(1970, 1, 1, tzinfo=UTC)),
        (WHO + b"4070908800 +0000", b"\n\nfuture", "future", datetime(2099, 1, 1, tzinfo=UTC)),
        (WHO + b"99999999999999 +0000", b"\n\nfar", "far", None),
        (WHO + b"never", b"\n\nnone", "none", None),
        (
            WHO + b"0 +0000",
            b"\nencoding ISO-8859-1\n\ncaf\xe9",
            "caf\xe9",
            datetime(1970, 1, 1, tzinfo=UTC),
        ),
        (WHO + b"0 +0000", b"\n\ncaf\xe9", "caf\ufffd", datetime(1970, 1, 1, tzinfo=UTC)),
        (WHO + b"0 +0000", b"\n\na\0b\0\0\nc", "a", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
    ids=["epoch", "future", "too far", "no time", "latin-1", "no utf-8", "NUL"],
)
def test_odd_times_and_encodings_survive(
    author: bytes, rest: bytes, subject: str, authored: datetime | None, repo: Repository
) -> None:
    sha = raw_commit(repo, b"author " + author + b"\ncommitter " + WHO + b"5 +0000" + rest + b"\n")

    (commit,) = commits(repo)

    assert (commit.sha, commit.subject, commit.authored) == (sha, subject, authored)


def test_contents_that_git_lacks_cost_only_their_own_line_counts(repo: Repository) -> None:
    for n in range(6):
        repo.commit(f"c{n}", **{f"f{n}": f"{n}\n"})
    repo.remove_object("HEAD~1:f4")
    repo.remove_object("HEAD~4:f1")

    records = read(repo)

    found = {c.subject: [f.added for f in c.files or ()] for c in records if isinstance(c, Commit)}
    assert found == {"c5": [1], "c4": [None], "c3": [1], "c2": [1], "c1": [None], "c0": [1]}
    skipped = {"line_counts_unavailable": 2, "lines_unavailable": 2}
    assert tally(records) == Tally(n_lines=10, n_used=6, skipped=skipped)


def test_a_history_that_lacks_most_contents_is_read_once_and_whole(repo: Repository) -> None:
    for n in range(12):
        repo.commit(f"c{n}", **{f"f{n}": f"{n}\n"})
    for n in range(11):
        repo.remove_object(f"HEAD:f{n}")

    records = read(repo)

    found = [record for record in records if isinstance(record, Commit)]
    assert [c.sha for c in found] == repo.shas[::-1]
    assert [[f.path for f in c.files or ()] for c in found] == [
        [f"f{n}"] for n in range(11, -1, -1)
    ]
    assert tally(records).skipped == {"line_counts_unavailable": 11, "lines_unavailable": 11}


def test_a_partial_clone_is_read_without_asking_its_origin(
    repo: Repository, tmp_path: Path
) -> None:
    for n in range(3):
        repo.commit(f"c{n}", a=f"{n}\n")
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    repo.git("clone", "-q", "--bare", "--filter=blob:none", repo.path.as_uri(), str(partial))

    records = parse(stream_of(partial))

    assert [plain(c.files) for c in records if isinstance(c, Commit)] == [
        (FileChange(path="a", status=status),) for status in "MMA"
    ]


def test_a_commit_whose_tree_is_missing_has_unknown_files(repo: Repository) -> None:
    repo.commit("one", a="1\n")
    repo.commit("two", a="2\n")
    repo.commit("three", a="3\n")
    repo.remove_object("HEAD^{tree}")

    records = read(repo)

    found = {c.subject: plain(c.files) for c in records if isinstance(c, Commit)}
    assert found["three"] is None
    assert found["two"] == (FileChange(path="a", status="M", added=1, deleted=1),)
    assert tally(records).skipped == {"files_unavailable": 1}


def test_the_edge_of_a_shallow_clone_has_unknown_files(repo: Repository, tmp_path: Path) -> None:
    for n in range(3):
        repo.commit(f"c{n}", a=f"{n}\n")
    shallow = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth=2", repo.path.as_uri(), str(shallow))

    records = parse(stream_of(shallow))

    assert {c.subject: plain(c.files) for c in records if isinstance(c, Commit)} == {
        "c2": (FileChange(path="a", status="M", added=1, deleted=1),),
        "c1": None,
    }
    assert tally(records).skipped == {"shallow_boundary": 1}


def test_a_line_beyond_the_limit_quarantines_its_commit_only(repo: Repository) -> None:
    repo.commit("one", a="1")
    repo.commit("two\n\n" + "x" * 3_000, a="2")
    repo.commit("three", a="3")

    records = parse(stream_of(repo.path), max_line_bytes=2_000)

    assert [c.subject for c in records if isinstance(c, Commit)] == ["three", "one"]
    assert [q.reason for q in records if isinstance(q, Quarantined)] == ["oversize_line"]
    assert tally(records) == Tally(n_lines=3, n_used=2)


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [(".", b"", True), ("a", b"", False), (".", b"x", False)],
    ids=["work tree", "file", "no folder"],
)
def test_only_repositories_are_recognised(
    name: str, head: bytes, expected: bool, repo: Repository
) -> None:
    repo.commit(a="")

    assert SOURCE.recognises(Head(repo.path / name, head)) is expected


def test_each_changed_file_names_its_contents_before_and_after(repo: Repository) -> None:
    repo.commit("one", a="1\n")
    repo.commit("two", a="2\n")
    one, two = (repo.git("rev-parse", f"{sha}:a").decode().strip() for sha in repo.shas)
    found = [commit.files[0] for commit in commits(repo) if commit.files]
    assert [(f.old_object_id, f.object_id) for f in found] == [(one, two), (None, one)]
