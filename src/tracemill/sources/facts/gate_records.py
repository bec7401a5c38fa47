"""One gate run while its report is read: it numbers and counts results, and judges in the end.

The verdict is what the report states. Where it states none, a run failed when a result did,
ended in error when one did, and passed when something was looked at and nothing failed. A
report that is cut proves a failure but never a pass.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from tracemill.base.ids import make_id
from tracemill.records.events.gates import (
    Coverage,
    GateKind,
    GateResult,
    GateRun,
    GateStatus,
    ResultStatus,
)
from tracemill.records.refs import Origin, Span

MAX_TEXT = 65_536
"""Characters of a result's text that are kept."""


class OpenGateRun:
    """What is known of a gate run so far; a reader sets what its format says."""

    def __init__(self, origin: Origin, gate: GateKind, tool: str | None, number: int = 0) -> None:
        """Begin a run.

        Args:
            origin: where it is read.
            gate: what it looks at.
            tool: the tool, where that is known yet.
            number: which run of the input it is.
        """
        self.id = make_id("gate", origin.input_id, str(number))
        self.gate = gate
        self.tool = tool
        self.tool_version: str | None = None
        self.title: str | None = None
        self.at: datetime | None = None
        self.duration_s: float | None = None
        self.root: str | None = None
        self.commit: str | None = None
        self.branch: str | None = None
        self.run_id: str | None = None
        self.attempt: int | None = None
        self.exit_code: int | None = None
        self.score: float | None = None
        self.coverage: Coverage | None = None
        self.verdict: GateStatus | None = None
        """The verdict as the report states it."""
        self.declared: dict[ResultStatus, int] = {}
        """Totals as the report states them."""
        self.is_cut = False
        """Whether the end of the report is missing, or a part of it could not be read."""
        self.passes_when_silent = False
        """Whether a report without results is a pass, as it is for those that list findings."""
        self._origin = origin
        self._counted: Counter[ResultStatus] = Counter()
        self._n_results = 0

    def next_id(self) -> str:
        """Return the id of the next result."""
        self._n_results += 1
        return make_id("result", self.id, str(self._n_results))

    def add(self, result: GateResult) -> GateResult:
        """Count a result, and return it."""
        self._counted[result.status] += 1
        return result

    def close(self, span: Span) -> GateRun:
        """Return the run with its verdict."""
        return GateRun(
            id=self.id,
            at=self.at,
            origin=self._origin,
            span=span,
            gate=self.gate,
            tool=self.tool,
            tool_version=self.tool_version,
            title=self.title,
            status=self._status(),
            totals=dict(sorted(self._totals().items())),
            coverage=self.coverage,
            score=self.score,
            duration_s=self.duration_s,
            root=self.root,
            commit=self.commit,
            branch=self.branch,
            run_id=self.run_id,
            attempt=self.attempt,
            exit_code=self.exit_code,
        )

    def _totals(self) -> dict[ResultStatus, int]:
        return dict(self._counted) or {name: n for name, n in self.declared.items() if n}

    def _status(self) -> GateStatus:
        if self.verdict is not None:
            return self.verdict
        if self._said("failed"):
            return "failed"
        if self._said("error"):
            return "error"
        if self.exit_code:
            return "failed"
        if self.is_cut:
            return "unknown"
        is_silent = not (self._counted or any(self.declared.values()))
        return "passed" if self.passes_when_silent or not is_silent else "unknown"

    def _said(self, status: ResultStatus) -> bool:
        return bool(self._counted[status] or self.declared.get(status))


def at_most(text: str | None) -> str | None:
    """Return a text cut at the limit, or None where there is nothing in it."""
    return text[:MAX_TEXT] if text and not text.isspace() else None
