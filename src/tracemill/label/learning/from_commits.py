"""What can be learned from a piece of work of which no session is known, as its commits tell it.

| part | first that is there |
|---|---|
| problem | issues that they took out of headers; sections on the problem; on goal or context |
| context | files, repository, branch and issues, put together of facts; sections on the context |
| thought process | sections on causes, decisions, other ways and lessons; sentences with a reason |
| approach | sections on the solution; sentences that say what was done; the subject |
| steps | several commits; entries of lists on the solution; the files that were changed |
| validation | sections on checks and results; sentences that say how it was checked |
| outcome | whether the commits were taken back, and by which commit an attempt was gone on with |

A message is one side's account. What it claims of its own work is told as validation and proves
nothing: the outcome is what the history shows later. Where no section tells of the problem,
sentences do that say what was wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from tracemill.base.text import one_line
from tracemill.label import LABEL_VERSION
from tracemill.label.learning.commit_sections import is_release
from tracemill.label.learning.cues import sums_up
from tracemill.label.learning.header_changes import MendedIssue
from tracemill.label.learning.passages import Passage, commit_passages, of_roles, thoughts
from tracemill.label.outcomes.goal import kind_of_work
from tracemill.records.events.commits import Commit
from tracemill.records.refs import Ref, Stamp
from tracemill.records.work.episodes import Outcome
from tracemill.records.work.learning import LearningEpisode, LearningKind, ThinkingCoverage, Words

_STAMP: Final = Stamp(by="learning", version=LABEL_VERSION)
_UNSEEN: Final = ThinkingCoverage(steps=0, thinking=None, words=None)
_MOST_SENTENCES: Final = 3
_MOST_STEPS: Final = 15
_MOST_FILES: Final = 4
_MENDED: Final = re.compile(r"\b(?:bugs?|issues?|fix(?:e[sd])?)\b", re.IGNORECASE)
"""Words of an entry of a list that says what was mended."""
_ISSUE: Final = re.compile(r"(?<![\w/])#\d{1,7}\b")


class CommittedWork(NamedTuple):
    """Commits that are one piece of work, and what became of them."""

    id: str
    commits: Sequence[Commit]
    """Oldest first; at least one."""
    repository: str
    """What its folder is called."""
    branch: str | None
    """The branch that brought them, where it is known."""
    undone: Mapping[str, str]
    """Hashes of the commits that were taken back, and of those that did."""
    has_stood: bool
    """Whether the history goes on for a week after the last of them."""
    mended: Sequence[MendedIssue] = ()
    """Issues of files' headers that the commits resolved."""


def learning_from_commits(work: CommittedWork) -> LearningEpisode:
    """Return what can be learned from commits."""
    passages = [passage for commit in work.commits for passage in commit_passages(commit)]
    kind = _kind(work.commits)
    problem = tuple(map(_issue, work.mended)) or _problem(passages, kind)
    outcome, reason = _outcome(work)
    return LearningEpisode(
        episode_id=work.id,
        told_by="commits",
        kind=kind,
        problem=problem,
        context=tuple(_context(work, passages, problem)),
        thought_process=tuple(thoughts(passages, problem)),
        thinking=_UNSEEN,
        solution_approach=_approach(work.commits, passages),
        implementation_steps=tuple(_steps(work.commits, passages))[:_MOST_STEPS],
        validation=_validation(passages),
        outcome=outcome,
        outcome_words=(_record(reason, work.commits[-1]), *_attempts(work.commits)),
        stamp=_STAMP,
    )


def _kind(commits: Sequence[Commit]) -> LearningKind:
    if any(is_release(commit.subject) for commit in commits):
        return "release"
    last = commits[-1]
    kind = kind_of_work(last.subject, [last], has_edits=True)
    return kind if kind == "fix" or kind == "feature" else "change"  # noqa: PLR1714 - narrows


def _problem(passages: Sequence[Passage], kind: LearningKind) -> tuple[Words, ...]:
    """Return what was wrong or wanted, by the first commit that says so."""
    free = [each for each in passages if each.role is None and each.is_problem]
    found = (
        of_roles(passages, "problem")
        or [each.words for each in free if not each.is_entry]
        or [each.words for each in free if kind == "fix" and _MENDED.search(each.words.text)]
        or of_roles([each for each in passages if not each.is_entry], "goal", "context")
    )
    own = [words for words in found if words.source == found[0].source]
    return tuple(own[:_MOST_SENTENCES])


def _context(
    work: CommittedWork, passages: Sequence[Passage], problem: Sequence[Words]
) -> Iterator[Words]:
    yield _record(_place(work), work.commits[0])
    told = [words for words in of_roles(passages, "context", "goal") if words not in problem]
    yield from told[:_MOST_SENTENCES]


def _place(work: CommittedWork) -> str:
    files = list(dict.fromkeys(change.path for each in work.commits for change in each.files or ()))
    more = f" and {len(files) - _MOST_FILES} more" if len(files) > _MOST_FILES else ""
    said = "\n".join(f"{each.subject}\n{each.body}" for each in work.commits)
    parts = {
        "From ": ", ".join(files[:_MOST_FILES]) + more if files else "",
        "in ": work.repository,
        "on branch ": work.branch or "",
        "named: ": ", ".join(list(dict.fromkeys(_ISSUE.findall(said)))[:_MOST_FILES]),
        "of headers: ": ", ".join(map(_place_of_issue, work.mended[:_MOST_FILES])),
    }
    return "; ".join(f"{before}{value}" for before, value in parts.items() if value)


def _approach(commits: Sequence[Commit], passages: Sequence[Passage]) -> tuple[Words, ...]:
    last = commits[-1].id
    told = of_roles(passages, "solution")
    done = [each.words for each in passages if sums_up(each.words.text)]
    for found in (told, done):
        ours = [words for words in found if words.source.id == last] or found
        if ours:
            return tuple(ours[:_MOST_SENTENCES])
    return (_subject(commits[-1]),)


def _steps(commits: Sequence[Commit], passages: Sequence[Passage]) -> Iterable[Words]:
    if len(commits) > 1:
        return [_subject(commit) for commit in commits]
    listed = [
        each.words for each in passages if each.is_entry and each.role in {"solution", "plan"}
    ]
    if listed:
        return listed
    changes = commits[0].files or ()
    return [_record(f"Edit {change.path}", commits[0]) for change in changes]


def _validation(passages: Sequence[Passage]) -> tuple[Words, ...]:
    told = of_roles(passages, "validation", "results")
    found = told or [each.words for each in passages if each.role is None and each.is_checked]
    return tuple(found[: 2 * _MOST_SENTENCES])


def _outcome(work: CommittedWork) -> tuple[Outcome, str]:
    """Return what the history shows, with the reason; the last attempt stands for all of them."""
    own = {commit.sha for commit in work.commits}
    by_others = [sha for sha in own if work.undone.get(sha, sha) not in own]
    if len(by_others) == len(own):
        return "failed", "every commit was taken back"
    if work.commits[-1].sha in work.undone:
        return "failed", "the last commit was taken back"
    if by_others:
        return "partial", "some of the commits were taken back"
    if work.has_stood:
        return "achieved", "committed, and not taken back in the week after"
    return "unknown", "committed, and the history does not go on for a week"


def _attempts(commits: Sequence[Commit]) -> Iterator[Words]:
    """Yield the last commit, behind those that it goes on with."""
    for earlier, later in pairwise(commits):
        yield _record(f"commit {earlier.sha[:12]} was gone on with by {later.sha[:12]}", earlier)
    last = commits[-1]
    yield _record(f"commit {last.sha[:12]}: {one_line(last.subject, 120)}", last)


def _issue(mended: MendedIssue) -> Words:
    text = " ".join(mended.issue.text.split())
    return Words(text=text, origin="document", source=Ref(kind="event", id=mended.header.id))


def _place_of_issue(mended: MendedIssue) -> str:
    number = f" #{mended.issue.number}" if mended.issue.number is not None else ""
    return f"issue{number} of {mended.header.path}"


def _subject(commit: Commit) -> Words:
    return Words(text=commit.subject, origin="commit", source=Ref(kind="event", id=commit.id))


def _record(text: str, commit: Commit) -> Words:
    return Words(text=text, origin="record", source=Ref(kind="event", id=commit.id))
