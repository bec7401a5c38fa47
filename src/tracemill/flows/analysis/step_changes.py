"""The lines that commits changed, behind the steps of a learning episode.

They are read from repositories on this machine that hold the commits, redacted with the workspace's
rules, and kept nowhere: the lake knows of a commit's files their names and counts alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from tracemill.base.git.hunks import FileHunks, changes_of
from tracemill.base.git.process import Git
from tracemill.flows.guarding import redact_closed
from tracemill.flows.privacy.scan import Scan
from tracemill.records.events.commits import Commit, FileChange
from tracemill.records.refs import Record
from tracemill.records.work.changes import ChangedLines, ChangedText, StepChanges
from tracemill.records.work.learning import LearningEpisode
from tracemill.redact import Redactor

_MOST_FILES: Final = 100
"""Files of a commit that are shown."""
_EDIT: Final = "Edit "
"""How a step begins that is put together of one file's name."""


_R = TypeVar("_R", bound=Record)


class ToldChanges(NamedTuple):
    """What commits changed, and what of it could not be told."""

    rows: list[StepChanges]
    counts: dict[str, int]
    """Commits, files and hunks that are told; and what is not, by reason."""


def step_changes(
    found: Iterable[LearningEpisode],
    commits: Mapping[str, Commit],
    repositories: Sequence[Path],
    redactor: Redactor,
) -> ToldChanges:
    """Return what the commits of pieces of work changed.

    Args:
        found: What can be learned from them.
        commits: By the id of their event.
        repositories: Where the commits may be; the first that has one is asked for it.
        redactor: Has the workspace's key.

    Raises:
        SourceError: a repository cannot be read.
    """
    wanted = [(episode, commit) for episode in found for commit in _commits_of(episode, commits)]
    told = read_changes({commit.sha for _, commit in wanted}, repositories)
    counts: Counter[str] = Counter()
    known, rows = [], []
    for episode, commit in wanted:
        if (files := told.get(commit.sha)) is None:
            counts["commit_not_found"] += 1
            continue
        counts["more_files"] += max(len(files) - _MOST_FILES, 0)
        known.append((episode, commit))
        rows.append(_row(episode, commit, files[:_MOST_FILES]))
    done = redacted(rows, redactor)
    whole = [_named(row, *pair) for row, pair in zip(done, known, strict=True) if row is not None]
    named = [row for each in whole if (row := _passing(each, redactor)) is not None]
    counts["not_redacted"] = len(done) - len(named)
    counts["commits"] = len({row.commit for row in named})
    files_told = [file for row in named for file in row.files]
    counts["files"] = len(files_told)
    counts["hunks"] = sum(len(file.hunks) for file in files_told)
    counts.update(file.lack for file in files_told if file.lack is not None)
    return ToldChanges(named, dict(sorted((+counts).items())))


def read_changes(shas: Collection[str], repositories: Sequence[Path]) -> dict[str, list[FileHunks]]:
    """Return the files of the commits that any of some repositories has.

    Raises:
        SourceError: a repository cannot be read.
    """
    told: dict[str, list[FileHunks]] = {}
    for repository in repositories:
        wanted = sorted(set(shas) - told.keys())
        found = changes_of(Git.of(repository), wanted)
        told |= {sha: files for sha, files in found if files is not None}
    return told


def redacted(rows: Sequence[_R], redactor: Redactor) -> list[_R | None]:
    """Return rows as they may leave; None in place of one that could not be redacted.

    What one row gives away as a secret is looked for in all of them.
    """
    closed = redact_closed(redactor, rows)
    if secrets := {given.value for given in closed.secrets}:
        closed = redact_closed(redactor.knowing(sorted(secrets)), rows)
    return [None if at in closed.refused else row for at, row in enumerate(closed.records)]


def _passing(row: StepChanges, redactor: Redactor) -> StepChanges | None:
    """Return what of a row passes the gate: files in which it would find something say so."""
    if is_clean(row, redactor):
        return row
    files = tuple(
        file
        if is_clean(file, redactor)
        else msgspec.structs.replace(file, hunks=(), lack="withheld")
        for file in row.files
    )
    rest = msgspec.structs.replace(row, files=files)
    return rest if is_clean(rest, redactor) else None


def is_clean(record: Record, redactor: Redactor) -> bool:
    """Tell whether the gate would find nothing in a record."""
    scan = Scan(redactor)
    scan.look_at_data("row.jsonl", msgspec.json.encode(record) + b"\n")
    found = scan.result()
    return not (found.places or found.failures)


def _commits_of(episode: LearningEpisode, commits: Mapping[str, Commit]) -> Iterator[Commit]:
    """Yield the commits that an episode tells of, each once."""
    parts = (episode.implementation_steps, episode.solution_approach, episode.outcome_words)
    names = dict.fromkeys(words.source.id for part in parts for words in part)
    yield from (commits[name] for name in names if name in commits)


def _row(episode: LearningEpisode, commit: Commit, files: Iterable[FileHunks]) -> StepChanges:
    steps = enumerate(episode.implementation_steps, 1)
    return StepChanges(
        episode_id=episode.episode_id,
        steps=tuple(number for number, words in steps if words.source.id == commit.id),
        commit=commit.sha,
        files=tuple(map(_text, files)),
    )


def _text(file: FileHunks) -> ChangedText:
    return ChangedText(
        path=file.path,
        old_path=file.old_path,
        status=file.letter,
        old_object_id=None,
        object_id=None,
        step=None,
        hunks=tuple(ChangedLines(**hunk._asdict()) for hunk in file.hunks),
        lack=file.lack,
    )


def _named(row: StepChanges, episode: LearningEpisode, commit: Commit) -> StepChanges:
    """Give the files of a row the hashes that the lake knows them by, and their steps."""
    changes = {change.path: change for change in commit.files or ()}
    steps = {
        words.text.removeprefix(_EDIT): number
        for number, words in enumerate(episode.implementation_steps, 1)
        if words.source.id == commit.id and words.origin == "record"
    }
    files = (_with_ids(file, changes.get(file.path), steps.get(file.path)) for file in row.files)
    return msgspec.structs.replace(row, files=tuple(files))


def _with_ids(file: ChangedText, change: FileChange | None, step: int | None) -> ChangedText:
    return msgspec.structs.replace(
        file,
        step=step,
        old_object_id=None if change is None else change.old_object_id,
        object_id=None if change is None else change.object_id,
    )
