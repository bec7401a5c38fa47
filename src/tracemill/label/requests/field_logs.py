"""What code does with the result of each function that it calls, in one line for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from tracemill.base.python_code.field_access import FieldAccess, Iteration
from tracemill.base.python_code.iteration_kinds import IterationKind
from tracemill.records.sessions.turn_work import AccessPattern, FieldLog

_COUNT: Final = re.compile(r"(?:^|_)(?:n|num|count|counts|total|size|length|len)(?:_|$)")
_STATE: Final = re.compile(
    r"^(?:is_)?(?:success|successful|succeeded|ok|okay|passed|valid|error|failed|status|exit_code)$"
)
_NARROWEST: Final[Sequence[IterationKind]] = ("full", "limited", "filtered", "grouped")


def field_logs(step: int, access: FieldAccess) -> Iterator[FieldLog]:
    """Yield what a piece of code does with the result of each function, in order of the reads."""
    for function in dict.fromkeys(of for of, _ in access.reads):
        fields = tuple(field for of, field in access.reads if of == function and field)
        tests = [
            (test.test, [field for of, field in test.fields if of == function])
            for test in access.conditions
            if any(of == function for of, _ in test.fields)
        ]
        loops = [loop for loop in access.iterations if loop.call == function]
        if fields or loops:
            narrowest = max(loops, key=lambda loop: _NARROWEST.index(loop.kind), default=None)
            tested = [field for _, asked in tests for field in asked]
            yield FieldLog(
                step=step,
                tool=function,
                fields_accessed=fields,
                access_pattern=_pattern(tested, fields, loops),
                iteration=narrowest.kind if narrowest else None,
                iteration_limit=narrowest.limit if narrowest else None,
                conditional=tests[0][0] if tests else None,
            )


def _pattern(
    tested: Sequence[str], fields: Sequence[str], loops: Sequence[Iteration]
) -> AccessPattern:
    if tested and loops:
        counts = any(_COUNT.search(field) for field in tested)
        return "count_then_iterate" if counts else "test_then_iterate"
    if tested:
        others = set(fields) - set(tested)
        is_state = others and any(_STATE.match(field) for field in tested)
        return "state_then_read" if is_state else "test"
    return "iterate" if loops else "read"
