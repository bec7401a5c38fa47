"""Records in, the same records without secrets and names out, and where they were.

What comes out holds nothing that the rules would find, so redacting twice is redacting
once. Records never affect one another, whatever stands beside them in a batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Final, Generic, NamedTuple, TypeVar, cast

from tracemill.records.events.event import EventBase
from tracemill.records.privacy.findings import Finding
from tracemill.records.refs import Origin, Record
from tracemill.records.sessions.trajectory import Step
from tracemill.redact.changes import record_at, spelled, with_texts
from tracemill.redact.copies import copied
from tracemill.redact.detectors.roster import all_detectors, finder
from tracemill.redact.located import Located, Seen, Tracer
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import Rules
from tracemill.redact.settle import UNSCANNED, Redacted, Settler
from tracemill.redact.texts import LONGEST_KNOWN, Place, Role, Texts

R = TypeVar("R", bound=Record)

_TEXTS_AT_ONCE: Final = 2_048
_MOST_KNOWN: Final = 32_768
_MOST_CLEAN: Final = 65_536


class Redaction(NamedTuple, Generic[R]):
    """Records that may leave, and what was found in them."""

    records: list[R]
    """The records in their order; those in which nothing was found are the very same."""
    findings: list[Finding]
    """Where stand-ins stand now; of home folders only the first in each text."""
    secrets: list[GivenAway]
    """What rules found that is to be looked for everywhere, in plain: for the vault only."""


@dataclass(frozen=True, slots=True, repr=False)
class GivenAway:
    """A secret that a record gives away; it prints nothing of itself."""

    record: int
    """The record's number."""
    value: bytes
    """The secret."""


class Redactor:
    """Redacts with one key. One thread at a time may use it.

    It remembers what short texts became, since paths, names and commands stand again and again.
    """

    def __init__(
        self,
        key: bytes,
        rules: Rules | None = None,
        engine: str | None = None,
        home: str | None = None,
        compiled: Iterable[bytes] = (),
        allowed: Collection[str] = (),
    ) -> None:
        """Prepare the rules.

        Args:
            key: 32 bytes; the same key gives the same stand-ins.
            rules: The shipped ones unless given.
            engine: `hyperscan` or `re2`; the best one that is installed unless given.
            home: The home folder of whoever runs this machine, replaced wherever it lies.
            compiled: What earlier ones were `compiled` to; it changes nothing but the time.
            allowed: Stand-ins of what is harmless, and stays as it is.
        """
        pseudonyms = Pseudonyms(key)
        detectors = all_detectors(rules or Rules.shipped(), pseudonyms, home)
        found_by = finder(detectors, engine, compiled)
        self.compiled = found_by.prefilter.compiled
        """What spares the next redactor with these rules and this home most of its making."""
        self._settler = Settler(found_by, pseudonyms, frozenset(allowed))
        self._known: dict[str, Redacted | None] = {}
        self._clean: set[bytes] = set()

    def knowing(self, secrets: Iterable[bytes], allowed: Collection[str] = ()) -> Redactor:
        """Return one with the same rules that looks for these values as well.

        It is quickly made. Both are for the same thread.
        """
        other = copy(self)
        other.begin(allowed)
        other.know(secrets)
        return other

    def begin(self, allowed: Collection[str]) -> None:
        """Forget what was known, and leave from now on what these stand-ins would stand for."""
        self._settler = self._settler.allowing(frozenset(allowed))
        self._known = {}
        self._clean = set()

    def know(self, secrets: Iterable[bytes]) -> None:
        """Look from now on for these values as well, which other records gave away."""
        self._settler.know(secrets)
        self._known.clear()
        self._clean.clear()

    def redact(self, records: Sequence[R]) -> Redaction[R]:
        """Return the records with stand-ins, and the findings."""
        redaction = Redaction(list(records), [], [])
        texts = Texts(self._known)
        for number, record in enumerate(records):
            texts.add(record, number)
            if len(texts.texts) >= _TEXTS_AT_ONCE:
                self._flush(texts, redaction)
                texts = Texts(self._known)
        self._flush(texts, redaction)
        return redaction

    def text(self, text: str) -> str:
        """Return one text with stand-ins, for example an address."""
        changed = self._settle([text], {})
        return changed[0].text if changed else text

    def locate(self, texts: Sequence[str]) -> list[Located]:
        """Return each text with stand-ins, and where in the text that came in they belong."""
        new = [text for text in dict.fromkeys(texts) if self._known.get(text, self) is not None]
        found = self._located(new)
        short = {text: at for at, text in enumerate(new) if len(text) <= LONGEST_KNOWN}
        self._remember({text: at for text, at in short.items() if text not in found}, {})
        return [found.get(text) or Located(text, ()) for text in texts]

    def _located(self, texts: Sequence[str]) -> dict[str, Located]:
        """Return those of different texts in which something is found."""
        tracer = Tracer()
        changed = self._settler.settle(texts, {}, tracer.note)
        located: dict[str, Located] = {}
        for index, redacted in changed.items():
            text = texts[index]
            if copies := copied(redacted.secrets, [text]):
                again = Tracer()
                new = self._settler.settle([text], {}, again.note, copies)[0]
                located[text] = Located(new.text, again.found(0))
            else:
                located[text] = Located(redacted.text, tracer.found(index))
        return located

    def look(self, records: Sequence[Record]) -> list[Seen]:
        """Return every text of the records in which something is found, as it came in."""
        seen: list[Seen] = []
        for number in self._unclean(records):
            texts: Texts[Redacted] = Texts()
            texts.add(records[number], number)
            tracer = Tracer()
            changed = self._settle(texts.texts, texts.roles, tracer)
            for index, new in sorted(changed.items()):
                where = spelled(texts.places[index], records)
                located = Located(new.text, tracer.found(index))
                seen.append(Seen(number, where, texts.texts[index], located))
        return seen

    def _unclean(self, records: Sequence[Record]) -> list[int]:
        """Return the numbers of the records that hold anything to find.

        Texts are scanned together, and each but once: rows of a dataset say much that others say.
        """
        texts: Texts[Redacted] = Texts(self._known)
        for number, record in enumerate(records):
            texts.add(record, number)
        long, twins = self._long_texts(texts)
        touched = self._settler.touched(texts.texts, texts.roles) | texts.ready.keys()
        touched |= {index for index, first in (*texts.twins, *twins) if first in touched}
        clean = {text: at for text, at in texts.firsts.items() if at not in touched}
        self._remember(clean, {})
        self._clean.update(digest for digest, at in long.items() if at not in touched)
        return sorted({record_at(texts.places[index]) for index in touched})

    def _long_texts(self, texts: Texts[Redacted]) -> tuple[dict[bytes, int], list[tuple[int, int]]]:
        """Empty the long texts that are known to be clean, or stand at another place already.

        Return those that are left, by what they say, and the twins of those.
        """
        if len(self._clean) > _MOST_CLEAN:
            self._clean.clear()
        left: dict[bytes, int] = {}
        twins: list[tuple[int, int]] = []
        for index, text in enumerate(texts.texts):
            if len(text) <= LONGEST_KNOWN or index in texts.roles:
                continue
            digest = sha256(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
            first = left.setdefault(digest, index) if digest not in self._clean else -1
            if first != index:
                texts.texts[index] = ""
                twins.append((index, first))
        return left, twins

    def withhold(self, records: Sequence[R]) -> Redaction[R]:
        """Return the records with a token in place of every text, unlooked at."""
        redaction = Redaction(list(records), [], [])
        texts: Texts[Redacted] = Texts()
        for number, record in enumerate(records):
            texts.add(record, number)
        held = [self._settler.taken_out(text, UNSCANNED) for text in texts.texts]
        _put(list(zip(texts.places, held, strict=True)), redaction)
        return redaction

    def _flush(self, texts: Texts[Redacted], redaction: Redaction[R]) -> None:
        settled = self._settler.settle(texts.texts, texts.roles)
        changed = texts.ready | settled
        changed |= {index: settled[first] for index, first in texts.twins if first in settled}
        self._remember(texts.firsts, settled)
        in_order = [(texts.places[index], new) for index, new in sorted(changed.items())]
        _put(self._with_copies(in_order, redaction.records), redaction)

    def _with_copies(
        self, changed: list[tuple[Place, Redacted]], records: Sequence[R]
    ) -> list[tuple[Place, Redacted]]:
        """Return what changes, in order, with secrets gone wherever their record holds them."""
        if not any(new.secrets for _, new in changed):
            return changed
        whole: list[tuple[Place, Redacted]] = []
        for number, group in groupby(changed, key=lambda each: record_at(each[0])):
            own = list(group)
            texts: Texts[Redacted] = Texts()
            if any(new.secrets for _, new in own):
                texts.add(records[number], number)
            if copies := copied((s for _, new in own for s in new.secrets), texts.texts):
                again = self._settler.settle(texts.texts, texts.roles, None, copies)
                own = [(texts.places[index], new) for index, new in sorted(again.items())]
            whole += own
        return whole

    def _settle(
        self, texts: Sequence[str], roles: Mapping[int, Role], tracer: Tracer | None = None
    ) -> dict[int, Redacted]:
        """Return the texts of one record that change, by index."""
        changed = self._settler.settle(texts, roles, tracer.note if tracer else None)
        copies = copied((s for new in changed.values() for s in new.secrets), texts)
        if copies is None:
            return changed
        if tracer is not None:
            tracer.forget()
        return self._settler.settle(texts, roles, tracer.note if tracer else None, copies)

    def _remember(self, firsts: Mapping[str, int], settled: Mapping[int, Redacted]) -> None:
        if len(self._known) + len(firsts) > _MOST_KNOWN:
            self._known.clear()
        self._known.update((text, settled.get(index)) for text, index in firsts.items())


def _put(changed: Sequence[tuple[Place, Redacted]], redaction: Redaction[R]) -> None:
    """Put texts in their places, and add what was found in them."""
    records, findings, secrets = redaction
    findings += _findings(changed, records)
    for place, new in changed:
        given = filter(None, (secret.given for secret in new.secrets))
        secrets += [
            GivenAway(record_at(place), value.encode("utf-8", "surrogatepass")) for value in given
        ]
    texts = ((place, new.text) for place, new in changed)
    for number, record in with_texts(records, texts).items():
        records[number] = cast("R", record)


def _findings(
    changed: Iterable[tuple[Place, Redacted]], records: Sequence[Record]
) -> Iterator[Finding]:
    for place, redacted in changed:
        where = spelled(place, records)
        record_id, step, input_id = address_of(records[record_at(place)])
        for mark in redacted.marks:
            yield Finding(
                rule=mark.rule.id,
                kind=mark.rule.kind,
                start=mark.start,
                end=mark.end,
                where=where,
                record_id=record_id,
                step=step,
                input_id=input_id,
            )


class Address(NamedTuple):
    """What a finding says of the record that it is in."""

    record_id: str
    step: int | None
    input_id: str


def address_of(record: Record) -> Address:
    """Return the address that all findings in a record have."""
    if isinstance(record, Step):
        return Address(record.trajectory_id, record.index, "")
    origin = getattr(record, "origin", None)
    return Address(
        getattr(record, "id", ""),
        record.step if isinstance(record, EventBase) else None,
        origin.input_id if isinstance(origin, Origin) else "",
    )
