"""What became of edits, put into their results: failures, reports of linters, and commits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from tracemill.sources.aider.content import names_edit, were_others_applied
from tracemill.sources.building.open_trajectory import OpenStep

_MAX_FAILURE: Final = 16_000
"""Characters of why an edit was not applied."""


def add_failure(step: OpenStep, said: str) -> None:
    """Put another line of why an edit was not applied with it, as that is what the model saw."""
    step.results = [
        msgspec.structs.replace(result, content=f"{result.content}\n{said}")
        if result.status == "error" and len(result.content) < _MAX_FAILURE
        else result
        for result in step.results
    ]
    if were_others_applied(said):
        _apply_others(step, said)


def add_failures(step: OpenStep | None, lines: Iterable[str]) -> None:
    """Put more lines of why edits were not applied, behind a blank one, with those of a step."""
    if step is None:
        return
    for line in ("", *lines):
        add_failure(step, line.rstrip())


def add_report(step: OpenStep, report: str) -> None:
    """Put what linters say of edits with the last of their results: the model saw it next."""
    for result in step.results[-1:]:
        content = f"{result.content}\n\n{report}"
        step.results[-1] = msgspec.structs.replace(result, content=content)


def hold(step: OpenStep, sha: str) -> str | None:
    """Name a commit in the result of the last edit that no commit holds; return its call's id."""
    for position in reversed(range(len(step.results))):
        result = step.results[position]
        if result.status == "ok" and result.commit is None:
            step.results[position] = msgspec.structs.replace(result, commit=sha)
            return result.call_id
    return None


def _apply_others(step: OpenStep, said: str) -> None:
    """Let the edits of a reply that were not named as failed be applied."""
    edits = {call.id: call.arguments for call in step.calls}
    for position, result in enumerate(step.results):
        why = result.content
        if result.status != "error" or names_edit(why, edits.get(result.call_id, {})):
            continue
        is_known = len(why) < _MAX_FAILURE
        step.results[position] = msgspec.structs.replace(
            result,
            content=said if is_known else why,
            status="ok" if is_known else "unknown",
        )
