"""Which commands, skills and subagents a session used, as its log names them.

A person calls a command or skill with a slash, which an agent's log marks; an agent calls a skill
by a tool of that name, and hands work to a subagent by naming its kind. A plug-in's name before a
colon is left away: files are not called so. What a log does not mark is unknown, not unused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tracemill.records.sessions.activity import UsedKind, UsedText
from tracemill.records.sessions.trajectory import Step

_MOST: Final = 100
_LONGEST: Final = 200
_MARK: Final = "<command-name>"
_COMMAND: Final = re.compile(r"<command-name>\s*/?([^<\s]{1,200})\s*</command-name>")
_CALLS: Final[Mapping[str, tuple[UsedKind, tuple[str, ...]]]] = {
    "skill": ("command", ("skill", "name", "command")),
    "slashcommand": ("command", ("command",)),
    "task": ("agent", ("subagent_type", "agent")),
    "agent": ("agent", ("subagent_type", "agent")),
    "delegate": ("agent", ("subagent_type", "agent")),
}
"""Tools that use such a text, in small letters without `_`; arguments that name it."""


class UsedTexts:
    """Gathers what a session used, each once, at the step that first did."""

    def __init__(self) -> None:
        self._found: dict[tuple[UsedKind, str], int] = {}

    def see(self, step: Step) -> None:
        """Take a step that was not replayed."""
        if not step.calls and _MARK not in step.text:
            return
        for used in _in_step(step):
            if len(self._found) < _MOST:
                self._found.setdefault(used, step.index)

    def finish(self) -> tuple[UsedText, ...]:
        """Return what was used, in the order of first use."""
        return tuple(
            UsedText(kind=kind, name=name, step=step) for (kind, name), step in self._found.items()
        )


def _in_step(step: Step) -> Iterator[tuple[UsedKind, str]]:
    if step.speaker != "agent":
        yield from (("command", _bare(name)) for name in _COMMAND.findall(step.text))
    for call in step.calls:
        known = _CALLS.get(call.name.lower().replace("_", ""))
        if known is None:
            continue
        kind, names = known
        said = (call.arguments.get(name) for name in names)
        found = next((each for each in said if isinstance(each, str) and each.strip()), "")
        words = found.split(maxsplit=1)
        if words and len(words[0]) <= _LONGEST:
            yield kind, _bare(words[0])


def _bare(name: str) -> str:
    return name.lstrip("/").rpartition(":")[2]
