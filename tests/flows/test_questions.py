"""What one question knows: of what the rules are in doubt, and what both they and a model say."""

import msgspec
import pytest

from tests.flows.asked_kinds import AT
from tests.label.test_asking import TURN, said
from tracemill.flows.deriving.judged.kinds import Exchange
from tracemill.flows.deriving.judged.turns import TurnQuestion
from tracemill.label.reactions.asking import question
from tracemill.label.reactions.speech import Heard
from tracemill.records.sessions.reactions import ReactionKind

EXCHANGE = Exchange("stop", 1, 2, 0.5, AT)


def heard(kind: ReactionKind, confidence: float) -> Heard:
    return Heard(kind, confidence, "rule", 0, 1)


def asked(*ruled: Heard) -> TurnQuestion:
    return TurnQuestion("traj_1", 3, TURN, ruled)


@pytest.mark.parametrize(
    ("ruled", "is_doubtful"),
    [
        ((heard("refinement", 0.96),), False), ((heard("refinement", 0.5),), True), ((), True),
        ((heard("refinement", 0.75),), True), ((heard("rephrase", 0.9),), False),
    ],
)  # fmt: skip
def test_rules_that_hear_nothing_or_are_not_sure_are_in_doubt(
    ruled: tuple[Heard, ...], *, is_doubtful: bool
) -> None:
    assert asked(*ruled).is_doubtful == is_doubtful


def test_a_model_says_what_a_turn_means_and_where() -> None:
    answer = asked().answer(said(), "scripted:it", EXCHANGE)
    (label,) = answer.labels

    assert asked().messages == question(TURN)
    assert (label.kind, label.confidence, label.start, label.end) == ("correction", 0.9, 13, 23)
    assert (label.method, label.stamp.by) == ("model", "scripted:it")
    assert (answer.finish, answer.n_prompt_tokens, answer.seconds) == ("stop", 1, 0.5)


def test_both_say_the_kinds_that_the_rules_hear_too() -> None:
    found = asked(heard("refinement", 0.5))
    (other,) = found.answer(said(), "scripted:it", EXCHANGE).labels
    same = msgspec.structs.replace(other, kind="refinement", confidence=0.3)

    assert found.agreed((other, same)) == (same,)
    assert found.agreed((other,)) == ()
