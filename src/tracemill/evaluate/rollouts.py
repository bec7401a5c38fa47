"""End to end: a model works in a folder until it says that it is done, and a command judges.

The model has four tools: to list, read and write files, and to run a command. All of them act
inside a sandbox on a copy of the task's files. What the model says of its work counts for nothing;
the check runs in the same sandbox, on files that it may have changed, with its own put in place
last. A task whose check passes before anybody worked is refused: it would judge nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

from tracemill.base.errors import DataError
from tracemill.base.json_values import is_writable
from tracemill.base.sandbox import Limits, Sandbox
from tracemill.llm import Answer, AskSettings, Subject, SubjectError
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import EndToEndTask, Rollout, RolloutEnd

_SHOWN: Final = 8_000
"""Characters of a result that the model is shown."""
_LIMITS: Final = Limits(seconds=30)
_LONGEST: Final = 2**17 - 1
"""Bytes of one argument that Linux gives to a program."""
_WRITE: Final = 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1"'


def _tool(name: str, says: str, **arguments: str) -> dict[str, Any]:
    properties = {key: {"type": "string", "description": text} for key, text in arguments.items()}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    described = {"name": name, "description": says, "parameters": parameters}
    return {"type": "function", "function": described}


TOOLS: Final = (
    _tool("list_files", "List the files below a folder.", path="The folder, `.` for all."),
    _tool("read_file", "Read a file.", path="The file."),
    _tool("write_file", "Write a file as a whole.", path="The file.", content="All of its text."),
    _tool("run_command", "Run a shell command in the folder.", command="The command."),
)
"""What a model can do."""


class _Done(NamedTuple):
    text: str
    is_failed: bool


def attempt(
    subject: Subject, task: EndToEndTask, sandbox: Sandbox, folder: Path, settings: AskSettings
) -> Rollout:
    """Let a model try a task in an empty folder, and judge what it left there.

    Raises:
        DataError: the check passes before any work, or the task writes outside of its folder.
    """
    if not _can_run(list(task.check), ""):
        raise DataError(
            f"task {task.id!r}: its check is too long, or holds characters that no command can take"
        )
    if _is_done_already(task, sandbox):
        raise DataError(f"task {task.id!r}: its check passes before any work; expected it to fail")
    _lay_out(folder, task.files)
    messages = [Message(role="user", content=task.request)]
    end: RolloutEnd = "too_many_steps"
    n_calls = n_failed = n_steps = 0
    for _ in range(task.max_steps):
        try:
            answer = subject.answer(messages, TOOLS, settings)
        except SubjectError:
            end = "no_reply"
            break
        n_steps += 1
        messages.append(answer.message)
        if not answer.calls and not answer.faults:
            end = "too_long" if answer.finish == "length" else "answered"
            break
        done = _act(answer, sandbox, folder)
        n_calls, n_failed = n_calls + len(done), n_failed + sum(each.is_failed for each in done)
        messages.extend(_results(answer, done))
    return Rollout(
        task_id=task.id,
        passed=_is_done(task, sandbox, folder),
        end=end,
        n_steps=n_steps,
        n_calls=n_calls,
        n_failed_calls=n_failed,
        messages=tuple(messages),
    )


def _is_done_already(task: EndToEndTask, sandbox: Sandbox) -> bool:
    """Tell whether the check passes before any work, in a folder that the model never sees.

    A check leaves things behind, the hidden code among them where it is compiled.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _lay_out(folder, task.files)
        return _is_done(task, sandbox, folder)


def _is_done(task: EndToEndTask, sandbox: Sandbox, folder: Path) -> bool:
    _lay_out(folder, task.hidden)
    try:
        return sandbox.run(task.check, folder, _LIMITS).exit_code == 0
    finally:
        for name in task.hidden:
            _take_away(folder, PurePosixPath(name))


def _lay_out(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        parts = PurePosixPath(name).parts
        if not parts or parts[0] == "/" or ".." in parts or "\0" in name:
            raise DataError(f"expected paths within the task's folder, found {name!r}")
        place = folder
        for part in parts[:-1]:
            place = place / part
            if place.is_symlink() or place.is_file():
                place.unlink()  # a link that the model laid there would lead outside
            place.mkdir(exist_ok=True)
        path = place / parts[-1]
        _remove(path)
        path.write_text(text, encoding="utf-8")


def _take_away(folder: Path, name: PurePosixPath) -> None:
    """Remove a file that was put into a folder, if it is still there.

    The check ran what the model wrote, which may have laid a link in place of a folder: nothing
    behind that was put there by us, and it leads outside.
    """
    above = [folder / each for each in name.parents]
    if all(each.is_dir() and not each.is_symlink() for each in above):
        _remove(folder / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _act(answer: Answer, sandbox: Sandbox, folder: Path) -> list[_Done]:
    done = [_call(call, sandbox, folder) for call in answer.calls]
    said = (f"Error: the call could not be read: {fault}" for fault in answer.faults)
    return [*done, *(_Done(each, is_failed=True) for each in said)]


def _call(call: Mapping[str, Any], sandbox: Sandbox, folder: Path) -> _Done:
    command, stdin = _command(call["name"], call["arguments"])
    if command is None:
        said = f"Error: no tool {call['name']!r} with these arguments"
        return _Done(said, is_failed=True)
    if not _can_run(command, stdin):
        said = "Error: these arguments are too long, or hold characters that no command can take"
        return _Done(said, is_failed=True)
    ran = sandbox.run(command, folder, _LIMITS, stdin)
    text = ran.output[:_SHOWN] if ran.exit_code or not stdin else "written"
    code = "time is over" if ran.exit_code is None else f"exit code {ran.exit_code}"
    is_failed = ran.exit_code != 0
    return _Done(f"Error: {code}\n{text}" if is_failed else text, is_failed)


def _can_run(command: list[str], stdin: str) -> bool:
    return is_writable([*command, stdin]) and not any(
        "\0" in each or len(each.encode()) >= _LONGEST for each in command
    )


def _command(name: str, given: Mapping[str, Any]) -> tuple[list[str] | None, str]:
    """Return what a call runs, and what it is fed."""
    match name, given:
        case "list_files", {"path": str(path)}:
            return ["find", "./" + path, "-type", "f"], ""
        case "read_file", {"path": str(path)}:
            return ["cat", "--", path], ""
        case "write_file", {"path": str(path), "content": str(content)}:
            return ["sh", "-c", _WRITE, "sh", path], content
        case "run_command", {"command": str(command)}:
            return ["sh", "-c", command], ""
        case _:
            return None, ""


def _results(answer: Answer, done: list[_Done]) -> list[Message]:
    """Return what came of calls, each behind its call; what could not be read is told in words."""
    calls = answer.message.tool_calls
    results = [
        Message(
            role="tool", content=each.text, tool_call_id=call["id"], name=call["function"]["name"]
        )
        for call, each in zip(calls, done, strict=False)
    ]
    unread = [Message(role="user", content=each.text) for each in done[len(calls) :]]
    return results + unread
