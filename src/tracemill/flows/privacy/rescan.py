"""What the rules in use would hide that is kept: facts read with other rules, and datasets of them.

Facts are looked at as records, field by field, just as when they were read, so that what is named
is a session, a step and a field. The next run reads again from the archive what older rules read,
and makes a new dataset version; versions that were made before stay until they are deleted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from tracemill.flows.guarding import Refused, guarded
from tracemill.flows.held.lookup import require_kept
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.ingest.rule_sets import RuleSet, kept_rules, rules_in_use
from tracemill.flows.privacy.scan import Scan, ScanPlace, Target, files_of
from tracemill.flows.results import Failure
from tracemill.records.refs import Record
from tracemill.redact import Redactor, Seen
from tracemill.store.lake import Lake
from tracemill.store.tables import FACTS
from tracemill.store.workspace import Workspace

_AT_ONCE: Final = 512


class RescanPlace(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Something in a fact that would now be hidden."""

    table: str
    """The table that holds it."""
    id: str
    """The trajectory, event or input that it is in."""
    step: int | None
    """Index of the step, where it is one."""
    where: str
    """The field that holds it."""
    rule: str
    """The rule that finds it now."""
    n: int
    """How often it stands there."""


class RescanResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the rules in use would hide."""

    rules_version: str
    """The rules in use."""
    read_with: tuple[str, ...]
    """Every set of rules that something was read with, by version."""
    new_rules: tuple[str, ...]
    """Rules that are in use and in none of those."""
    n_records: int
    """Facts that were looked at."""
    rules: dict[str, int]
    """What would be hidden in facts, by rule."""
    facts: tuple[RescanPlace, ...]
    """The same, by place."""
    datasets: tuple[ScanPlace, ...]
    """What would be hidden in dataset versions that are kept, by place."""
    failures: tuple[Failure, ...]
    """What could not be looked at."""


def rescan(workspace: Workspace) -> RescanResult:
    """Look at everything that is kept with the rules in use.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    require_kept(workspace)
    redactor = own_redactor(workspace).redactor
    looking = _Looking(redactor)
    looking.look_at(Lake(workspace.lake))
    scan = Scan(redactor)
    scan.look(files_of(Target(workspace.datasets)))
    of_datasets = scan.result()
    before, rules = list(kept_rules(workspace)), rules_in_use()
    return RescanResult(
        rules_version=rules.version,
        read_with=tuple(sorted(one.version for one in before)),
        new_rules=_new_rules(rules, before),
        n_records=looking.n_records,
        rules=dict(sorted(looking.rules.items(), key=lambda item: (-item[1], item[0]))),
        facts=tuple(looking.places()),
        datasets=of_datasets.places,
        failures=(*looking.failures, *of_datasets.failures),
    )


def _new_rules(rules: RuleSet, before: list[RuleSet]) -> tuple[str, ...]:
    known = {name for one in before for name in one.rules}
    return tuple(name for name in rules.rules if name not in known)


class _Looking:
    """Looks at the facts in the lake."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._places: Counter[tuple[str, str, int | None, str, str]] = Counter()
        self.rules: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.n_records = 0

    def look_at(self, lake: Lake) -> None:
        """Look at every fact."""
        for table in FACTS:
            records = lake.records(table)
            while batch := list(islice(records, _AT_ONCE)):
                self.n_records += len(batch)
                self._look_at(table.name, batch)

    def _look_at(self, table: str, batch: list[Any]) -> None:
        seen = guarded(lambda: self._redactor.look(batch))
        if not isinstance(seen, Refused):
            for one in seen:
                self._note(table, batch[one.record], one)
        elif len(batch) == 1:
            self.failures.append(
                Failure(uri=f"{table} {_name(batch[0])}", reason=seen.reason, detail=seen.detail)
            )
        else:
            for record in batch:
                self._look_at(table, [record])

    def _note(self, table: str, record: Any, seen: Seen) -> None:
        for found in seen.located.found:
            place = (table, _name(record), getattr(record, "index", None), seen.where)
            self._places[(*place, found.rule.id)] += 1
            self.rules[found.rule.id] += 1

    def places(self) -> Iterator[RescanPlace]:
        """Yield where something was found."""
        for (table, name, step, where, rule), n in self._places.items():
            yield RescanPlace(table=table, id=name, step=step, where=where, rule=rule, n=n)


def _name(record: Any) -> str:
    """Return the id of a record, or of what it belongs to."""
    for field in ("id", "trajectory_id", "input_id"):
        if name := getattr(record, field, None):
            return str(name)
    return str(record.origin.input_id)
