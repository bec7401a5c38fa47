"""All detectors, the surest first: of two that overlap, the earlier one has the say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from tracemill.redact.detectors.blocks import KeyBlockDetector
from tracemill.redact.detectors.emails import (
    foreign_mailbox_detector,
    mailbox_detector,
    named_mailbox_detector,
    written_mailbox_detector,
)
from tracemill.redact.detectors.inserts import CopyDetector, InsertDetector
from tracemill.redact.detectors.listings import ListingDetector
from tracemill.redact.detectors.manifests import ManifestDetector
from tracemill.redact.detectors.own_home import OwnHomeDetector
from tracemill.redact.detectors.recovery_codes import RecoveryCodeDetector
from tracemill.redact.detectors.scalars import ScalarDetector
from tracemill.redact.detectors.services import ServiceDetector
from tracemill.redact.detectors.tables import CellRules, TableDetector
from tracemill.redact.detectors.veils import Base64Detector, VeilDetector
from tracemill.redact.line_rules.homes import HomeDetector
from tracemill.redact.line_rules.judges import judge_of, longest_of
from tracemill.redact.line_rules.lines import Form, LineDetector, whole
from tracemill.redact.protocol import Detector, Match, Places, Probe, Rule
from tracemill.redact.pseudonyms import TOKEN, Pseudonyms
from tracemill.redact.rules import LineRule, Rules
from tracemill.redact.scanning.prefilters import Prefilter, prefilter
from tracemill.redact.scanning.scanner import resolve, scan

_FIRST_RANK = 10
_PII_RANK = 10_000


class Finder(NamedTuple):
    """What finds everything: the detectors, and what calls them."""

    detectors: tuple[Detector, ...]
    prefilter: Prefilter


def finder(
    detectors: tuple[Detector, ...], engine: str | None = None, kept: Iterable[bytes] = ()
) -> Finder:
    """Return the detectors with a prefilter, which those that look into disguises share."""
    made = prefilter(detectors, engine, kept)
    for each in detectors:
        if isinstance(each, VeilDetector | Base64Detector) and isinstance(each.inner, _Within):
            each.inner.prefilter = made
    return Finder(detectors, made)


def all_detectors(
    rules: Rules, pseudonyms: Pseudonyms, home: str | None = None
) -> tuple[Detector, ...]:
    """Return the detectors for `rules`, for `home`, and for what takes more than a pattern."""
    rank = _FIRST_RANK + len(rules.lines)
    services = ServiceDetector(rules.services, pseudonyms, rank)
    own = () if home is None else (OwnHomeDetector(home, pseudonyms, _PII_RANK + 2),)
    of_secrets: tuple[Detector, ...] = (
        _token_detector(),
        KeyBlockDetector(pseudonyms),
        *(
            _rule_detector(rule, rank, pseudonyms)
            for rank, rule in enumerate(rules.lines, _FIRST_RANK)
        ),
        *((services,) if rules.services else ()),
        TableDetector(CellRules("secret-in-column", pseudonyms, (rank + 1, _PII_RANK))),
        ManifestDetector(pseudonyms, rank + 2),
        InsertDetector(CellRules("secret-in-insert", pseudonyms, (rank + 3, _PII_RANK))),
        CopyDetector(CellRules("secret-in-insert", pseudonyms, (rank + 3, _PII_RANK))),
        RecoveryCodeDetector(pseudonyms, rank + 4),
    )
    within = _Within(of_secrets)
    return (
        *of_secrets,
        VeilDetector(within),
        Base64Detector(within),
        named_mailbox_detector(pseudonyms, _PII_RANK),
        written_mailbox_detector(pseudonyms, _PII_RANK),
        mailbox_detector(pseudonyms, _PII_RANK + 1),
        foreign_mailbox_detector(pseudonyms, _PII_RANK + 1),
        *own,
        ListingDetector(pseudonyms, _PII_RANK + 3),
        HomeDetector(pseudonyms, _PII_RANK + 4),
    )


class _Within:
    """Finds secrets in a short text with the first of all detectors."""

    compiled = None

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = detectors
        self.prefilter: Prefilter | None = None

    def __call__(self, text: bytes) -> list[Match]:
        found = resolve(scan(text, self, self._detectors)) if text else []
        return [match for match in found if match.rule.kind == "secret"]

    def places(self, data: bytes, least: int = 0) -> Places:
        """Return the places at which one of the detectors has to look."""
        if self.prefilter is None:
            self.prefilter = prefilter(self._detectors, "re2")
        places = self.prefilter.places(data, least)
        return {i: ends for i, ends in places.items() if i < len(self._detectors)}


def _token_detector() -> LineDetector:
    """Return the detector of tokens that already stand there; nothing may touch them."""
    pattern = f"(?P<secret>{TOKEN.decode()})"
    probe = Probe(pattern, ("[secret:", "[pii:"))
    return LineDetector(Rule("token", "secret", 0), (probe,), Form(pattern), whole, lambda _: None)


def _rule_detector(
    rule: LineRule, rank: int, pseudonyms: Pseudonyms
) -> LineDetector | ScalarDetector:
    if rule.is_block:
        return ScalarDetector(rule, Rule(rule.id, rule.kind, rank), pseudonyms)
    if rule.stand_in != "token":
        stand_in: Callable[[bytes], str] = getattr(pseudonyms, rule.stand_in)
    else:
        token = pseudonyms.token if rule.kind == "secret" else pseudonyms.number
        stand_in = partial(token, rule.id)
    return LineDetector(
        Rule(rule.id, rule.kind, rank if rule.kind == "secret" else rank + _PII_RANK),
        rule.probes,
        Form(rule.pattern, rule.n_lines, longest_of(rule)),
        judge_of(rule),
        lambda found: stand_in(found.value),
    )
