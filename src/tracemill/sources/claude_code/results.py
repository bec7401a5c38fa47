"""How a tool call of Claude Code ended: what came back, who refused it, what it made.

A tool that runs on the user's machine is answered in a `user` message, with a structured form
beside it; one that runs beside the model is answered by a block of the model's own message,
whose content may be a list, a text or one object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from tracemill.records.events.in_session import FeedbackKind
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.claude_code.content import DOCUMENT, INTERRUPTION
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import count, fields_of, text, unread_part

_REJECTION: Final = "The user doesn't want to proceed with this tool use"
_CANCELLATION: Final = "The user doesn't want to take this action right now"
_APPROVAL: Final = "User has approved"
_PLANNING: Final = frozenset({"ExitPlanMode", "exit_plan_mode"})
_FEEDBACK: Final = "the user said:\n"
_FEEDBACK_HINT: Final = "\n\nNote: The user's next message may contain"
_SHA: Final = re.compile(r"[0-9a-f]{7,64}")
_EXIT_CODE: Final = re.compile(r"(?:Error: )?Exit code (\d{1,9})\b")
_STAND_INS: Final = {"image": IMAGE, "document": DOCUMENT}
_TEXT_KEYS: Final = (
    "text", "title", "url", "uri", "tool_name", "stdout", "stderr", "error_code",
)  # fmt: skip
"""Where the parts of a result hold what the model was shown, in this order."""
_EMPTY_KINDS: Final = frozenset(
    {
        "advisor_redacted_result",
        "bash_code_execution_result",
        "code_execution_result",
        "text",
    }
)
"""Parts that may say nothing at all."""


def read_result(
    block: dict[str, Any], details: object, start: int, unread: list[UnreadPart]
) -> ToolResult:
    """Return a tool result, and add to `unread` the parts that nothing was made of.

    Its structured form is `details`, where the line at `start` has one.
    """
    given = block.get("content")
    content = _result_text(given, unread)
    structured = details if isinstance(details, dict) else {}
    beside = given if isinstance(given, dict) else None
    is_error = block.get("is_error") is True or (beside is not None and _is_failure(beside))
    code = _EXIT_CODE.match(content) if is_error else None
    status = _status(content, is_error=is_error, was_stopped=structured.get("interrupted") is True)
    return ToolResult(
        call_id=text(block.get("tool_use_id")) or f"unnamed-{start}",
        content=content,
        status=status,
        exit_code=int(code[1]) if code else _return_code(beside or {}),
        feedback=_feedback(content) if status == "rejected" else None,
        user_modified=structured.get("userModified") is True,
        commit=_commit(structured.get("gitOperation")),
    )


def _commit(operation: object) -> str | None:
    """Return the hash of the commit that a `gitOperation` says was made."""
    commit = operation.get("commit") if isinstance(operation, dict) else None
    sha = commit.get("sha") if isinstance(commit, dict) else None
    return _sha(sha)


def _sha(value: object) -> str | None:
    return value if isinstance(value, str) and _SHA.fullmatch(value) else None


class PullRequest(NamedTuple):
    """A pull request that a call opened or changed."""

    number: int
    url: str | None


def read_pull_request(details: object) -> PullRequest | None:
    """Return the pull request that a structured result names."""
    operation = details.get("gitOperation") if isinstance(details, dict) else None
    named = operation.get("pr") if isinstance(operation, dict) else None
    number = count(named.get("number")) if isinstance(named, dict) else None
    if number is None or not isinstance(named, dict):
        return None
    return PullRequest(number, text(named.get("url")))


class Worktree(NamedTuple):
    """Where a session went when it entered a worktree."""

    commit: str | None
    """The commit that it came from."""
    branch: str | None
    """The branch that it went to."""


def read_worktree(state: object) -> Worktree:
    """Return from which commit, and to which branch, a session went into a worktree."""
    fields = state if isinstance(state, dict) else {}
    return Worktree(_sha(fields.get("originalHeadCommit")), text(fields.get("worktreeBranch")))


def _status(content: str, *, is_error: bool, was_stopped: bool) -> ResultStatus:
    if is_error and content.startswith(_REJECTION):
        return "rejected"
    if was_stopped or (is_error and content.startswith((INTERRUPTION, _CANCELLATION))):
        return "interrupted"
    return "error" if is_error else "ok"


def deeds_of(result: ToolResult, calls: Iterable[ToolCall]) -> Iterator[FeedbackKind]:
    """Yield what a person did to a call, as its result says: no word of a tool's own counts."""
    if result.status == "rejected":
        yield "rejection"
    is_approved = result.status == "ok" and result.content.startswith(_APPROVAL)
    if is_approved and any(c.id == result.call_id and c.name in _PLANNING for c in calls):
        yield "permission"
    if result.user_modified:
        yield "edit"


def _feedback(content: str) -> str | None:
    said = content.partition(_FEEDBACK)[2].partition(_FEEDBACK_HINT)[0]
    return said.strip() or None


def _result_text(content: object, unread: list[UnreadPart]) -> str:
    if type(content) is str:
        return content
    if content is None:
        return ""
    blocks = content if isinstance(content, list) else [content]
    return "\n".join(part for block in blocks if (part := _result_part(block, unread)))


def _result_part(block: object, unread: list[UnreadPart]) -> str:
    if isinstance(block, str):
        return block
    if not isinstance(block, dict):
        return ""
    kind = block.get("type")
    if isinstance(kind, str) and kind in _STAND_INS:
        return _STAND_INS[kind]
    inner = block.get("tool_references")
    told = inner if isinstance(inner, list) else [block.get("resource", block)]
    said = [
        found for part in told for key in _TEXT_KEYS if (found := text(fields_of(part).get(key)))
    ]
    if not said and kind not in _EMPTY_KINDS:
        unread.append(unread_part(kind))
    return "\n".join(said)


def _return_code(content: dict[str, Any]) -> int | None:
    """Return the exit code of a command that ran beside the model."""
    return count(content.get("return_code"))


def _is_failure(content: dict[str, Any]) -> bool:
    """Tell whether what a tool beside the model returned is an error."""
    return str(content.get("type")).endswith("_error") or bool(_return_code(content))
