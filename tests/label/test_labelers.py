"""Who says what a turn means, and whose word stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.label.test_asking import TURN, said
from tracemill.label.reactions.asking import SCHEMA, question
from tracemill.label.reactions.labelers import (
    Labeler,
    ModelLabeler,
    Policy,
    RuleLabeler,
    combined,
    is_wanted,
)
from tracemill.label.reactions.speech import Heard
from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.reactions import ReactionKind, is_sure
from tracemill.records.sessions.turn_labels import AnswerFault


def heard(kind: ReactionKind, confidence: float) -> Heard:
    return Heard(kind, confidence, "rule", 0, 1)


def test_a_model_says_what_a_turn_means_and_where() -> None:
    asked: list[tuple[Sequence[Message], Mapping[str, Any]]] = []

    def ask(messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
        asked.append((messages, schema))
        return said()

    labeler: Labeler = ModelLabeler("scripted:it", ask)

    assert labeler.label(TURN) == (Heard("correction", 0.9, "model", 13, 23),)
    assert asked == [(question(TURN), SCHEMA)]


SURELY, HARDLY = (heard("refinement", 0.96),), (heard("refinement", 0.5),)
MODEL = (Heard("correction", 0.8, "model", 4, 5),)


@pytest.mark.parametrize(
    ("policy", "ruled", "is_asked"),
    [
        ("unsure", SURELY, False), ("unsure", HARDLY, True), ("unsure", (), True),
        ("unsure", (heard("refinement", 0.75),), True), ("unsure", (heard("rephrase", 0.9),), False),
        ("all", SURELY, True), ("agree", SURELY, True),
    ],
)  # fmt: skip
def test_a_model_is_asked_where_the_policy_needs_it(
    policy: Policy, ruled: tuple[Heard, ...], *, is_asked: bool
) -> None:
    assert is_wanted(policy, ruled) == is_asked


@pytest.mark.parametrize(
    ("policy", "model", "stands"),
    [
        ("unsure", MODEL, MODEL), ("unsure", None, HARDLY), ("unsure", "not_in_form", HARDLY),
        ("all", MODEL, MODEL), ("all", "no_label", HARDLY),
        ("agree", MODEL, ()), ("agree", None, ()), ("agree", "no_label", ()),
        ("agree", (*MODEL, heard("refinement", 0.3)), (heard("refinement", 0.3),)),
    ],
)  # fmt: skip
def test_the_policy_says_whose_word_stands(
    policy: Policy, model: tuple[Heard, ...] | AnswerFault | None, stands: tuple[Heard, ...]
) -> None:
    assert combined(policy, HARDLY, model) == stands


def test_the_rules_are_a_labeler_too() -> None:
    rules = RuleLabeler()
    labeler: Labeler = rules

    assert labeler.name == "rules"
    assert [each.kind for each in rules.label(TURN._replace(text="yes, go on"))] == ["continuation"]


def test_a_model_is_sure_by_its_own_word_whatever_the_kind() -> None:
    assert is_sure("refinement", 0.5, "openai:reader")
    assert is_sure("continuation", 0.5, "model")
    assert not is_sure("clarification", 0.49, "openai:reader")
    assert not is_sure("refinement", 0.9, "en.smaller")
