"""What the model had seen of a file when it edited it, as far as the log shows.

An edit names the text that it takes away. Where that stands nowhere before it, in what was said,
what came back from tools or what the agent wrote itself, the log does not hold what the model saw:
some agents put files into a prompt that they do not record. Who imitates such an edit learns to
make up the contents of files. Beside such edits, and where an agent edits and never looks, the same
is true of code in its words; and of all its words behind a command to its program, such as `/ask`,
which may put in anything.
What an edit names that failed was perhaps nowhere, so it shows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress, islice, repeat
from math import ceil
from operator import contains
from typing import Any, Final

from tracemill.curate.windows.families import family_of
from tracemill.records.sessions.trajectory import Step

_OLD: Final = ("old", "search")
"""How the arguments begin that hold what an edit takes away."""
_FILE_NAME: Final = re.compile(r"path|file", re.IGNORECASE)
"""In the names of arguments that say which file is meant."""
_PATCH: Final = "*** Update File:"
"""What stands in a patch before the lines that it changes."""
_LEAD: Final = re.compile(r"\s*(?:\d+\s*(?:→|\t|\||:)\s?)?[-+ ]?\s*")
"""What may stand before a line's own text: its number, and the mark of a difference."""
_FENCE: Final = "```"
_CODE: Final = re.compile(rf"^{_FENCE}[^\n]*\n(.*?)^{_FENCE}", re.MULTILINE | re.DOTALL)
"""A block of code in what is said."""
_COMMAND: Final = "/"
"""How a command to the agent's program begins."""
_MIN_CHARS: Final = 4
"""Shorter lines, such as a closing bracket, stand in any file."""
_SEEN: Final = 0.5
"""Share of an edit's old lines that must have been seen: agents shorten what they show."""


def blind_edits(steps: Sequence[Step]) -> set[int]:
    """Return the indexes of steps that edit or tell what stands nowhere before them in `steps`."""
    never_looks = not any(map(_looks, steps))
    commanded = set(_behind_commands(steps)) if never_looks else set()
    replaced = {step.index: old for step in steps if (old := _old_texts(step))}
    if not replaced:
        return commanded
    seen = _Seen()
    blind: set[int] = set()
    quoting: set[int] = set()
    for step in steps:
        if step.speaker == "agent":
            if any(map(seen.lacks, replaced.get(step.index, ()))):
                blind.add(step.index)
            if _FENCE in step.text and any(map(seen.lacks, _CODE.findall(step.text))):
                quoting.add(step.index)
        seen.take(step)
    return blind | commanded | (quoting if blind or never_looks else set())


def _looks(step: Step) -> bool:
    """Tell whether a call other than an edit showed anything, as what was then seen is told."""
    edits = {call.id for call in step.calls if family_of(call.name) == "edit"}
    return any(result.content and result.call_id not in edits for result in step.results)


def _behind_commands(steps: Sequence[Step]) -> Iterator[int]:
    """Yield the words of the agent that answer a command to its program."""
    is_commanded = has_answer = False
    for step in steps:
        if step.speaker == "user":
            is_commanded = step.text.startswith(_COMMAND) or (is_commanded and not has_answer)
        elif step.speaker == "agent" and is_commanded and not step.calls:
            yield step.index
        has_answer = step.speaker == "agent"


class _Seen:
    """All that stood before a step."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._last_hit = ""
        """The text in which a line was last found."""

    def take(self, step: Step) -> None:
        """Take all that a step says, writes and gets, but for the arguments of what failed."""
        self.add(step.text)
        missed = {result.call_id for result in step.results if result.status == "error"}
        for call in step.calls:
            for _, text in leaves(call.arguments) if call.id not in missed else ():
                self.add(text)
        for result in step.results:
            self.add(result.content)

    def add(self, text: str) -> None:
        self._texts.append(text)

    def lacks(self, text: str) -> bool:
        """Tell whether most lines of a text stand nowhere, as a line or within one."""
        lines = set(_lines(text))
        n_enough = ceil(_SEEN * len(lines))
        seen = islice(filter(self._holds, lines), n_enough)
        return sum(1 for _ in seen) < n_enough

    def _holds(self, line: str) -> bool:
        """Look where the line before was found, then at what came last first.

        Lines of one edit stand in one file, and most edits are of what was just read.
        """
        if line not in self._last_hit:
            newest = self._texts[::-1]
            found = next(compress(newest, map(contains, newest, repeat(line))), None)
            if found is None:
                return False
            self._last_hit = found
        return True


def is_bare_edit(step: Step) -> bool:
    """Tell whether a step edits a file and does not say how: some logs keep only its name."""
    return any(
        family_of(call.name) == "edit"
        and all(_FILE_NAME.search(name) for name, _ in leaves(call.arguments))
        for call in step.calls
    )


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in the arguments of a call, with the name that it stands under."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, name)


def _old_texts(step: Step) -> list[str]:
    found = []
    for call in step.calls:
        for name, text in leaves(call.arguments):
            if name.startswith(_OLD):
                found.append(text)
            elif _PATCH in text:
                found.append("\n".join(_taken_away(text)))
    return found


def _taken_away(patch: str) -> Iterator[str]:
    """Yield the lines that a patch expects in the files that it changes."""
    is_update = False
    for line in patch.splitlines():
        if line.startswith("***"):
            is_update = line.startswith(_PATCH)
        elif is_update and line[:1] in {"-", " "}:
            yield line


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        own = _LEAD.sub("", line, count=1).rstrip()
        if len(own) >= _MIN_CHARS:
            yield own
