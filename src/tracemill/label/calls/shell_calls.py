"""Shell calls of a trajectory: from the command to what became of it, however long it took.

A call's result may stand with it, come later, or come piece by piece: an agent may let a
command run on and ask for its output under a session id. What is held of a running command
is its parsed line and the start and end of its output, for at most so many at a time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tracemill.base.shells import told_to_run
from tracemill.label.calls.commands import Check, checks, may_check, unfold
from tracemill.label.calls.commits import (
    asked_subjects,
    makes_commit,
    may_commit,
    may_drop,
    may_push,
    n_dropped,
    opens_pull_request,
    place,
)
from tracemill.label.calls.edits import added_by_shell, edited_by_shell, may_edit
from tracemill.label.calls.mentions import may_name, named_by
from tracemill.label.calls.programs import may_run, program_of
from tracemill.label.calls.scripts import scripted_command
from tracemill.label.calls.shell import CommandLine, clip, parse
from tracemill.label.calls.verdict import Outcome, passed_by_hook, verdicts
from tracemill.records.sessions.activity import CheckRun
from tracemill.records.sessions.trajectory import ToolCall, ToolResult

SHELLS: Final = frozenset(
    {"bash", "shell", "exec_command", "shell_command", "local_shell", "container.exec", "exec"}
    | {"run_command", "execute_command", "run_shell_command", "run_terminal_cmd", "terminal"}
    | {"execute_bash", "powershell", "run_terminal_command", "run_in_terminal"}
)
POLLS: Final = frozenset({"write_stdin", "bashoutput", "taskoutput", "killshell", "wait"})
_POLL_KEYS: Final = ("session_id", "bash_id", "task_id", "shell_id", "cell_id")
_RUNNING: Final = re.compile(
    r"running (?:in (?:the )?background )?with (?:(?:session|cell) )?ID:? ([\w-]{1,80})"
)
_POLLED_CODE: Final = re.compile(r"<exit_code>(\d{1,3})</exit_code>")
_SAID_CODE: Final = re.compile(r"\[Command finished with exit code (\d{1,3})\]\s*\Z")
_TAIL: Final = 100
_STILL_RUNNING: Final = "<status>running</status>"
_WORTH_READING: Final = (
    may_check, may_commit, may_drop, may_edit, may_name, may_push, may_run,
)  # fmt: skip
_HEAD: Final = 400
_KEPT_START: Final = 2_000
_KEPT_END: Final = 4_000


class ShellCall:
    """One command that is worth following."""

    __slots__ = (
        "added", "at", "checks", "commits", "drops", "edits", "exit_code", "line", "named", "place",
        "program", "pulls", "runs_or_pushes", "step", "subjects",
    )  # fmt: skip

    def __init__(self, step: int, at: datetime | None, command: str, line: CommandLine) -> None:
        self.step = step
        self.at = at
        self.line = line
        self.checks: tuple[Check, ...] = tuple(checks(line))
        self.commits = may_commit(command) and makes_commit(line)
        self.subjects = tuple(asked_subjects(command)) if self.commits else ()
        self.drops = n_dropped(line) if may_drop(command) else 0
        self.pulls = "gh pr" in command and opens_pull_request(line)
        self.named = named_by(line) if may_name(command) else ()
        self.edits = edited_by_shell(command, line)
        self.added = tuple(added_by_shell(command)) if self.edits[0] else ()
        self.place = place(line)
        self.program = program_of(command, line) if may_run(command) else None
        self.runs_or_pushes = may_push(command) or self.program is not None

    @property
    def is_worth_following(self) -> bool:
        """Whether anything about it would be recorded."""
        does = self.checks or self.commits or self.pulls or self.named or self.runs_or_pushes
        return bool(does or self.drops or self.edits[0] or self.edits[1])

    def runs(self, exit_code: int | None, text: str) -> list[CheckRun]:
        """Return the checks that it ran, with their verdicts; a commit's hook may be one."""
        outcome = Outcome(exit_code, text)
        if self.commits and not self.checks and passed_by_hook(text):
            return [CheckRun(step=self.step, check="test", passed=True, at=self.at)]
        found = verdicts(self.line, self.checks, outcome)
        return [
            CheckRun(step=self.step, check=check.kind, passed=passed, at=self.at)
            for check, passed in zip(self.checks, found, strict=True)
        ]


class RunningCall:
    """A command that was still running when the agent last looked."""

    __slots__ = ("call", "text")

    def __init__(self, call: ShellCall, text: str) -> None:
        self.call = call
        self.text = clip(text, _KEPT_START, _KEPT_END)

    def extend(self, text: str) -> None:
        """Add a further piece of its output."""
        self.text = clip(f"{self.text}\n{text}", _KEPT_START, _KEPT_END)


def command_of(arguments: Mapping[str, Any]) -> str | None:
    """Return the command line that a shell call runs."""
    command = arguments.get("command")
    if command is None:
        command = arguments.get("cmd")
    if isinstance(command, str):
        return command
    if isinstance(command, list) and command and all(isinstance(word, str) for word in command):
        told = told_to_run(command)
        return " ".join(map(_quoted, command)) if told is None else told
    return None


def read_call(call: ToolCall, step: int, at: datetime | None) -> ShellCall | None:
    """Return a shell call, or None where nothing about it is worth following."""
    command = command_of(call.arguments) or scripted_command(call.arguments)
    if command is None or not any(may(command) for may in _WORTH_READING):
        return None
    shell_call = ShellCall(step, at, command, unfold(parse(command)))
    if not shell_call.is_worth_following:
        return None
    workdir = call.arguments.get("workdir") or call.arguments.get("cwd")
    if shell_call.place is None and isinstance(workdir, str):
        shell_call.place = workdir
    return shell_call


def polled_id(call: ToolCall) -> str | None:
    """Return the id of the running command that a call asks about."""
    for key in _POLL_KEYS:
        value = call.arguments.get(key)
        if isinstance(value, str | int):
            return str(value)
    return None


def running_id(result: ToolResult) -> str | None:
    """Return the id under which a command runs on, or None where it has ended."""
    if result.exit_code is not None:
        return None
    match = _RUNNING.search(result.content[:_HEAD])
    return match[1] if match else None


def is_still_running(result: ToolResult) -> bool:
    """Tell whether a command that was asked about still runs."""
    return running_id(result) is not None or _STILL_RUNNING in result.content[:_HEAD]


def exit_code_of(result: ToolResult) -> int | None:
    """Return a shell result's exit code; one without a flag of failure ended with 0."""
    if result.exit_code is not None:
        return result.exit_code
    said = _POLLED_CODE.search(result.content[:_HEAD]) or _SAID_CODE.search(result.content[-_TAIL:])
    if said:
        return int(said[1])
    return 0 if result.status == "ok" else None


def _quoted(word: str) -> str:
    return f"'{word}'" if " " in word or "\n" in word else word
