"""Which fields of results code reads, what it does with them, and what results hold in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

from tracemill.base.python_code.iteration_kinds import IterationKind
from tracemill.records.process.tool_use import AccessUse, FieldUse
from tracemill.records.sessions.turn_work import AccessPattern, SeenField, TurnsOfSession

_MOST: Final = 5_000


class FieldTally:
    """Counts fields, function by function."""

    def __init__(self) -> None:
        self._reads: Counter[tuple[str, str]] = Counter()
        self._codes: Counter[str] = Counter()
        self._reading: Counter[str] = Counter()
        self._patterns: defaultdict[str, Counter[AccessPattern]] = defaultdict(Counter)
        self._iterations: defaultdict[str, Counter[IterationKind]] = defaultdict(Counter)
        self._limits: defaultdict[str, set[int]] = defaultdict(set)
        self._seen: dict[tuple[str, str], SeenField] = {}

    def take(self, session: TurnsOfSession) -> None:
        """Count a session."""
        for log in (log for turn in session.turns for log in turn.accesses):
            self._codes[log.tool] += 1
            self._reading[log.tool] += bool(log.fields_accessed)
            self._reads.update((log.tool, field) for field in log.fields_accessed)
            self._patterns[log.tool][log.access_pattern] += 1
            if log.iteration is not None:
                self._iterations[log.tool][log.iteration] += 1
            if log.iteration_limit is not None:
                self._limits[log.tool].add(log.iteration_limit)
        for seen in session.seen:
            key = seen.action, seen.field
            known = self._seen.get(key)
            self._seen[key] = seen if known is None else _sum(known, seen)

    def fields(self) -> tuple[FieldUse, ...]:
        """Return every field, by function, what is read most first."""
        found = [
            FieldUse(
                tool=tool,
                field=field,
                n_codes=self._reads[tool, field],
                share=self._reads[tool, field] / n if (n := self._reading[tool]) else None,
                n_seen=seen.n if (seen := self._seen.get((tool, field))) else 0,
                n_empty=seen.n_empty if seen else 0,
                kinds=seen.kinds if seen else {},
            )
            for tool, field in {*self._reads, *self._seen}
        ]
        found.sort(key=lambda each: (each.tool, -each.n_codes, -each.n_seen, each.field))
        return tuple(found[:_MOST])

    def accesses(self) -> tuple[AccessUse, ...]:
        """Return what code does with results, the most used function first."""
        return tuple(
            AccessUse(
                tool=tool,
                n_codes=n_codes,
                patterns=dict(self._patterns[tool].most_common()),
                iterations=dict(self._iterations[tool].most_common()),
                limits=tuple(sorted(self._limits[tool])),
            )
            for tool, n_codes in sorted(self._codes.items(), key=lambda each: (-each[1], each[0]))
        )


def _sum(one: SeenField, other: SeenField) -> SeenField:
    kinds = Counter(one.kinds) + Counter(other.kinds)
    return SeenField(
        action=one.action, field=one.field, n=one.n + other.n,
        n_empty=one.n_empty + other.n_empty, kinds=dict(sorted(kinds.items())),
    )  # fmt: skip
