"""A failed gate, in the form in which a team would report it: which tests failed, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tracemill.base.text import start_of
from tracemill.records.events.gates import FAILING, FixPair, GateKind, GateResult, GateRun
from tracemill.records.events.team_features import (
    ErrorDetails,
    FailureReport,
    FailureType,
    Recovery,
)

MAX_TESTS: Final = 100
"""Most tests of one run that are named."""
_LONGEST: Final = 4_000
_MINUTE: Final = 60
_TYPES: Final[Mapping[GateKind, FailureType]] = {
    "test": "test_failure",
    "lint": "code_error",
    "types": "code_error",
    "build": "code_error",
    "security": "code_error",
}


def said_no(run: GateRun) -> bool:
    """Tell whether a gate run failed, or could not do its work."""
    return run.status in FAILING


def gate_failure(
    run: GateRun, failing: Sequence[GateResult], fixed: FixPair | None, feature_id: str | None
) -> FailureReport:
    """Return what a gate run found wrong; `failing` are results of its, the first ones first."""
    said = [each.message or each.rule for each in failing if each.message or each.rule]
    traced = [each.text for each in failing if each.text]
    return FailureReport(
        feature_id=feature_id,
        failure_type=_TYPES.get(run.gate),
        error_details=ErrorDetails(
            symptoms=said[0] if said else f"{run.tool or run.gate} said no",
            stack_trace=start_of(traced[0], _LONGEST) if traced else None,
            affected_tests=tuple(dict.fromkeys(map(_name, failing))) if run.gate == "test" else (),
        ),
        recovery=_recovery(fixed) if fixed is not None else None,
    )


def _name(result: GateResult) -> str:
    parts = (result.suite, result.name) if result.name else (result.path or result.suite,)
    return "::".join(part for part in parts if part) or "unnamed"


def _recovery(fixed: FixPair) -> Recovery:
    begun, ended = fixed.before_at, fixed.after_at
    minutes = round((ended - begun).total_seconds() / _MINUTE, 2) if begun and ended else None
    n_fixed = len(fixed.fixed) + len(fixed.collected)
    return Recovery(
        resolution=f"{n_fixed} of them passed in a later run",
        resolution_time_minutes=minutes if minutes is None or minutes >= 0 else None,
    )
