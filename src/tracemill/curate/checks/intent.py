"""Whether a row that asks for several tools by name shows all of them being called.

A model that is shown "run ruff, pytest and the type checker" with one call learns to pick one. What
tools there are is what the rows call, from code or as calls of their own. A tool is named by a part
of its name that no other tool has, such as `ruff` of `ruff_check`; ordinary verbs name nothing.
Requests that only describe what is wanted are not judged, nor rows that end before the answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracemill.base.python_code.field_access import field_access
from tracemill.curate.checks.answers import calls_of
from tracemill.curate.checks.protocol import Checked, Objection
from tracemill.curate.checks.tool_use import as_python, run_code
from tracemill.records.datasets.audits import TrainingRow

_PART: Final = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}")
_WORD: Final = re.compile(r"(?<![\w./`-])[a-z]{3,}(?![\w`]|[./]\w)")
"""A word of prose, and no part of a name or path."""
_JOINT: Final = re.compile(r"\band\b|\bthen\b|[,;]\s|\s(?:&|\+|→|->)\s", re.IGNORECASE)
_ORDINARY: Final = frozenset(
    {"agent", "apply", "bash", "check", "code", "command", "create", "delete", "document", "edit"}
    | {"execute", "exec", "fetch", "file", "files", "find", "get", "glob", "list", "new", "open"}
    | {"patch", "plan", "query", "read", "replace", "result", "run", "search", "shell", "show"}
    | {"skill", "status", "task", "test", "text", "think", "todo", "tool", "update", "use", "user"}
    | {"view", "web", "work", "workspace", "write"}
)
_MAX_REQUEST: Final = 300
"""Characters of a request: a plan names everything."""
_SEVERAL: Final = 2


def uncalled_tools(checked: Checked) -> Iterator[Objection]:
    """Yield rows that name several tools in their request and do not call one of them."""
    telling = _telling(checked)
    for row in naming_several(checked):
        called = _called(row)
        left = [tool for tool in _named(row, telling) if tool not in called]
        if left and called:
            yield row, f"names {len(left)} tools more than it calls"


def naming_several(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that are whole and whose request names several tools, one beside another."""
    telling = _telling(checked)
    return [row for row in checked.rows if _is_whole(row) and len(_named(row, telling)) >= _SEVERAL]


def _is_whole(row: TrainingRow) -> bool:
    """Tell whether a row shows all that was done: it ends in words, or its code makes all calls."""
    if next(run_code(row), None) is not None:
        return True
    return bool(row.messages) and row.messages[-1].role == "assistant" and not row.calls[-1]


def _telling(checked: Checked) -> Mapping[str, str]:
    """Return the tools that rows call, by each part of a name that tells one from all others."""
    tools: set[str] = set().union(*map(_called, checked.rows))
    parts = {tool: {part.lower() for part in _PART.findall(tool)} for tool in tools}
    known = Counter(part for each in parts.values() for part in each)
    return {
        part: tool
        for tool, each in sorted(parts.items())
        for part in each
        if known[part] == 1 and part not in _ORDINARY and _WORD.fullmatch(part)
    }


def _called(row: TrainingRow) -> set[str]:
    found = {call.name for call in calls_of(row) if call.name}
    for code in run_code(row):
        access = field_access(as_python(code))
        found |= set() if access is None else access.functions
    return found


def _named(row: TrainingRow, telling: Mapping[str, str]) -> Sequence[str]:
    """Return the tools that a row's first request names, where joints stand between them."""
    said = next((message.content for message in row.messages if message.role == "user"), "")
    clauses = _JOINT.split(said[:_MAX_REQUEST])
    found = [
        {telling[word] for word in _WORD.findall(clause.lower()) if word in telling}
        for clause in clauses
    ]
    named = [min(each) for each in found if each]
    return sorted(set(named))
