"""Which commits carried out an entry of a list.

| method | what is known | confidence |
|---|---|---|
| `ticked` | the commit made the version of the document in which the box is ticked | .95 |
| `made_while` | the session made it while the entry was in progress | .7 |
| `made_next` | it is the first commit that the session made after the entry was done | .5 |

Where entry and subject share two words that say anything, and half of the shorter one, the last two
are .2 surer. These figures are judgements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tracemill.base.handed_on import content_words
from tracemill.records.events.commits import Commit
from tracemill.records.work.todos import TodoCommit, TodoCommitMethod, TodoMove, TodoProgress

_TICKED: Final = 0.95
_WHILE: Final = 0.7
_NEXT: Final = 0.5
_ALIKE: Final = 0.2
_MIN_SHARED: Final = 2
_HALF: Final = 0.5


def todo_commits(todo: TodoProgress, made: Sequence[Commit]) -> tuple[TodoCommit, ...]:
    """Return what carried an entry out, the surest first; `made` are the commits that may have.

    These are the commits of its session for sure, in the order of their time, or those of the
    document's repository that its moves name.
    """
    if todo.place == "document":
        found = list(_ticked(todo, {commit.sha: commit for commit in made}))
    else:
        found = list(_made(todo, made))
    return tuple(sorted(found, key=lambda each: (-each.confidence, each.sha)))


def _ticked(todo: TodoProgress, made: dict[str, Commit]) -> Iterator[TodoCommit]:
    was_open = False
    for move in todo.moves:
        if move.status == "completed" and was_open and move.commit in made:
            commit = made[move.commit]
            yield TodoCommit(
                sha=commit.sha, subject=commit.subject, method="ticked", confidence=_TICKED
            )
        was_open = move.status != "completed"


def _made(todo: TodoProgress, made: Sequence[Commit]) -> Iterator[TodoCommit]:
    begun, done = _first(todo.moves, "in_progress"), _first(todo.moves, "completed")
    if done is None:
        return
    timed = [(commit.at, commit) for commit in made if commit.at is not None]
    during = [each for at, each in timed if begun is not None and begun <= at <= done]
    behind = [each for at, each in timed if at > done][:1]
    for commit in during:
        yield _told(todo, commit, "made_while", _WHILE)
    for commit in () if during else behind:
        yield _told(todo, commit, "made_next", _NEXT)


def _told(
    todo: TodoProgress, commit: Commit, method: TodoCommitMethod, sureness: float
) -> TodoCommit:
    more = _ALIKE if _is_alike(todo.text, commit.subject) else 0.0
    return TodoCommit(
        sha=commit.sha, subject=commit.subject, method=method, confidence=round(sureness + more, 2)
    )


def _is_alike(text: str, subject: str) -> bool:
    words, others = content_words(text), content_words(subject)
    shared = len(words & others)
    return shared >= _MIN_SHARED and shared >= _HALF * min(len(words), len(others))


def _first(moves: Sequence[TodoMove], status: str) -> datetime | None:
    return next((move.at for move in moves if move.status == status), None)
