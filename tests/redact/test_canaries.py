"""What must be found is drawn anew each time, and an engine that finds it no more is noticed."""

from __future__ import annotations

from itertools import count

import pytest

from tracemill.redact import Redactor, Rules
from tracemill.redact.canaries import canaries, dead_rules, fill, missed

RULES = Rules.shipped()


def test_every_rule_and_every_detector_has_a_canary() -> None:
    names = {canary.rule for canary in canaries(RULES, "")}

    assert names == {rule.id for rule in RULES.lines} | {
        "private-key", "email", "home-path", "disguised-secret",
    }  # fmt: skip


def test_canaries_are_drawn_anew_for_another_seed() -> None:
    one, other = (dict(zip("ab", canaries(RULES, seed), strict=False)) for seed in ("x", "y"))

    assert one["a"].text != other["a"].text
    assert fill("{hex:8}", "x") == fill("{hex:8}", "x") != fill("{hex:8}", "y")


def test_the_rules_in_use_find_their_canaries(redactor: Redactor) -> None:
    assert missed(redactor, list(canaries(RULES, ""))) == []
    assert dead_rules(redactor, RULES, map(str, count()).__next__) == ()


@pytest.mark.parametrize("gone", ["aws-access-key", "iban", "mac-address"])
def test_a_rule_that_is_gone_is_named(gone: str) -> None:
    fewer = Redactor(bytes(32), Rules(rule for rule in RULES.lines if rule.id != gone), "re2")

    assert gone in dead_rules(fewer, RULES, map(str, count()).__next__)


def test_a_redactor_without_rules_is_as_good_as_dead() -> None:
    none = Redactor(bytes(32), Rules([]), "re2")

    assert len(dead_rules(none, RULES, map(str, count()).__next__)) > 100
