"""Records of one or more inputs that wait to be redacted together.

To scan a few megabytes at once costs a third less than to scan each small session alone. What
records give away is looked for in all that wait with them and in all that come behind them in the
shard, so that few inputs have to be read once more: the names of those who work on a project
stand in most of its sessions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, Protocol

import msgspec

from tracemill.flows.guarding import ClosedRedaction, Refused, redact_closed
from tracemill.flows.ingest.parts import Finished, Part, Shard
from tracemill.flows.ingest.redactors import knowing_redactor
from tracemill.flows.ingest.rows import RowBuffer
from tracemill.flows.ingest.sweeping import known_secrets
from tracemill.records.events.event import FileVersion
from tracemill.records.privacy.findings import Finding
from tracemill.records.sessions.trajectory import Step
from tracemill.redact import Address, GivenAway, Redactor, address_of, may_hold

_REDACT_BYTES: Final = 2 * 2**20
_REDACT_RECORDS: Final = 2_048


class Reading(Protocol):
    """An input whose records wait."""

    secrets: set[bytes]
    """What the input gives away."""

    @property
    def keeps(self) -> bool:
        """Whether what the input gives away is kept."""
        ...

    def keep(self, record: Any) -> None:
        """Take in a redacted record."""
        ...

    def quarantine(self, record: Any, refused: Refused) -> None:
        """Note that redaction failed on a record."""
        ...

    def keep_finding(self, finding: Finding) -> None:
        """Take in what redaction found."""
        ...

    def finished(self) -> Finished:
        """Say what became of the input, once all its records are kept."""
        ...


class RedactionBatch:
    """Holds records until there are enough of them, and hands them back redacted."""

    def __init__(self, shard: Shard, rows: RowBuffer) -> None:
        self._shard = shard
        self._rows = rows
        self._allowed: frozenset[str] = frozenset()
        self._known: Collection[bytes] = known_secrets(shard.known)
        self.redactor = self._knowing()
        """Redacts what waits."""
        self._held: list[Any] = []
        self._readings: list[Reading] = []
        self._reading_of: dict[str, Reading] = {}
        self._done: list[Reading] = []
        self._n_bytes = 0

    def _knowing(self) -> Redactor:
        known = tuple(sorted(self._known))
        return knowing_redactor(self._shard.key, self._shard.home, self._allowed, known)

    def use(self, allowed: frozenset[str]) -> Iterator[Part]:
        """Leave from now on what these stand-ins stand for; what waits is redacted before."""
        if allowed != self._allowed:
            yield from self.flush()
            self._allowed = allowed
            self.redactor = self._knowing()

    def add(self, reading: Reading, record: Any) -> Iterator[Part]:
        """Add a record of an input; yield rows where enough records wait."""
        name = record.trajectory_id if isinstance(record, Step) else getattr(record, "id", "")
        if self._reading_of.setdefault(name, reading) is not reading:
            yield from self.flush()  # a finding says no more than which trajectory it is in
            self._reading_of[name] = reading
        self._held.append(record)
        self._readings.append(reading)
        if isinstance(record, Step):
            self._n_bytes += _size(record)
        elif isinstance(record, FileVersion) and record.span is not None:
            self._n_bytes += record.span.end - record.span.start
        if self._n_bytes >= _REDACT_BYTES or len(self._held) >= _REDACT_RECORDS:
            yield from self.flush()

    def finish(self, reading: Reading) -> None:
        """Note that an input has given all its records."""
        self._done.append(reading)

    def flush(self) -> Iterator[Part]:
        """Redact what waits, and yield what it makes; then the inputs that are done."""
        redaction = redact_closed(self.redactor, self._held)
        addresses = list(map(address_of, self._held))
        if new := self._learn((given.record, given.value) for given in redaction.secrets):
            redaction = self._without(new, redaction, addresses)
        for record, reading in zip(redaction.records, self._readings, strict=True):
            reading.keep(record)
        for number, refused in redaction.refused.items():
            self._readings[number].quarantine(self._held[number], refused)
        for given in redaction.secrets:
            self._readings[given.record].secrets.add(given.value)
        # In one order, whether records were redacted once more or their secrets known before.
        first = {address: number for number, address in reversed(list(enumerate(addresses)))}
        for finding in sorted(redaction.findings, key=lambda one: first[_address_in(one)]):
            self._reading_of[finding.record_id].keep_finding(finding)
        n_bytes, self._n_bytes = self._n_bytes, 0
        self._held.clear()
        self._readings.clear()
        self._reading_of.clear()
        yield from self._rows.weigh(n_bytes)
        yield from (reading.finished() for reading in self._done)
        self._done.clear()

    def _without(
        self, secrets: Iterable[bytes], redaction: ClosedRedaction[Any], addresses: list[Address]
    ) -> ClosedRedaction[Any]:
        """Redact records once more in which one of some secrets may stand.

        All of one address are: a finding says no more of its record. What they gave away at first
        they still do, though redaction should fail on them now.
        """
        may = may_hold(secrets, self._known)
        holding = {
            address
            for address, record in zip(addresses, redaction.records, strict=True)
            if may(msgspec.json.encode(record))
        }
        if not holding:
            return redaction
        numbers = [number for number, address in enumerate(addresses) if address in holding]
        again = redact_closed(self.redactor, [self._held[number] for number in numbers])
        records = list(redaction.records)
        for number, record in zip(numbers, again.records, strict=True):
            records[number] = record
        left = (one for one in redaction.findings if _address_in(one) not in holding)
        refused = {n: why for n, why in redaction.refused.items() if addresses[n] not in holding}
        return ClosedRedaction(
            records,
            [*left, *again.findings],
            [*redaction.secrets, *(GivenAway(numbers[n.record], n.value) for n in again.secrets)],
            refused | {numbers[n]: why for n, why in again.refused.items()},
        )

    def _learn(self, given: Iterable[tuple[int, bytes]]) -> set[bytes]:
        """Look from now on for what records have given away, and return what of it is new.

        What an input gives away of which nothing is kept is no business of any other.
        """
        new = {value for number, value in given if self._readings[number].keeps}
        new.difference_update(self._known)
        if new:
            self._known = new.union(self._known)
            self.redactor = self._knowing()
        return new


def _address_in(finding: Finding) -> Address:
    return Address(finding.record_id, finding.step, finding.input_id)


def _size(step: Step) -> int:
    """Return about how much text a step holds; where it stands may hold many times as much."""
    n_said = len(step.text) + len(step.reasoning or "")
    n_done = sum(
        len(value) if type(value) is str else len(str(value))
        for call in step.calls
        for value in call.arguments.values()
    )
    return n_said + n_done + sum(len(result.content) for result in step.results)
