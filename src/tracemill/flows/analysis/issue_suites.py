"""Suites of issues: files as they were before a commit mended something in them.

What was wrong is known from headers and commit messages of repositories that were read, as
`tracemill episode export --learning` tells it; the files are read from the repositories that are
named, redacted, and kept with the suite alone. Commits of known sessions are left aside: what
models are trained on is sessions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, NamedTuple

from tracemill.base.errors import NotFoundError
from tracemill.base.git.hunks import FileHunks
from tracemill.base.named_files import require_there
from tracemill.evaluate.issues import MendedFile, issue_cases
from tracemill.evaluate.running import freeze
from tracemill.flows.analysis.history_lessons import lessons_of_history
from tracemill.flows.analysis.step_changes import is_clean, read_changes, redacted
from tracemill.flows.held.lookup import require_kept
from tracemill.flows.models.suites import BuiltSuite, gather_cases, keep_suite
from tracemill.label.learning import tells_problem
from tracemill.records.events.commits import Commit
from tracemill.records.events.documents import IssueHeader
from tracemill.records.work.changes import FileBefore
from tracemill.records.work.learning import LearningEpisode
from tracemill.redact import Redactor
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.store.lake import Lake

_PROSE: Final = frozenset(
    {".md", ".mdx", ".rst", ".txt", ".lock", ".json", ".jsonl", ".csv", ".svg", ".snap", ".sum"}
)
"""How files end that are no program."""
_NAMED: Final = re.compile(
    r"\b[\w-]+\.(?:py|rs|go|tsx?|jsx?|mjs|java|kt|rb|php|cs|cpp|cc|c|h|hpp|swift|sh|sql|ya?ml|toml)\b"
)
"""How an issue names the file in which it is."""
_MOST_FILES: Final = 8
"""Files of a commit from which nobody knows in which of them the issue was."""


class _Fix(NamedTuple):
    """A commit that mended something, and what was wrong."""

    work_id: str
    commit: Commit
    issue: str
    path: str | None
    """The file whose header listed it; None where the message alone tells."""


def build_issue_suite(
    workspace: Workspace, repositories: Sequence[Path], name: str, *, max_chars: int, limit: int = 0
) -> BuiltSuite:
    """Make a suite of what was wrong in files before commits mended it.

    Raises:
        NotFoundError: a repository is not there, or nothing in its history makes a case.
        SourceError: a repository cannot be read.
    """
    from tracemill.flows.ingest.redactors import own_redactor
    from tracemill.store.lake import Lake

    for repository in repositories:
        require_there(repository, "repository of --issues")
    require_kept(workspace)
    drops: Counter[str] = Counter()
    fixes = list(_fixes(Lake(workspace.lake)))
    told = read_changes({fix.commit.sha for fix in fixes}, repositories)
    files = list(_mended(fixes, told, own_redactor(workspace).redactor, drops))
    found = gather_cases(workspace, issue_cases(files, max_chars), limit, drops)
    if not found.cases:
        counted = sorted(found.drops.items())
        said = ", ".join(f"{reason} {n:,}" for reason, n in counted) or "no issue"
        raise NotFoundError(
            f"no commit of these repositories mends what it or a header names: {said}; read them "
            "with `tracemill run` first, or name others"
        )
    inputs = {fix.work_id: [{"input_id": fix.commit.origin.input_id}] for fix in fixes}
    suite = freeze(name, "issues", found.cases, found.drops, found.checked_against)
    return keep_suite(workspace, suite, found.cases, inputs)


def _fixes(lake: Lake) -> Iterator[_Fix]:
    """Yield the commits of history that say what they mended, oldest first."""
    from tracemill.store.tables import TABLES

    commits: dict[str, Commit] = {}
    headers: dict[str, IssueHeader] = {}
    for event in lake.records(TABLES["events"]):
        if isinstance(event, Commit):
            commits[event.id] = event
        elif isinstance(event, IssueHeader):
            headers[event.id] = event
    by_sha = {commit.sha: commit for commit in commits.values()}
    for lesson in lessons_of_history(lake):
        yield from _fixes_of(lesson, commits, headers, by_sha)


def _fixes_of(
    lesson: LearningEpisode,
    commits: Mapping[str, Commit],
    headers: Mapping[str, IssueHeader],
    by_sha: Mapping[str, Commit],
) -> Iterator[_Fix]:
    if lesson.told_by != "commits" or not lesson.problem:
        return
    first = lesson.problem[0].source.id
    header, commit = headers.get(first), commits.get(first)
    mended = by_sha.get(header.commit or "") if header is not None else None
    if header is not None and mended is not None:
        for words in lesson.problem:
            yield _Fix(lesson.episode_id, mended, words.text, header.path)
    wrong = [words for words in lesson.problem if tells_problem(words.text)]
    if commit is not None and wrong and lesson.kind == "fix":
        yield _Fix(lesson.episode_id, commit, " ".join(words.text for words in wrong), None)


def _mended(
    fixes: Iterable[_Fix],
    told: Mapping[str, list[FileHunks]],
    redactor: Redactor,
    drops: Counter[str],
) -> Iterator[MendedFile]:
    for fix in fixes:
        files = told.get(fix.commit.sha)
        if files is None:
            drops["commit_not_found"] += 1
            continue
        file = _meant(fix, files)
        if file is None or fix.commit.at is None:
            drops["no_place"] += 1
            continue
        bare = FileBefore(path=file.path, text=file.before or "")
        (clean,) = redacted([bare], redactor)
        if clean is None or not is_clean(clean, redactor):
            drops["withheld"] += 1
            continue
        yield MendedFile(
            work_id=fix.work_id,
            repository=fix.commit.origin.uri.partition("#")[0],
            path=clean.path,
            before=clean.text,
            first_line=file.hunks[0].old_start,
            issue=fix.issue,
            at=fix.commit.at,
            told_by="commit" if fix.path is None else "header",
        )


def _meant(fix: _Fix, files: Sequence[FileHunks]) -> FileHunks | None:
    """Return the file in which the issue was; None where nobody can tell.

    It is the header's own, the one that the issue names, or else the one that changed most.
    """
    code = [
        file
        for file in files
        if file.hunks and file.before and PurePosixPath(file.path).suffix not in _PROSE
    ]
    if fix.path is not None:
        return next((file for file in code if file.path == fix.path), None)
    if len(code) > _MOST_FILES:
        return None
    if names := set(_NAMED.findall(fix.issue)):
        return next((file for file in code if PurePosixPath(file.path).name in names), None)
    mended = [file for file in code if not _is_test(file.path)]
    return max(mended, key=_n_changed, default=None)


def _is_test(path: str) -> bool:
    return any("test" in part or "spec" in part for part in PurePosixPath(path.lower()).parts)


def _n_changed(file: FileHunks) -> int:
    return sum(max(hunk.before.count("\n"), hunk.after.count("\n")) for hunk in file.hunks)
