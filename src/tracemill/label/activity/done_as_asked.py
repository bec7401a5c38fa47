"""Requests that one command fulfils: to move, copy or delete a file, to clone or to switch.

Such a command is itself what was asked for, so that it ended well shows the request done. It counts
where the person was brief and named what it does something to, and where the agent changed nothing
else until they spoke again: then the command is a means to something that nobody saw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from tracemill.label.calls.commands import unfold
from tracemill.label.calls.edits import is_editor
from tracemill.label.calls.shell import Part, clip, parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

_DOING: Final = frozenset(
    {"mv", "cp", "ln", "rm", "rmdir", "mkdir", "unzip", "tar", "ren", "move", "copy", "del"}
    | {"move-item", "copy-item", "rename-item", "remove-item", "new-item"}
)
_GIT_DOING: Final = frozenset(
    {"mv", "rm", "clone", "submodule", "switch", "checkout", "branch", "remote", "tag", "worktree"}
)
_MAY_DO: Final = re.compile(
    r"\b(?:mv|cp|ln|rm|rmdir|mkdir|unzip|tar|ren|move|copy|del|git|(?:move|copy|rename|remove|new)-item)\b",
    re.IGNORECASE,
)
_BESIDE: Final = frozenset(
    {"cd", "ls", "dir", "pwd", "cat", "head", "tail", "echo", "printf", "find", "stat", "file"}
    | {"test", "[", "tree", "wc", "du", "which", "set-location", "get-childitem", "test-path"}
)
"""Commands that only look, or that stand beside what a line is about."""
_GIT_BESIDE: Final = frozenset({"status", "log", "diff", "show", "rev-parse", "ls-files", "fetch"})
_LISTS: Final = frozenset(
    {"-v", "-a", "-l", "-r", "--list", "list", "-vv", "--show-current", "status"}
)
"""With which a verb of git that may change something only lists."""
_FAILED: Final = re.compile(
    r"No such file|cannot |can't |[Pp]ermission denied|not found|^(?:fatal|error)\b|: unknown|"
    r"is not recognized",
    re.MULTILINE,
)
_MAX_ASKED: Final = 300
"""Characters above which a turn asks for more than a command."""
_MAX_COMMANDS: Final = 8
_MAX_FOUND: Final = 100
_SHORT: Final = 3
"""Below so many characters, a name may stand anywhere."""
_NEAR: Final = 1_000


class _Ran(NamedTuple):
    step: int
    command: str
    result: ToolResult | None


class DoneAsAsked:
    """Takes the steps of a person and of an agent, in their order."""

    def __init__(self) -> None:
        self._asked = ""
        self._ran: list[_Ran] = []
        self._is_more = True
        """Whether the agent changed something else, too, or was asked for nothing brief."""
        self._steps: list[int] = []

    def person(self, step: Step) -> None:
        """Take what a person said."""
        self._close()
        self._asked = step.text.casefold()
        self._is_more = len(step.text) > _MAX_ASKED

    def agent(self, step: Step) -> None:
        """Take what an agent called, with what came back."""
        if self._is_more or not step.calls:
            return
        results = {result.call_id: result for result in step.results}
        for call in step.calls:
            self._call(call, step.index, results.get(call.id))

    def finish(self) -> tuple[int, ...]:
        """Return the indexes of the steps at which such a command ended well, in order."""
        self._close()
        return tuple(self._steps)

    def _call(self, call: ToolCall, step: int, result: ToolResult | None) -> None:
        name = plain_name(call.name)
        command = command_of(call.arguments) if name in SHELLS else None
        if command is not None:
            self._ran.append(_Ran(step, command, result))
        self._is_more |= is_editor(name) or len(self._ran) > _MAX_COMMANDS

    def _close(self) -> None:
        is_brief = not self._is_more and len(self._steps) < _MAX_FOUND
        if is_brief and any(_MAY_DO.search(ran.command) for ran in self._ran):
            lines = [(ran, unfold(parse(ran.command)).parts) for ran in self._ran]
            if all(_does(part) or _is_beside(part) for _, parts in lines for part in parts):
                self._steps += (ran.step for ran, parts in lines if self._is_done(ran, parts))
        self._ran.clear()

    def _is_done(self, ran: _Ran, parts: tuple[Part, ...]) -> bool:
        things = (thing for part in parts if _does(part) for thing in _things(part))
        is_named = any(_names(self._asked, thing) for thing in things)
        return is_named and ran.result is not None and _has_worked(ran.result)


def _does(part: Part) -> bool:
    """Tell whether a command does something that a person may ask for as such."""
    words = part.bare or part.words
    if words[0].lower() in _DOING:
        return True
    verb = words[1] if len(words) > 1 else ""
    only_lists = len(words) <= 2 or not _LISTS.isdisjoint(words[2:])  # noqa: PLR2004 - git and verb
    return words[0] == "git" and verb in _GIT_DOING and not only_lists


def _is_beside(part: Part) -> bool:
    words = part.bare or part.words
    if words[0] == "git":
        return len(words) > 1 and words[1] in _GIT_BESIDE
    return words[0].lower() in _BESIDE and not part.writes


def _things(part: Part) -> Iterator[str]:
    """Yield the names of what a command does something to, with and without their endings."""
    words = part.bare or part.words
    for word in words[2 if words[0] == "git" else 1 :]:
        name = re.split(r"[\\/]", word.rstrip("\\/"))[-1].casefold()
        if not word.startswith("-"):
            yield name
            yield name.rpartition(".")[0]


def _names(asked: str, thing: str) -> bool:
    if len(thing) < _SHORT:
        return False
    return re.search(rf"(?<!\w){re.escape(thing)}(?!\w)", asked) is not None


def _has_worked(result: ToolResult) -> bool:
    near = clip(result.content, _NEAR, _NEAR)
    return result.status == "ok" and not result.exit_code and not _FAILED.search(near)
