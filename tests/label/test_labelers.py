"""Who says what a turn means: a model is believed only where its evidence stands in the turn."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.label.reactions.cues import Before
from tracemill.label.reactions.labelers import (
    SCHEMA,
    Labeler,
    ModelLabeler,
    Policy,
    RuleLabeler,
    Turn,
    combined,
    is_wanted,
    question,
    read_answer,
)
from tracemill.label.reactions.speech import Heard
from tracemill.records.examples import Message
from tracemill.records.reactions import ReactionKind
from tracemill.records.turn_labels import AnswerFault

TURN = Turn(
    "the total is off by one",
    Before(asked=("show the total",), answered="Done.", edited=("page.html",)),
)


def said(kind: str = "correction", evidence: str = "off by one", confidence: float = 0.9) -> str:
    label = {"class": kind, "evidence": evidence, "confidence": confidence}
    return msgspec.json.encode({"labels": [label]}).decode()


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


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("", "not_in_form"),
        ("It is a correction.", "not_in_form"),
        ('{"labels": []}', "no_label"),
        ('{"labels": [], "more": 1}', "not_in_form"),
        (said(kind="praise"), "not_in_form"),
        (said(confidence=1.5), "not_in_form"),
        (said(evidence="off by two"), "no_such_evidence"),
        (said(evidence=" "), "no_such_evidence"),
        (said(evidence="show the total"), "no_such_evidence"),
    ],
)
def test_an_answer_that_shows_nothing_says_nothing(answer: str, fault: AnswerFault) -> None:
    assert read_answer(answer, TURN.text) == fault


@given(st.text())
def test_whatever_a_model_answers_points_into_the_turn_or_is_a_fault(answer: str) -> None:
    found = read_answer(answer, TURN.text)

    assert isinstance(found, str) or all(0 <= h.start < h.end <= len(TURN.text) for h in found)


@given(st.text(min_size=1, max_size=200))
def test_texts_of_a_log_are_data_in_a_question(text: str) -> None:
    task, document = question(TURN._replace(text=text))

    assert task == question(TURN)[0]
    assert (task.role, document.role) == ("system", "user")
    assert msgspec.json.decode(document.content)["turn"] == text


SURELY, HARDLY = (heard("refinement", 0.9),), (heard("refinement", 0.5),)
MODEL = (Heard("correction", 0.8, "model", 4, 5),)


@pytest.mark.parametrize(
    ("policy", "ruled", "is_asked"),
    [
        ("unsure", SURELY, False), ("unsure", HARDLY, True), ("unsure", (), True),
        ("unsure", (heard("refinement", 0.75),), True), ("unsure", (heard("rephrase", 0.8),), False),
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
    assert [each.kind for each in rules.label(Turn("yes, go on", TURN.before))] == ["continuation"]
