"""Files as they were before something in them was mended: which issue does this one have?

What was wrong is told by who mended it: the header that listed it, or the commit's message. The
wrong answers are issues that were mended in the same file or repository before, so that this state
does not have them any more, or, where there are too few, of other repositories. A line of the file
that itself tells an issue, as a header does, is not shown.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.evaluate.building import DropReason, make_case
from tracemill.evaluate.choices import N_OTHERS, Statement, make_question, nearest
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case

_WORD: Final = re.compile(r"\w{3,}")
_TELLING: Final = 0.6
"""Share of an issue's words in one line from which that line tells it."""
_LEAST_ROOM: Final = 500
_SHOWN: Final = "`{path}`, as it was before somebody mended something in it:"
_ASKED: Final = "Which of these issues does it have?"


class MendedFile(NamedTuple):
    """A file as it was before a commit mended something in it."""

    work_id: str
    """The piece of work that mended it."""
    repository: str
    path: str
    before: str
    """What the file held."""
    first_line: int
    """Number of the first line that was changed, from 1; the part around it is shown."""
    issue: str
    """What was wrong, as the header or the message says."""
    at: datetime
    """When it was mended."""
    told_by: str
    """`header` or `commit`."""


def issue_cases(files: Sequence[MendedFile], max_chars: int) -> Iterator[Case | DropReason]:
    """Yield a question for each file, and why there is none."""
    for file in files:
        others = list(_mended_before(file, files))
        question = make_question(
            _ASKED, Statement(file.issue, file.work_id), others, f"{file.work_id}:{file.path}"
        )
        if question is None:
            yield "no_others"
            continue
        intro = _SHOWN.format(path=file.path)
        room = max_chars - len(question.text) - len(intro)
        lines = _untold(file.before, [file.issue, *(each.text for each in others)])
        if room < _LEAST_ROOM:
            yield "too_long"
            continue
        shown = "\n".join(_around(lines, file.first_line, room))
        if not shown.strip():
            yield "too_long"  # the line that is meant has no room, or tells the issue
            continue
        asked = f"{intro}\n\n```\n{shown}\n```\n\n{question.text}"
        yield make_case(
            Case(
                id="",
                messages=(Message(role="user", content=asked),),
                checks=("choice",),
                choice=question.letter,
                group=file.work_id,
                slices=("skill:issue", f"told_by:{file.told_by}"),
                example_id=file.work_id,
            )
        )


def _mended_before(file: MendedFile, files: Iterable[MendedFile]) -> Iterator[Statement]:
    """Yield issues that this state of a file does not have, of its own work as far as they do."""
    earlier = [
        each
        for each in files
        if each.work_id != file.work_id and each.repository == file.repository and each.at < file.at
    ]
    elsewhere = [each for each in files if each.repository != file.repository]
    right = Statement(file.issue, file.work_id)
    same = [Statement(each.issue, each.work_id) for each in earlier if each.path == file.path]
    for held in (same, [Statement(each.issue, each.work_id) for each in earlier]):
        if len(nearest(right, held)) >= N_OTHERS:
            yield from held
            return
    yield from (Statement(each.issue, each.work_id) for each in (*earlier, *elsewhere))


def _untold(before: str, issues: Iterable[str]) -> list[str]:
    """Return the lines of a file, those blank that tell an issue."""
    told = [frozenset(_WORD.findall(issue.lower())) for issue in dict.fromkeys(issues)]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(told):
        for word in words:
            places[word].append(at)

    def tells(line: str) -> bool:
        said = frozenset(_WORD.findall(line.lower()))
        n_said = Counter(at for word in said for at in places.get(word, ()))
        return any(n >= _TELLING * len(told[at]) for at, n in n_said.items())

    return ["" if tells(line) else line for line in before.splitlines()]


def _around(lines: Sequence[str], first: int, room: int) -> Sequence[str]:
    """Return as many lines as there is room for, a third of them before the one that is meant."""
    start = end = min(max(first - 1, 0), max(len(lines) - 1, 0))
    while room > 0:
        before, behind = start > 0, end < len(lines)
        if behind and (not before or end - first < 2 * (first - start)):
            room -= len(lines[end]) + 1
            end += room >= 0
        elif before:
            room -= len(lines[start - 1]) + 1
            start -= room >= 0
        else:
            break
    return lines[start:end]
