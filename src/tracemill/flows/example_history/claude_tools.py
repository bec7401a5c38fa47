"""How Claude Code calls its tools, and what it notes of their results."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tracemill.flows.example_history.play import Done, Performance

_REFUSED: Final = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was "
    "a file edit, the new_string was NOT written to the file). "
)
_STOP: Final = "STOP what you are doing and wait for the user to tell you how to proceed."
_SAID: Final = "To tell you how to proceed, the user said:\n"
_TODOS_KEPT: Final = (
    "Todos have been modified successfully. Ensure that you continue to use the todo list to track "
    "your progress. Please proceed with the current tasks if applicable"
)


@dataclass(frozen=True)
class Tool:
    """One tool call as Claude Code writes it, with its result."""

    name: str
    input: dict[str, Any]
    content: str | list[dict[str, str]]
    """What the model saw."""
    result: dict[str, Any] | str
    """What the program kept in `toolUseResult`."""
    is_error: bool = False

    @property
    def shown(self) -> str:
        """The text that the model saw."""
        return self.content if isinstance(self.content, str) else self.content[0]["text"]


def tool(done: Done, performance: Performance) -> Tool:
    """Return a call and its result in Claude Code's terms."""
    made = _TOOLS[done.call.verb](done, performance)
    if done.refusal is None:
        return made
    said = _REFUSED + (_SAID + done.refusal if done.refusal else _STOP)
    return Tool(made.name, made.input, said, f"Error: {said}", is_error=True)


def _read(done: Done, performance: Performance) -> Tool:
    lines = done.said.splitlines()
    path = _path(done, performance)
    return Tool(
        "Read",
        {"file_path": path},
        "\n".join(f"{n:>6}\u2192{line}" for n, line in enumerate(lines, start=1)),
        {
            "type": "text",
            "file": {
                "filePath": path,
                "content": done.said,
                "numLines": len(lines),
                "startLine": 1,
                "totalLines": len(lines),
            },
        },
    )


def _bash(command: str, done: Done, **more: Any) -> Tool:
    asked = {"command": command, "description": done.call.more.get("about", "Run a command")}
    if done.exit_code:
        said = f"Exit code {done.exit_code}\n{done.said}"
        return Tool("Bash", asked, said, f"Error: {said}", is_error=True)
    kept = {"stdout": done.said, "stderr": "", "interrupted": False, "isImage": False}
    return Tool("Bash", asked, done.said, kept | more)


def _run(done: Done, _: Performance) -> Tool:
    return _bash(done.call.object, done)


def _branch(done: Done, _: Performance) -> Tool:
    return _bash(f"git switch -c {done.call.object}", done)


def _commit(done: Done, performance: Performance) -> Tool:
    command = f"git add -A && git commit -m \"$(cat <<'EOF'\n{done.call.object.strip()}\nEOF\n)\""
    if not performance.script.session.get("names_commits"):
        return _bash(command, done)
    branch = done.said[1:].split(" ", 1)[0]
    commit = {"sha": done.sha, "kind": "committed", "branch": branch}
    return _bash(command, done, gitOperation={"commit": commit})


def _edit(done: Done, performance: Performance) -> Tool:
    path, old, new = _path(done, performance), done.call.more["old"], done.call.more["new"]
    return Tool(
        "Edit",
        {"file_path": path, "old_string": old, "new_string": new, "replace_all": False},
        f"The file {path} has been updated successfully.",
        {
            "filePath": path,
            "oldString": old,
            "newString": new,
            "originalFile": done.before,
            "structuredPatch": _patch(done),
            "userModified": False,
            "replaceAll": False,
        },
    )


def _write(done: Done, performance: Performance) -> Tool:
    path, text = _path(done, performance), done.call.more["text"]
    is_new = done.before is None
    said = f"File created successfully at: {path}"
    return Tool(
        "Write",
        {"file_path": path, "content": text},
        said if is_new else f"The file {path} has been updated successfully.",
        {
            "type": "create" if is_new else "update",
            "filePath": path,
            "content": text,
            "structuredPatch": [] if is_new else _patch(done),
            "originalFile": done.before,
        },
    )


def _grep(done: Done, performance: Performance) -> Tool:
    return Tool(
        "Grep",
        {
            "pattern": done.call.object,
            "path": performance.cwd,
            "output_mode": "content",
            "-n": True,
        },
        done.said,
        {
            "mode": "content",
            "numFiles": 0,
            "filenames": [],
            "content": done.said,
            "numLines": len(done.said.splitlines()),
        },
    )


def _todo(done: Done, _: Performance) -> Tool:
    todos = [
        {"content": text, "status": status, "activeForm": f"Working on: {text}"}
        for status, text in done.call.object
    ]
    before = [
        {"content": text, "status": status, "activeForm": f"Working on: {text}"}
        for status, text in done.call.more.get("before", [])
    ]
    return Tool("TodoWrite", {"todos": todos}, _TODOS_KEPT, {"oldTodos": before, "newTodos": todos})


def _task(done: Done, _: Performance) -> Tool:
    subject, number = done.call.object, str(done.call.more["number"])
    return Tool(
        "TaskCreate",
        {"subject": subject, "description": done.call.more["text"], "activeForm": subject},
        f"Task #{number} created successfully: {subject}",
        {"task": {"id": number, "subject": subject}},
    )


def _done(done: Done, _: Performance) -> Tool:
    number, status = str(done.call.object), done.call.more["status"]
    return Tool(
        "TaskUpdate",
        {"taskId": number, "status": status},
        f"Updated task #{number} status",
        {
            "success": True,
            "taskId": number,
            "updatedFields": ["status"],
            "statusChange": {"from": done.call.more["from"], "to": status},
        },
    )


def _ask(done: Done, _: Performance) -> Tool:
    assert done.inner is not None
    session = done.inner.script.session
    prompt = done.inner.acts[0].user or ""
    report = [{"type": "text", "text": done.said}]
    return Tool(
        "Task",
        {"description": session["about"], "prompt": prompt, "subagent_type": "Explore"},
        report,
        {
            "status": "completed",
            "prompt": prompt,
            "agentId": session["agent_id"],
            "content": report,
            "totalDurationMs": int((done.answered - done.asked).total_seconds() * 1000),
            "totalTokens": 21_377,
            "totalToolUseCount": sum(len(act.done) for act in done.inner.acts),
        },
    )


_TOOLS: Final[Mapping[str, Callable[[Done, Performance], Tool]]] = {
    "read": _read,
    "run": _run,
    "branch": _branch,
    "commit": _commit,
    "edit": _edit,
    "write": _write,
    "grep": _grep,
    "todo": _todo,
    "task": _task,
    "done": _done,
    "ask": _ask,
}


def _path(done: Done, performance: Performance) -> str:
    return f"{performance.cwd}/{done.call.object}"


def _patch(done: Done) -> list[dict[str, Any]]:
    """Return the change of a file as hunks."""
    before, after = (text.splitlines() for text in (done.before or "", done.after or ""))
    hunks: list[dict[str, Any]] = []
    for group in difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(3):
        old, new = (group[0][1], group[-1][2]), (group[0][3], group[-1][4])
        lines = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [f" {line}" for line in before[i1:i2]]
                continue
            lines += [f"-{line}" for line in before[i1:i2]]
            lines += [f"+{line}" for line in after[j1:j2]]
        hunks.append(
            {
                "oldStart": old[0] + 1,
                "oldLines": old[1] - old[0],
                "newStart": new[0] + 1,
                "newLines": new[1] - new[0],
                "lines": lines,
            }
        )
    return hunks
