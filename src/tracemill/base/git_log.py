r"""The history of a repository as one byte stream, read by `git` with everything foreign off.

A repository that we did not make may name programs in its config, attributes and hooks, may
lack objects, and may belong to another user. So git runs with an environment of its own, with
each setting that starts a program or asks a network overridden, and its revisions are given
as hashes. `safe.directory` is lifted because the danger that it guards against, programs
named by a foreign config, is shut off here one by one.

The stream is a row of records, each a row of tokens:

    record := token { "\0" token } "\0\0\n"
    header := "tracemill git log 1", then "ref HASH NAME" for each ref, "shallow HASH" for each
              commit whose parents were cut off
    detail := "detail counts" | "detail files" | "detail commits": what follows says of commits
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
import shutil
import subprocess
import tempfile
from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Final, Literal, NamedTuple, cast

from tracemill.base.errors import SourceError
from tracemill.base.git import common_directory, git_directory
from tracemill.base.streams import Blocks

RECORD_END: Final = b"\0\0\n"
HEADER: Final = b"tracemill git log 1"
END: Final = b"end"

Detail = Literal["counts", "files", "commits"]
"""What is known of a commit: its files with line counts, its files, or neither."""

_BLOCK_BYTES: Final = 2**17
_MAX_REPAIRS: Final = 100
_MAX_REPAIRS_IN_A_ROW: Final = 4
_OFF: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.commitGraph=false",
    "gc.auto=0",
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.directory=*",
)
_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C",
    "XDG_CONFIG_HOME": os.devnull,
}
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
_FAILURES: Final = (
    (b"not a git repository", "git finds no intact repository there; its HEAD may be damaged"),
    (b"bad ref", "a branch or tag is damaged or points at a missing object; see `git fsck`"),
    (b"bad config", "its config file cannot be parsed"),
    (b"repo version", "its format is newer than the installed git; update git"),
    (b"unknown repository extension", "its format is newer than the installed git; update git"),
    (b"unrecognized argument", "the installed git is too old; 2.31 or newer is needed"),
    (b"dubious ownership", "it belongs to another user, and this git refuses to read it"),
    (b"ermission denied", "parts of it may not be read by this user"),
    (b"corrupt", "objects are damaged; see `git fsck`"),
    (b"unable to", "objects are missing or damaged; see `git fsck`"),
    (b"bad object", "objects are missing; see `git fsck`"),
    (b"missing", "objects are missing; see `git fsck`"),
    (b"ould not", "objects are missing or damaged; see `git fsck`"),
    (b"Failed to traverse", "objects are missing; see `git fsck`"),
)


class _Ref(NamedTuple):
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
    directory, common = git_directory(repo), common_directory(repo)
    if directory is None or common is None:
        raise SourceError(f"{str(repo)!r}: expected a git repository, found none")
    git = _Git(repo, directory)
    refs = _refs(git)
    return io.BufferedReader(Blocks(_records(git, refs, _shallow(common))), _BLOCK_BYTES)


def _records(
    git: _Git, refs: Sequence[_Ref], shallow: Iterable[bytes]
) -> Generator[bytes, None, None]:
    named = [b"ref %s %s" % ref for ref in refs if ref.name != b"HEAD"]
    yield b"\0".join([HEADER, *named, *(b"shallow " + sha for sha in shallow)]) + RECORD_END
    if refs:
        yield from _Walk(git, b"\n".join(sorted({ref.sha for ref in refs}))).read()
    yield RECORD_END + END + RECORD_END


def _refs(git: _Git) -> list[_Ref]:
    """Return HEAD, where it is born, and the refs that name work, sorted by name."""
    peeled: dict[bytes, bytes] = {}
    for line in git.answer("show-ref", "--head", "--dereference", empty_exit=1).splitlines():
        sha, _, name = line.partition(b" ")
        name = name.removesuffix(b"^{}")
        if name == b"HEAD" or _WORK_REF.match(name):
            peeled[name] = sha
    return [_Ref(sha, name) for name, sha in sorted(peeled.items())]


def _shallow(common: Path) -> list[bytes]:
    try:
        return (common / "shallow").read_bytes().split()
    except OSError:
        return []


@dataclass
class _Walk:
    """All commits in one order, each once, in as much detail as git can give."""

    git: _Git
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


@dataclass(frozen=True)
class _Git:
    """The installed git, bound to one repository and kept from all that is not in it."""

    repo: Path
    """As the caller names it, for messages."""
    directory: Path

    def answer(self, *arguments: str, asked: bytes = b"", empty_exit: int = 0) -> bytes:
        """Return all that git prints; exit code `empty_exit` means that there is nothing."""
        with self.running(*arguments, asked=asked) as process:
            printed = b"".join(process.blocks())
            if failure := process.failure(allowed=(0, empty_exit)):
                raise SourceError(failure)
        return printed

    @contextmanager
    def running(self, *arguments: str, asked: bytes) -> Iterator[_Process]:
        """Run git, hand it `asked`, and stop it in the end if it still runs."""
        program = shutil.which("git")
        if program is None:
            raise SourceError(
                f"{str(self.repo)!r}: expected git to be installed, found none on PATH"
            )
        settings = [part for setting in _OFF for part in ("-c", setting)]
        where = ["--no-pager", "--no-replace-objects", f"--git-dir={self.directory.absolute()}"]
        with tempfile.TemporaryFile() as errors:
            child = subprocess.Popen(  # noqa: S603 - a fixed program, and no argument is foreign
                [str(Path(program).absolute()), *settings, *where, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self._neutral_folder(),
                env=neutral_environment(),
            )
            process = _Process(child, errors, self.repo)
            try:
                process.ask(asked)
                yield process
            finally:
                process.stop()

    def _neutral_folder(self) -> Path | None:
        """Return where git runs: in its own data, so that no work tree's attributes count."""
        return self.directory if self.directory.is_dir() else None


@dataclass(frozen=True)
class _Process:
    """One git that runs."""

    child: subprocess.Popen[bytes]
    errors: IO[bytes]
    repo: Path

    def ask(self, asked: bytes) -> None:
        """Hand over standard input; git reads all of it before it answers."""
        assert self.child.stdin is not None
        with suppress(BrokenPipeError), self.child.stdin as pipe:
            pipe.write(asked)

    def blocks(self) -> Iterator[bytes]:
        """Yield what git prints, until it prints no more."""
        assert self.child.stdout is not None
        printed = cast("io.BufferedReader", self.child.stdout)
        while block := printed.read1(_BLOCK_BYTES):
            yield block

    def failure(self, allowed: Container[int] = (0,)) -> str | None:
        """Wait for the end; return what went wrong in words of ours, or None."""
        code = self.child.wait()
        if code in allowed:
            return None
        self.errors.seek(0)
        said = self.errors.read(_BLOCK_BYTES)
        known = next((words for trace, words in _FAILURES if trace in said), None)
        return f"{str(self.repo)!r}: {known or f'git failed with exit code {code}'}"

    def stop(self) -> None:
        """End the process if it still runs, and let go of it."""
        self.child.kill()
        if self.child.stdout is not None:
            self.child.stdout.close()
        self.child.wait()


def neutral_environment() -> dict[str, str]:
    """Return the process environment, with git kept from all settings of person and machine."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    return kept | _ENVIRONMENT
