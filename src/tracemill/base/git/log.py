r"""The history of a repository as one byte stream, read as `base.git.process` reads.

The stream is a row of records, each a row of tokens:

    record := token { "\0" token } "\0\0\n"
    header := "tracemill git log 1", then "ref HASH NAME" for each ref, "shallow HASH" for each
              commit whose parents were cut off
    detail := "detail counts" | "detail files" | "detail commits": what follows says of commits
    undone := "undone HASH", its commit time, "HASH", "exact" | "lines": see `base.git.undone`
    lines  := "lines HASH", its commit time, hashes of lines in base 64: see `base.git.lines`
    fate   := "fate HASH", its commit time, lines written, lines landed, when or "", lines lost
              from sight, then "gone HASH TIME COUNT" and "back HASH TIME COUNT", see
              `base.git.fates`
    left   := "left REASON COUNT": commits of which there is no such record
    commit := "commit HASH", parents, author time, commit time, author, subject, trailers, body,
              ".", then the `--raw` and `--numstat` tokens, the first with a newline before it
    end    := "end", without which the stream was cut

Neither messages nor paths can hold a NUL, so no content can forge a record. Commits come
children first. Where git cannot read the contents of a commit, as in a partial clone, that
commit comes with less detail; where it cannot read the commit, the stream ends in an error.
"""

from __future__ import annotations

import io
import os
import re
from base64 import b64encode
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple

from tracemill.base.errors import SourceError
from tracemill.base.git.changes import changed_files
from tracemill.base.git.fates import Fate, LineFates
from tracemill.base.git.lines import MAX_FILES, AddedLines
from tracemill.base.git.process import Git
from tracemill.base.git.repositories import common_directory
from tracemill.base.git.undone import Undoings
from tracemill.base.streams import Blocks

RECORD_END: Final = b"\0\0\n"
HEADER: Final = b"tracemill git log 1"
END: Final = b"end"

Detail = Literal["counts", "files", "commits"]
"""What is known of a commit: its files with line counts, its files, or neither."""

N_FIELDS: Final = 9
"""Tokens of a commit before those of its files."""
_AT: Final = 3
_MANY_TOKENS: Final = N_FIELDS + 6 * MAX_FILES
"""A commit with so many changes too many files to be looked at further."""
_BLOCK_BYTES: Final = 2**17
_MAX_REPAIRS: Final = 100
_MAX_REPAIRS_IN_A_ROW: Final = 4
_FORMAT: Final = (
    "%x00%x00%x0acommit %H%x00%P%x00%at%x00%ct%x00%an <%ae>"
    "%x00%s%x00%(trailers:only,unfold)%x00%b%x00."
)
_COMMIT_START: Final = RECORD_END + b"commit "
_WORK_REF: Final = re.compile(rb"refs/(?:heads|tags|remotes/[^/]+)/(?!entire/)")
_WALK: Final = ("--topo-order", "--stdin")
_LISTED: Final = ("--no-walk=unsorted", "--stdin")
_LOG: Final = (
    "-z",
    "--root",
    "--encoding=UTF-8",
    "--no-color",
    "--no-notes",
    "--no-decorate",
    "--no-show-signature",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--diff-merges=first-parent",
    "--diff-algorithm=myers",
    "--ignore-submodules=none",
    f"-O{os.devnull}",
    f"--format={_FORMAT}",
)
_DETAILS: Final[dict[Detail, tuple[str, ...]]] = {
    "counts": ("--raw", "--no-abbrev", "--numstat", "-M", "-l400"),
    "files": ("--raw", "--no-abbrev", "--no-renames"),
    "commits": ("--no-patch",),
}


class Ref(NamedTuple):
    """A name and the object that it stands for, tags peeled."""

    sha: bytes
    name: bytes


def log_stream(repo: Path) -> BinaryIO:
    """Return all commits that HEAD, branches, remote branches and tags of `repo` reach.

    Branches and tags under `entire/` are left out, since they hold sessions and no work.
    Closing the stream early stops git.

    Raises:
        SourceError: the repository cannot be read, at once or while the stream is read; the
            message names the repository and what is wrong, and nothing of its content.
    """
    git = Git.of(repo)
    refs = work_refs(git)
    shallow = _shallow(common_directory(repo) or git.directory)
    return io.BufferedReader(Blocks(_records(git, refs, shallow)), _BLOCK_BYTES)


def _records(
    git: Git, refs: Sequence[Ref], shallow: Iterable[bytes]
) -> Generator[bytes, None, None]:
    named = [b"ref %s %s" % ref for ref in refs if ref.name != b"HEAD"]
    yield b"\0".join([HEADER, *named, *(b"shallow " + sha for sha in shallow)]) + RECORD_END
    if refs:
        head = next((ref.sha.decode("ascii") for ref in refs if ref.name == b"HEAD"), None)
        undoings, added = Undoings(), AddedLines()
        fates = LineFates(head, (sha.decode("ascii") for sha in shallow))
        walk = _Walk(git, b"\n".join(sorted({ref.sha for ref in refs})))
        yield from _watched(walk.read(), undoings, added, fates)
        for found in undoings.found(git):
            yield RECORD_END + b"undone " + "\0".join(found).encode()
        for each in added.found(git):
            about = (f"lines {each.commit}".encode(), each.at.encode(), b64encode(each.hashes))
            yield RECORD_END + b"\0".join(about)
        for fate in fates.found(git):
            yield RECORD_END + _fate(fate)
        for reason, n_commits in sorted((added.left_out + fates.left_out).items()):
            yield RECORD_END + f"left {reason} {n_commits}".encode()
    yield RECORD_END + END + RECORD_END


def work_refs(git: Git) -> list[Ref]:
    """Return HEAD, where it is born, and the refs that name work, sorted by name."""
    peeled: dict[bytes, bytes] = {}
    for line in git.answer("show-ref", "--head", "--dereference", empty_exit=1).splitlines():
        sha, _, name = line.partition(b" ")
        name = name.removesuffix(b"^{}")
        if name == b"HEAD" or _WORK_REF.match(name):
            peeled[name] = sha
    return [Ref(sha, name) for name, sha in sorted(peeled.items())]


def _shallow(common: Path) -> list[bytes]:
    try:
        return (common / "shallow").read_bytes().split()
    except OSError:
        return []


def _fate(fate: Fate) -> bytes:
    counts = (fate.n_lines, fate.n_landed, fate.landed or "", fate.n_lost)
    moved = [
        f"{kind} {each.commit} {each.at} {each.n_lines}"
        for kind, found in (("gone", fate.gone), ("back", fate.back))
        for each in found
    ]
    return "\0".join([f"fate {fate.commit}", fate.at, *map(str, counts), *moved]).encode()


def _watched(
    blocks: Iterable[bytes], undoings: Undoings, added: AddedLines, fates: LineFates
) -> Iterator[bytes]:
    """Hand blocks of whole commits on, and show what each changed."""
    for block in blocks:
        yield block
        for commit in block.split(_COMMIT_START)[1:]:
            tokens = commit.split(b"\0")
            if len(tokens) < N_FIELDS:
                continue  # it is damaged
            sha, parents, at = (tokens[place].decode("ascii", "replace") for place in (0, 1, _AT))
            try:
                changes = tuple(changed_files(tokens[N_FIELDS:]))
            except ValueError:  # whoever reads the stream says that it is damaged
                changes = ()
            fates.take(sha, at, parents, changes)
            if " " in parents:
                continue
            if len(tokens) >= _MANY_TOKENS:
                added.leave_large()
                continue
            undoings.take(sha, at, changes)
            added.take(sha, at, changes)


@dataclass
class _Walk:
    """All commits in one order, each once, in as much detail as git can give."""

    git: Git
    tips: bytes
    """Hashes to start from, one a line."""
    n_done: int = 0
    """Commits that were handed out."""
    shas: list[bytes] = field(default_factory=list)
    """All commits in order; asked for once something could not be read."""

    def read(self) -> Iterator[bytes]:
        """Yield the commits; where git fails at one, that one in less detail, then go on.

        A history that fails too often is read in less detail from there on.
        """
        failure = None
        for place, detail in enumerate(_DETAILS):
            n_in_a_row = 0
            for _ in range(_MAX_REPAIRS):
                n_before = self.n_done
                failure = yield from self._run(detail)
                if failure is None:
                    return
                n_in_a_row = 1 if self.n_done > n_before else n_in_a_row + 1
                if n_in_a_row > _MAX_REPAIRS_IN_A_ROW:
                    break
                yield from self._read_one(list(_DETAILS)[place:])
        raise SourceError(failure)

    def _read_one(self, details: Iterable[Detail]) -> Iterator[bytes]:
        """Yield the next commit in the most detail that git can give."""
        if not self.shas:
            self.shas = self.git.answer("rev-list", *_WALK, asked=self.tips).split()
        failure = None
        for detail in details:
            failure = yield from self._run(detail, limit=1)
            if failure is None:
                return
        raise SourceError(failure)

    def _run(self, detail: Detail, limit: int | None = None) -> Generator[bytes, None, str | None]:
        """Yield whole commits from the next on; return why git failed, or None.

        A commit is whole when another begins or git ends well, so a failure in the midst of
        one takes nothing back that was handed out.
        """
        walk, asked = _WALK, self.tips
        if self.shas:
            end = None if limit is None else self.n_done + limit
            walk, asked = _LISTED, b"\n".join(self.shas[self.n_done : end])
            if not asked:
                return None
        yield RECORD_END + b"detail " + detail.encode()
        held = bytearray()
        with self.git.running("log", *walk, *_LOG, *_DETAILS[detail], asked=asked) as process:
            for block in process.blocks():
                unseen = max(len(held) - len(_COMMIT_START), 1)
                held += block
                cut = held.rfind(_COMMIT_START, unseen)
                if cut > 0:
                    yield self._done(bytes(held[:cut]))
                    del held[:cut]
            failure = process.failure()
        if failure is None:
            yield self._done(bytes(held))
        return failure

    def _done(self, commits: bytes) -> bytes:
        self.n_done += commits.count(_COMMIT_START)
        return commits
