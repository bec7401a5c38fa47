"""Proposals that people refused: which, by whom, and why.

A refusal is kept beside the experiments, in a journal that only grows; who said it is kept by a
pseudonym, and why without names and secrets. It holds for the proposal of that name, which names
the month of its last case: where later cases ask for the same, it is proposed once more.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.records.process.suggestions import Refusal, RefusedSuggestion, SuggestionList
from tracemill.store.journal import append, read_journal
from tracemill.store.workspace import Workspace

_JOURNAL: Final = "refusals.jsonl"


def sifted(workspace: Workspace, found: SuggestionList) -> SuggestionList:
    """Return proposals with those that were refused apart."""
    refusals = standing_refusals(workspace)
    return msgspec.structs.replace(
        found,
        suggestions=tuple(s for s in found.suggestions if s.suggestion_id not in refusals),
        refused=tuple(
            RefusedSuggestion(suggestion=each, refusal=refusals[each.suggestion_id])
            for each in found.suggestions
            if each.suggestion_id in refusals
        ),
    )


def standing_refusals(workspace: Workspace) -> dict[str, Refusal]:
    """Return the refusals that nobody took back, by their proposals."""
    last = {each.suggestion_id: each for each in read_journal(_path(workspace), Refusal)}
    return {name: each for name, each in last.items() if not each.is_taken_back}


def note_refusal(
    workspace: Workspace, name: str, by: str, reason: str, at: datetime, *, back: bool = False
) -> Refusal:
    """Keep that somebody refused a proposal, or let it stand again.

    Raises:
        UsageError: nobody said who, or why.
    """
    if not by.strip() or not reason.strip():
        raise UsageError("nothing was changed: say who decides, and why")
    from tracemill.flows.ingest.redactors import keeping_redactor

    said = Refusal(
        suggestion_id=name, at=at, by=by.strip(), reason=reason.strip(), is_taken_back=back
    )
    [refusal] = keeping_redactor(workspace).redact([said]).records
    append(_path(workspace), refusal)
    return refusal


def _path(workspace: Workspace) -> Path:
    return workspace.experiments / _JOURNAL
