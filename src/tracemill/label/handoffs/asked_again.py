"""Whether the next session asks again for what a hand-off already told it.

A file is asked for again where its name is looked for before it is opened: by a tool that finds
files, or a command such as `find -name`. To search within files for a word that is also a file's
name looks for its uses, and counts as neither. A command is used where it is run as told. A
question to a person is asked again where one sentence of the hand-off holds most of its words.
What is neither used nor asked for was perhaps not needed: it stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from tracemill.base.handed_on import content_words, is_named
from tracemill.label.calls.shell import parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.label.learning.sentences import sentences
from tracemill.records.sessions.trajectory import Step, ToolCall
from tracemill.records.work.handoffs import (
    AskedQuestion,
    CheckedHandOff,
    FactFate,
    HandedFact,
    HandOff,
)

_FINDERS: Final = frozenset(
    {"glob", "find_files", "find", "file_search", "glob_file_search", "find_file", "list_files"}
)
_FINDING: Final = frozenset({"find", "fd", "locate", "tree"})
_ASKING: Final = re.compile(r"ask_?user|askuser|ask_question\Z|ask_followup|user_input|elicit")
_UNTOUCHED: Final[tuple[FactFate, int | None]] = ("untouched", None)
_WILD: Final = re.compile(r"[*?\[{]")
_ENDING: Final = re.compile(r"\.[a-z0-9]{1,10}\Z")
_NAMED: Final = re.compile(r"[a-z0-9_-]{3,}")
_WRITTEN: Final = re.compile(r"content|string|_str\b|newStr|oldStr|file_text|code_edit|body|diff")
"""Arguments that hold what a call writes, or what stood there before."""
_MIN_WORDS: Final = 3
_MOST: Final = 0.7
_MAX_QUESTIONS: Final = 100
_MAX_QUESTION: Final = 500


class _Told(NamedTuple):
    text: str
    words: frozenset[str]


class AskedAgain:
    """Takes the steps of the session that went on, in their order, from where it did."""

    def __init__(self, handoff: HandOff) -> None:
        self._handoff = handoff
        self._files: dict[str, tuple[FactFate, int]] = {}
        self._commands: dict[str, int] = {}
        self._questions: list[AskedQuestion] = []
        told = (said.text for said in sentences(handoff.text))
        items = (item.text for item in handoff.items)
        self._told = [_Told(text, content_words(text)) for text in (*told, *items)]

    def take(self, step: Step) -> None:
        """Take the next step."""
        if step.speaker != "agent" or step.is_replayed:
            return
        for call in step.calls:
            if _ASKING.search(plain_name(call.name)):
                for question in _asked_by(call.arguments):
                    self._ask(question, step.index)
            self._look(call, step.index)
        if not step.calls:
            for said in sentences(step.text):
                if said.text.endswith("?"):
                    self._ask(said.text, step.index)

    def finish(self, trajectory_id: str) -> CheckedHandOff:
        """Return what became of each fact, and which questions had been answered before."""
        files = (
            HandedFact(kind="file", text=path, fate=fate, step=step)
            for path in self._handoff.files
            for fate, step in [self._files.get(path, _UNTOUCHED)]
        )
        commands = (
            HandedFact(
                kind="command",
                text=command,
                fate="used" if command in self._commands else "untouched",
                step=self._commands.get(command),
            )
            for command in self._handoff.commands
        )
        return CheckedHandOff(
            handoff_id=self._handoff.id,
            trajectory_id=trajectory_id,
            facts=(*files, *commands),
            questions=tuple(self._questions),
        )

    def _look(self, call: ToolCall, step: int) -> None:
        command = command_of(call.arguments) if plain_name(call.name) in SHELLS else None
        said = " ".join((command or "").split()) or _texts_of(call.arguments)
        searched = tuple(_names_looked_for(call, command))
        for path in self._handoff.files:
            if path in self._files:
                continue
            if _is_looked_for(path, searched):
                self._files[path] = ("asked_again", step)
            elif is_named(path, said):
                self._files[path] = ("used", step)
        for told in self._handoff.commands if command else ():
            if told in said:
                self._commands.setdefault(told, step)

    def _ask(self, question: str, step: int) -> None:
        if len(self._questions) >= _MAX_QUESTIONS:
            return
        words = content_words(question)
        told = None
        if len(words) >= _MIN_WORDS:
            told = max(self._told, key=lambda each: len(each.words & words), default=None)
            if told is not None and len(told.words & words) < _MOST * len(words):
                told = None
        text = " ".join(question.split())[:_MAX_QUESTION]
        self._questions.append(
            AskedQuestion(text=text, step=step, told=told.text if told is not None else None)
        )


def _is_looked_for(path: str, searched: Iterable[str]) -> bool:
    """Tell whether any of some patterns looks for a file by its name.

    One that names a whole place only looks whether the file is there, and one of endings alone
    looks for a kind of files.
    """
    name = path.rsplit("/", 1)[-1].lower()
    for pattern in searched:
        last = pattern.lower().rsplit("/", 1)[-1]
        is_place = "/" in pattern and not _WILD.search(pattern)
        is_name = _NAMED.search(_ENDING.sub("", last)) is not None and not last.startswith("*.")
        if is_name and not is_place and fnmatchcase(name, last):
            return True
    return False


def _names_looked_for(call: ToolCall, command: str | None) -> Iterator[str]:
    """Yield the names by which a call looks for files; none where it looks within them."""
    if command is not None:
        for part in parse(command).parts:
            words = part.bare
            is_listing = words[:2] == ("git", "ls-files")
            if words and (words[0] in _FINDING or is_listing):
                yield from (word for word in words[1:] if not word.startswith("-"))
    elif plain_name(call.name) in _FINDERS:
        for name in ("pattern", "glob_pattern", "query", "name", "filePattern"):
            value: Any = call.arguments.get(name)
            if isinstance(value, str):
                yield value


def _texts_of(arguments: Mapping[str, Any]) -> str:
    """Return the short texts that a call is given; what it writes names nothing that it uses."""
    return "\n".join(
        value
        for name, value in arguments.items()
        if isinstance(value, str) and len(value) <= _MAX_QUESTION and not _WRITTEN.search(name)
    )


def _asked_by(arguments: Mapping[str, Any]) -> Iterator[str]:
    asked: Any = arguments.get("questions")
    listed = asked if isinstance(asked, list) else [arguments]
    for each in listed:
        question: Any = each.get("question") if isinstance(each, dict) else each
        if isinstance(question, str) and question.strip():
            yield question
