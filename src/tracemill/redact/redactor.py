"""Records in, the same records without secrets and names out, and where they were.

What comes out holds nothing that the rules would find, so redacting twice is redacting
once. Texts never affect one another, whatever stands beside them in a batch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, Generic, NamedTuple, TypeVar

from tracemill.records.events import EventBase
from tracemill.records.findings import Finding
from tracemill.records.refs import Origin, Record
from tracemill.records.trajectory import Step
from tracemill.redact.detectors import all_detectors
from tracemill.redact.fields import Texts, collect, places, rebuild, spelled
from tracemill.redact.prefilters import Prefilter
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import Rules
from tracemill.redact.settle import Redacted, Settler

R = TypeVar("R", bound=Record)

_TEXTS_AT_ONCE: Final = 2_048


class Redaction(NamedTuple, Generic[R]):
    """Records that may leave, and what was found in them."""

    records: list[R]
    """The records in their order; those in which nothing was found are the very same."""
    findings: list[Finding]
    """Where stand-ins stand now; of home folders only the first in each text."""


class Redactor:
    """Redacts with one key. One thread at a time may use it."""

    def __init__(
        self,
        key: bytes,
        rules: Rules | None = None,
        engine: str | None = None,
        home: str | None = None,
    ) -> None:
        """Prepare the rules.

        Args:
            key: 32 bytes; the same key gives the same stand-ins.
            rules: The shipped ones unless given.
            engine: `hyperscan` or `re2`; the best one that is installed unless given.
            home: The home folder of whoever runs this machine, replaced wherever it lies.
        """
        pseudonyms = Pseudonyms(key)
        detectors = all_detectors(rules or Rules.shipped(), pseudonyms, home)
        prefilter = Prefilter(detectors, engine)
        self._settler = Settler(detectors, prefilter, pseudonyms)

    def redact(self, records: Sequence[R]) -> Redaction[R]:
        """Return the records with stand-ins, and the findings."""
        redacted = list(records)
        findings: list[Finding] = []
        texts = Texts()
        firsts: list[int] = []
        for i, record in enumerate(records):
            firsts.append(len(texts.texts))
            collect(record, texts)
            if len(texts.texts) >= _TEXTS_AT_ONCE or i + 1 == len(records):
                self._flush(texts, firsts, redacted, i + 1 - len(firsts), findings)
                texts, firsts = Texts(), []
        return Redaction(redacted, findings)

    def text(self, text: str) -> str:
        """Return one text with stand-ins, for example an address."""
        changed = self._settler.settle(Texts([text]))
        return changed[0].text if changed else text

    def _flush(
        self,
        texts: Texts,
        firsts: list[int],
        redacted: list[R],
        offset: int,
        findings: list[Finding],
    ) -> None:
        changed = self._settler.settle(texts)
        for i, own in groupby(sorted(changed), key=lambda index: bisect_right(firsts, index) - 1):
            first = firsts[i]
            last = firsts[i + 1] if i + 1 < len(firsts) else len(texts.texts)
            own_texts = texts.texts[first:last]
            new = {index - first: changed[index] for index in own}
            for index, each in new.items():
                own_texts[index] = each.text
            record = rebuild(redacted[offset + i], iter(own_texts))
            redacted[offset + i] = record
            findings += _findings(record, new)


def _findings(record: Record, changed: dict[int, Redacted]) -> Iterator[Finding]:
    where = places(record)
    record_id, step, input_id = _address(record)
    for index, redacted in changed.items():
        place = spelled(where[index])
        for mark in redacted.marks:
            yield Finding(
                rule=mark.rule.id,
                kind=mark.rule.kind,
                start=mark.start,
                end=mark.end,
                where=place,
                record_id=record_id,
                step=step,
                input_id=input_id,
            )


def _address(record: Record) -> tuple[str, int | None, str]:
    if isinstance(record, Step):
        return record.trajectory_id, record.index, ""
    origin = getattr(record, "origin", None)
    return (
        getattr(record, "id", ""),
        record.step if isinstance(record, EventBase) else None,
        origin.input_id if isinstance(origin, Origin) else "",
    )


def rules_version(rules: Rules | None = None) -> str:
    """Return the hash of the rules and of the code around them."""
    return (rules or Rules.shipped()).version
