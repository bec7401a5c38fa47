"""Who had the last word in a trajectory, and whether the agent had come to an end with its work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from tracemill.label.calls.edits import is_editor
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.activity import Ending
from tracemill.records.sessions.trajectory import Step, ToolResult

_ENDS: Final = re.compile(
    r"(?<!t)ask|exit_?plan|question|user_?input|elicit|finish|submit|completion|respond"
    r"|\Arun_command\Z"
)
"""Tools that ask a person, that end the work, or that a person lets run after the last words."""
_ASKS: Final = re.compile(
    r"(?:.*(?<![a-z]))?ask_?(?:the_?)?(?:user|human|person|follow_?up)(?:_?questions?)?"
    r"|.*(?:user|human)_?input|(?:vscode_)?(?:ask_?)?questions?"
)
"""Tools that ask a person, whose turn it is until they answer; a server's that take a question may
ask a model or a data base, unless their names say whom."""
_LEAVES: Final = re.compile(r"\s*+/?(?:exit|quit)\s*+(?:;\s*+)?(?:⎿.*+\s*+)?", re.IGNORECASE)
"""What a person types to leave the agent's program, and the line that this prints."""


class LastWord:
    """Takes the steps of a person and of an agent, in their order."""

    def __init__(self) -> None:
        self.ending: Ending = "unknown"
        self.step = -1
        """The last step of either; -1 before the first."""
        self.asked: int | None = None
        """The last step that a person typed, unless to leave."""
        self.left: int | None = None
        """The step at which a person left."""
        self.is_cut_off = False
        """Whether the last of them called tools, though all calls came back, and neither asked a
        person nor ended with words around its edits."""
        self._open: set[str] = set()
        self._questions: set[str] = set()

    @property
    def is_waiting(self) -> bool:
        """Whether it ends with a question to a person, put by a tool, that nobody answered."""
        return bool(self._questions)

    def person(self, step: Step) -> None:
        """Take a step of a person; one that only leaves says nothing, and asks for nothing."""
        if _LEAVES.fullmatch(step.text):
            self.left = step.index
            return
        self.ending, self.step, self.is_cut_off = "user", step.index, False
        self.asked = step.index
        self._questions.clear()

    def agent(self, step: Step) -> None:
        """Take the calls of an agent's step, or of a late result's; one that is empty is none."""
        if step.speaker == "agent" and (step.calls or step.text.strip()):
            self.step = step.index
            has_words = bool(step.text.strip())
            self.is_cut_off = bool(step.calls) and not (has_words and _ends(step.calls[-1].name))
            self._open.clear()
            self._questions.clear()
        for call in step.calls:
            (self._questions if _asks_person(call.name) else self._open).add(call.id)

    def results(self, step: Step, results: Iterable[ToolResult]) -> None:
        """Take what came back for calls."""
        answered = [result.call_id for result in results]
        self._open.difference_update(answered)
        self._questions.difference_update(answered)
        if step.is_error:
            self.ending = "error"
        elif step.index == self.step or self.ending == "open_call":
            self.ending = "open_call" if self._open else "agent"


@lru_cache(maxsize=1_024)
def _ends(tool: str) -> bool:
    """Tell whether an agent that says something with a call may have come to an end with it.

    Edits may stand within the words, and are carried out when all is said.
    """
    return is_editor(tool) or _ENDS.search(tool.lower()) is not None


@lru_cache(maxsize=1_024)
def _asks_person(tool: str) -> bool:
    return _ASKS.fullmatch(plain_name(tool)) is not None
