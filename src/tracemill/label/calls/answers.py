"""Results that are marked as failed and are no failures.

Some commands answer by their exit code: with 1 `grep` says that it found nothing.

A higher code is a failure of theirs as of any other program. A line of several commands ends with
the code of the one that ended it, so a line answers only where nothing else can have ended it.
A call that was not run as another one beside it had failed has no failure of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.label.calls.commands import unfold
from tracemill.label.calls.shell import CommandLine, Part, parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.label.calls.verdict import are_quiet
from tracemill.records.sessions.trajectory import ToolCall, ToolResult

ANSWERING: Final = frozenset(
    {"grep", "egrep", "fgrep", "zgrep", "rg", "ag", "ack", "diff", "cmp", "test", "[", "[["}
    | {"which", "type", "pgrep", "findstr", "where"}
)
"""Programs that only answer: what is there, what is the same, what holds."""
_GIT_ANSWERS: Final = frozenset(
    {"grep", "diff", "diff-index", "check-ignore", "merge-base", "show-ref"}
)
_GIT_ASKS: Final = frozenset({"--get", "--get-all", "--get-regexp", "--get-urlmatch"})
"""Options of `git config` that ask for a value, and with 1 say that there is none."""
_GIT_VALUES: Final = frozenset({"-C", "-c", "--git-dir", "--work-tree"})
_ASKING: Final = {
    "dpkg": frozenset({"-l", "-s", "-L", "-S", "--list", "--status"}),
    "dpkg-query": frozenset({"-l", "-s", "-L", "-S", "-W", "--list", "--status", "--show"}),
    "rpm": frozenset({"-q", "-qi", "-ql", "-qf", "--query"}),
    "pacman": frozenset({"-Q", "-Qi", "-Qs", "--query"}),
    "pip": frozenset({"show"}),
    "pip3": frozenset({"show"}),
    "brew": frozenset({"list", "ls"}),
}
"""By the program of a package manager, what asks whether something is installed."""
_ASKS_SHELL: Final = frozenset({("command", "-v"), ("command", "-V")})
_NONE: Final[frozenset[str]] = frozenset()
_NO: Final = 1
_NO_FOLDER: Final = "cd: "
_HEAD: Final = 400
_NOT_RUN: Final = ("Sibling tool call errored", "Cancelled: parallel tool call")
_LONGEST_NOT_RUN: Final = 200
_NOTHING_THERE: Final = "<system-reminder>Warning: the file exists but "
"""How Claude Code says that a part of a file that was asked for is not there."""


def is_answer(call: ToolCall, result: ToolResult) -> bool:
    """Tell whether a result that is marked as failed only says no, or that nothing was run."""
    if was_not_run(result):
        return True
    if result.exit_code != _NO or plain_name(call.name) not in SHELLS:
        return False
    command = command_of(call.arguments)
    if command is None or _NO_FOLDER in result.content[:_HEAD]:
        return False
    line = unfold(parse(command))
    if line.has_control or not line.parts or not _answers(line.parts[-1]):
        return False
    return are_quiet(part for part in _ending(line) if not _answers(part))


def was_not_run(result: ToolResult) -> bool:
    """Tell whether a call was left out as another one beside it had failed."""
    is_short = len(result.content) <= _LONGEST_NOT_RUN
    return is_short and any(said in result.content for said in _NOT_RUN)


def gave_nothing(result: ToolResult) -> bool:
    """Tell whether a call that went well says that there was nothing to give."""
    return result.content.startswith(_NOTHING_THERE)


def _ending(line: CommandLine) -> Iterator[Part]:
    """Yield what stands before the last command and may have ended the line by failing."""
    ends = {"&&", ";"} if line.stops_early else {"&&"}
    for part in reversed(line.parts[:-1]):
        if part.after == "|" and not line.keeps_pipe_status:
            continue
        if part.after != "|" and part.after not in ends:
            return
        yield part


def _answers(part: Part) -> bool:
    if part.words[:2] in _ASKS_SHELL:
        return True
    if not part.bare:
        return False
    name = part.bare[0].rsplit("/", 1)[-1]
    if name != "git":
        return name in ANSWERING or not _ASKING.get(name, _NONE).isdisjoint(part.bare[1:2])
    verb = _git_verb(part.bare)
    return verb in _GIT_ANSWERS or (verb == "config" and not _GIT_ASKS.isdisjoint(part.bare))


def _git_verb(words: tuple[str, ...]) -> str | None:
    rest = iter(words[1:])
    for word in rest:
        if word in _GIT_VALUES:
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None
