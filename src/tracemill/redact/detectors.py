"""All detectors, the surest first: of two that overlap, the earlier one has the say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial

from tracemill.redact.blocks import KeyBlockDetector
from tracemill.redact.emails import mailbox_detector, named_mailbox_detector
from tracemill.redact.homes import HomeDetector
from tracemill.redact.judges import judge_of, whole
from tracemill.redact.lines import LineDetector
from tracemill.redact.listings import ListingDetector
from tracemill.redact.manifests import ManifestDetector
from tracemill.redact.own_home import OwnHomeDetector
from tracemill.redact.prefilters import Prefilter, prefilter
from tracemill.redact.protocol import Detector, Match, Probe, Rule
from tracemill.redact.pseudonyms import TOKEN, Pseudonyms
from tracemill.redact.rules import LineRule, Rules
from tracemill.redact.scanner import resolve, scan
from tracemill.redact.services import ServiceDetector
from tracemill.redact.tables import TableDetector
from tracemill.redact.veils import Base64Detector, Inner, VeilDetector

_FIRST_RANK = 10
_PII_RANK = 10_000


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
        TableDetector(pseudonyms, rank + 1),
        ManifestDetector(pseudonyms, rank + 2),
    )
    within = _within(of_secrets)
    return (
        *of_secrets,
        VeilDetector(within),
        Base64Detector(within),
        named_mailbox_detector(pseudonyms, _PII_RANK),
        mailbox_detector(pseudonyms, _PII_RANK + 1),
        *own,
        ListingDetector(pseudonyms, _PII_RANK + 3),
        HomeDetector(pseudonyms, _PII_RANK + 4),
    )


def _within(detectors: Sequence[Detector]) -> Inner:
    """Return what finds secrets in a short text, made when it is first needed."""

    @cache
    def made() -> Prefilter:
        return prefilter(detectors, "re2")

    def find(text: bytes) -> list[Match]:
        found = resolve(scan(text, made(), detectors)) if text else []
        return [match for match in found if match.rule.kind == "secret"]

    return find


def _token_detector() -> LineDetector:
    """Return the detector of tokens that already stand there; nothing may touch them."""
    pattern = f"(?P<secret>{TOKEN.decode()})"
    probe = Probe(pattern, ("[secret:", "[pii:"))
    return LineDetector(Rule("token", "secret", 0), probe, pattern, whole, lambda _: None)


def _rule_detector(rule: LineRule, rank: int, pseudonyms: Pseudonyms) -> LineDetector:
    if rule.stand_in != "token":
        stand_in: Callable[[bytes], str] = getattr(pseudonyms, rule.stand_in)
    else:
        token = pseudonyms.token if rule.kind == "secret" else pseudonyms.number
        stand_in = partial(token, rule.id)
    return LineDetector(
        Rule(rule.id, rule.kind, rank if rule.kind == "secret" else rank + _PII_RANK),
        rule.probe,
        rule.pattern,
        judge_of(rule),
        lambda found: stand_in(found.value),
        rule.n_lines,
    )
