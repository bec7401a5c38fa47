"""What can be learned from pieces of work as rows to train on, one skill each.

| view | asked with | answered by |
|---|---|---|
| `problem` | the lines as they were before a fix, and where | what was wrong |
| `design` | the problem and its context | the steps, as they were planned or listed |
| `implementation` | the problem, the steps, and the lines as they were | the diff |
| `validation` | the problem, and what was done about it | the commands that checked it |

Both sides stand in the record, and the work was achieved. Only what surely belongs together makes a
row: the lines are those of the commit that carried the work out, and a check is named by its
command alone, since who learned the result as well would learn to make results up. What a commit's
message claims to have checked is no check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from typing import Final, Literal

from tracemill.base.git.hunks import lines_of
from tracemill.base.ids import make_id
from tracemill.records.datasets.examples import Split
from tracemill.records.refs import Record
from tracemill.records.work.changes import ChangedText, StepChanges
from tracemill.records.work.learning import LearningEpisode, Words

LearningView = Literal["problem", "design", "implementation", "validation"]
"""What a row shows."""
ViewDrop = Literal[
    "not_achieved", "short_problem", "no_lines", "long_change", "changed_twice", "no_steps",
    "no_check",
]  # fmt: skip
"""Why a piece of work gives no row: it is not known to have been achieved, or says too little of
what was wrong or wanted; or why it gives none of a view: no line of its commits is known, they are
too many to be seen at once, or two commits changed one file, so that the lines before the second
show what the first made of them; it lists no steps; or no command that checked it."""
_MOST: Final = 12_000
"""Characters of lines, before and after together, from which a change is too long."""
_CUT: Final = 160
"""Characters at which commands are cut."""
_NO_CHECKS: Final = ("git ", "rtk git ")
"""How commands begin whose hooks may have checked, and that nobody runs to check."""
_MIN_PROBLEM: Final = 30
"""Characters from which it is said what was wrong or wanted."""
_MIN_STEPS: Final = 3
"""Steps from which a list is a plan."""
_PLANNED: Final = frozenset({"todo", "plan"})
"""Where steps come from that were listed before they were done."""
_NO_END: Final = "\n\\ No newline at end of file\n"
"""How a diff says that a file ends in the middle of a line."""
_EDIT: Final = "Edit "
"""How a step begins that only names a file."""
_ASKED: Final[Mapping[LearningView, str]] = {
    "problem": "What is wrong here?",
    "design": "How would you go about it? List the steps.",
    "implementation": "Carry it out. Answer with a unified diff.",
    "validation": "Which commands would you run to check it?",
}


class ViewMessage(Record, frozen=True, kw_only=True):
    """One side of a row."""

    role: Literal["user", "assistant"]
    """Who speaks."""
    content: str
    """What is said."""


class ViewRow(Record, frozen=True, kw_only=True):
    """One skill of one piece of work."""

    id: str
    """Derived from its messages."""
    view: LearningView
    """What it shows."""
    episode_id: str
    """The piece of work, as in `sources.jsonl`."""
    split: Split
    """Which part it is in; a piece of work is never in two."""
    messages: tuple[ViewMessage, ViewMessage]
    """What is asked, and what is learned."""


def view_rows(
    episode: LearningEpisode, changes: Sequence[StepChanges], split: Split
) -> Iterator[ViewRow | ViewDrop]:
    """Yield the rows of a piece of work, and why there is none of a view."""
    said = _joined(episode.problem)
    if episode.outcome != "achieved" or len(said) < _MIN_PROBLEM:
        yield "short_problem" if episode.outcome == "achieved" else "not_achieved"
        return
    files = [file for change in changes for file in change.files if file.hunks]
    lines = _before(files)
    against = _against(files, lines)
    problem = f"Problem: {said}"
    if episode.kind == "fix":
        if against or not any(hunk.before for file in files for hunk in file.hunks):
            yield against or "no_lines"
        else:
            yield _row("problem", episode, split, lines, said)
    steps = _listed(episode.implementation_steps)
    if len(steps) >= _MIN_STEPS:
        where = f"Context: {_joined(episode.context)}"
        yield _row("design", episode, split, f"{problem}\n{where}", "\n".join(_numbered(steps)))
    else:
        yield "no_steps"
    if against:
        yield against
    else:
        told = "\n".join([problem, *_numbered(steps), lines])
        yield _row("implementation", episode, split, told, _diff(files))
    if checks := list(_checks(episode.validation)):
        done = f"Done: {_joined(episode.solution_approach)}" if episode.solution_approach else ""
        edited = [words.text for words in episode.implementation_steps if _names_file(words)]
        told = "\n".join(filter(None, [problem, done, *edited]))
        yield _row("validation", episode, split, told, "\n".join(checks))
    else:
        yield "no_check"


def _against(files: Sequence[ChangedText], lines: str) -> ViewDrop | None:
    """Return why lines and diff of some files are nothing to learn from."""
    if not files:
        return "no_lines"
    if len({file.path for file in files}) < len(files):
        return "changed_twice"
    return "long_change" if len(lines) + len(_diff(files)) > _MOST else None


def _row(
    view: LearningView, episode: LearningEpisode, split: Split, told: str, answer: str
) -> ViewRow:
    asked = f"{told}\n\n{_ASKED[view]}"
    return ViewRow(
        id=make_id("view", view, asked, answer),
        view=view,
        episode_id=episode.episode_id,
        split=split,
        messages=(
            ViewMessage(role="user", content=asked),
            ViewMessage(role="assistant", content=answer),
        ),
    )


def _joined(words: Sequence[Words]) -> str:
    return " ".join(each.text for each in words)


def _names_file(words: Words) -> bool:
    return words.origin == "record" and words.text.startswith(_EDIT)


def _listed(steps: Sequence[Words]) -> list[str]:
    """Return steps that were listed or planned: names of files and of commits are no plan."""
    places = Counter(words.source for words in steps)
    return [
        words.text
        for words in steps
        if words.origin in _PLANNED
        or (words.origin == "commit" and places[words.source] >= _MIN_STEPS)
    ]


def _numbered(steps: Sequence[str]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]


def _before(files: Sequence[ChangedText]) -> str:
    """Return the lines as they were, file by file."""
    return "\n".join(
        f"`{file.path}`, from line {hunk.old_start}:\n```\n{hunk.before}```"
        for file in files
        for hunk in file.hunks
    )


def _diff(files: Sequence[ChangedText]) -> str:
    return "".join(part for file in files for part in _diff_of(file))


def _diff_of(file: ChangedText) -> Iterator[str]:
    old = "/dev/null" if file.status == "A" else f"a/{file.old_path or file.path}"
    yield f"--- {old}\n"
    yield f"+++ {'/dev/null' if file.status == 'D' else f'b/{file.path}'}\n"
    for hunk in file.hunks:
        before, after = lines_of(hunk.before), lines_of(hunk.after)
        old, new = _range(hunk.old_start, before), _range(hunk.new_start, after)
        yield f"@@ -{old} +{new} @@\n"
        whole = list(unified_diff(before, after, n=max(len(before), len(after))))
        yield from (line if line.endswith("\n") else f"{line}{_NO_END}" for line in whole[3:])


def _range(start: int, lines: Sequence[str]) -> str:
    """Return where lines stand, as a diff says it: of none, behind which line they would."""
    return f"{start if lines else start - 1},{len(lines)}"


def _checks(validation: Sequence[Words]) -> Iterator[str]:
    """Yield the commands of checks, each once, without what they printed."""
    found = (words.command for words in validation if words.command is not None)
    yield from dict.fromkeys(
        command for command in found if len(command) < _CUT and not command.startswith(_NO_CHECKS)
    )
