"""Which fields of results the code of a session's calls reads, asks for in tests, and loops over.

Code of calls is redacted as everything else is; what does not parse is counted and not guessed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from tracemill.base.python_code.field_access import FieldAccess, field_access
from tracemill.label.calls.run_code import run_code
from tracemill.records.sessions.accessed_fields import (
    AccessedField,
    AccessedFields,
    FieldLoop,
    FieldTest,
)
from tracemill.records.sessions.trajectory import Step, ToolCall, Trajectory

_MAX_LISTED: Final = 10_000


def accessed_fields(trajectory: Trajectory, steps: Iterable[Step]) -> AccessedFields:
    """Return what the code of a trajectory's calls does with fields; steps come in their order."""
    found = _Found()
    for step in steps:
        for call in () if step.is_replayed else step.calls:
            for code in run_code(call):
                found.add(step, call, field_access(code))
    return AccessedFields(
        trajectory_id=trajectory.id,
        fields=found.fields(),
        tests=tuple(found.tests[:_MAX_LISTED]),
        loops=tuple(found.loops[:_MAX_LISTED]),
        n_codes=found.n_codes,
        n_reading=found.n_reading,
        n_unparsed=found.n_unparsed,
        n_unfollowed=found.n_unfollowed,
    )


def fields_by_step(steps: Iterable[Step]) -> dict[int, tuple[str, ...]]:
    """Return the fields that code reads, by the index of its step; one without code is left out.

    A step of which no code parses is left out too.
    """
    found: dict[int, tuple[str, ...]] = {}
    for step in steps:
        codes = [] if step.is_replayed else [c for call in step.calls for c in run_code(call)]
        read = [access for code in codes if (access := field_access(code)) is not None]
        if read:
            names = (field for access in read for _, field in access.reads if field)
            found[step.index] = tuple(dict.fromkeys(names))
    return found


class _Found:
    """Sums up what pieces of code do."""

    def __init__(self) -> None:
        self.tests: list[FieldTest] = []
        self.loops: list[FieldLoop] = []
        self.n_codes = self.n_reading = self.n_unparsed = self.n_unfollowed = 0
        self._reads: Counter[tuple[str, str]] = Counter()

    def add(self, step: Step, call: ToolCall, access: FieldAccess | None) -> None:
        self.n_codes += 1
        if access is None:
            self.n_unparsed += 1
            return
        self.n_reading += bool(access.reads)
        self.n_unfollowed += access.n_unfollowed
        self._reads.update(access.reads)
        self.tests += (
            FieldTest(step=step.index, call_id=call.id, **each._asdict())
            for each in access.conditions
        )
        self.loops += (
            FieldLoop(
                step=step.index,
                call_id=call.id,
                call=each.call,
                field=each.field or None,
                kind=each.kind,
                limit=each.limit,
            )
            for each in access.iterations
        )

    def fields(self) -> tuple[AccessedField, ...]:
        """Return a row for each field that is read, asked for, or looped over."""
        n_tests = Counter(of for test in self.tests for of in test.fields)
        loops: defaultdict[tuple[str, str], list[FieldLoop]] = defaultdict(list)
        for loop in self.loops:
            loops[loop.call, loop.field or ""].append(loop)
        known = {*self._reads, *n_tests, *loops}
        ranked = sorted(known, key=lambda of: (-self._reads[of], of))
        return tuple(_row(of, self._reads[of], n_tests[of], loops[of]) for of in ranked)


def _row(of: tuple[str, str], n_reads: int, n_tests: int, loops: list[FieldLoop]) -> AccessedField:
    kinds = Counter(loop.kind for loop in loops)
    return AccessedField(
        call=of[0],
        field=of[1] or None,
        n_reads=n_reads,
        n_tests=n_tests,
        n_full=kinds["full"],
        n_limited=kinds["limited"],
        n_filtered=kinds["filtered"],
        n_grouped=kinds["grouped"],
        limits=tuple(sorted({loop.limit for loop in loops if loop.limit is not None})),
    )
