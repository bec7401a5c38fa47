"""What a trajectory was to be about, in the words that are there.

A person's first words say it. Where nobody said anything in a session that goes on from another,
the first words that were copied do; where a program began one, as with a subagent or with what a
linter printed, the last words that it handed on before the agent began. Notes of the harness and
standing orders ask for nothing, and nothing is made up.
"""

from __future__ import annotations

import re
from typing import Final

from tracemill.base.text import start_of
from tracemill.records.sessions.trajectory import Step

_MAX_GOAL: Final = 2_000
_NOTES: Final = ("<", "[", "Caveat:", "Called the Read tool")
"""How notes of a harness begin."""
_STANDING: Final = re.compile(r"#+ *(?:AGENTS|CLAUDE|GEMINI)\.md\b")
"""How a file of standing orders begins that is put before the work."""
_ROLE: Final = re.compile(
    r"(?i:you(?: are|['\u2019]re)) (?:(?i:an?|the|my|our)\b|[A-Z])|(?i:your (?:role|job) is\b)"
)
"""How a text begins that says who the agent is to be."""
_COMMAND: Final = "/"


class FirstWords:
    """Takes the steps of a trajectory, in their order."""

    def __init__(self) -> None:
        self._said = self._copied = self._handed = self._role = ""
        self._has_begun = False
        """Whether the agent has done anything."""

    def step(self, step: Step) -> None:
        """Take the next step."""
        if step.speaker == "user":
            if step.is_replayed:
                self._copied = self._copied or start_of(step.text, _MAX_GOAL)
            else:
                self._said = self._said or start_of(step.text, _MAX_GOAL)
        elif step.speaker == "system" and not self._has_begun:
            self._hand(start_of(_asked_for(step.text), _MAX_GOAL))
        else:
            self._has_begun = True

    def _hand(self, asked: str) -> None:
        if _ROLE.match(asked):
            self._role = asked
        elif asked:
            self._handed = asked

    def goal(self, *, is_subagent: bool) -> str:
        """Return the words; empty where there are none.

        A subagent is told its role and its task in one text; others have a role in every session.
        """
        return self._said or self._copied or self._handed or (self._role if is_subagent else "")


def _asked_for(text: str) -> str:
    """Return what a program hands to an agent: a request, or the command whose output follows."""
    plain = text.strip()
    if plain.startswith(_NOTES) or _STANDING.match(plain):
        return ""
    command, _, output = plain.partition("\n")
    return plain if not plain.startswith(_COMMAND) else command if output else ""
