"""The rules of redaction as people read them, each tried on the texts that it came with."""

from __future__ import annotations

from tracemill.records.refs import Record
from tracemill.redact import Redactor, Rules, rules_version
from tracemill.redact.canaries import fill
from tracemill.redact.rules import LineRule


class RuleRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One rule, and whether it does what it says."""

    id: str
    """Its name in findings and tokens."""
    kind: str
    """`secret` gives access, `pii` points at a person."""
    title: str
    """What it finds."""
    source: str | None
    """Where its vendor shows how keys look; None where that is common knowledge."""
    stand_in: str
    """What takes the place of what it finds."""
    n_texts: int
    """Texts that came with it, in which it must or must not find something."""
    n_wrong: int
    """Those on which it failed just now."""


class RuleList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """All rules with a table of their own."""

    version: str
    """Which rules and which code around them; it changes with either."""
    rules: tuple[RuleRow, ...]
    """Every rule, in the order in which they prevail."""


def list_rules(redactor: Redactor) -> RuleList:
    """Return all rules, tried with the engine in use."""
    rows = tuple(_tried(rule, redactor) for rule in Rules.shipped().lines)
    return RuleList(version=rules_version(), rules=rows)


def _tried(rule: LineRule, redactor: Redactor) -> RuleRow:
    finds = [bool(one.found) for one in redactor.locate([fill(text) for text in rule.finds])]
    ignores = [bool(one.found) for one in redactor.locate([fill(text) for text in rule.ignores])]
    return RuleRow(
        id=rule.id,
        kind=rule.kind,
        title=rule.title,
        source=rule.source or None,
        stand_in=rule.stand_in,
        n_texts=len(finds) + len(ignores),
        n_wrong=finds.count(False) + ignores.count(True),
    )
