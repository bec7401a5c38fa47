"""Labels that were dealt out by chance are found, and so are sessions that end worse."""

from random import Random

import pytest

from tracemill.promote.grounding import Answered, answered, check_labels
from tracemill.promote.monitoring import watch
from tracemill.records.datasets.examples import Message


def pairs(n: int, random: Random | None = None) -> list[Answered]:
    """Requests that name a file and a number, with calls that do."""
    answers = list(range(n))
    if random is not None:
        random.shuffle(answers)
    made = []
    for request, answer in enumerate(answers):
        call = {
            "type": "function",
            "id": "c",
            "function": {"name": "read", "arguments": {"path": f"src/part{answer}.py"}},
        }
        found = answered(
            [
                Message(role="user", content=f"please look into src/part{request}.py for me"),
                Message(role="assistant", tool_calls=(call,)),
            ]
        )
        assert found is not None
        made.append(found)
    return made


@pytest.mark.parametrize("n", [12, 100, 1_000])
def test_answers_that_go_with_their_requests_are_told_from_shuffled_ones(n: int) -> None:
    own = check_labels("d", pairs(n), Random(0))
    shuffled = check_labels("d", pairs(n, Random(1)), Random(0))

    assert own.p_value <= 0.01 < shuffled.p_value
    assert own.own > own.shuffled


def test_shuffled_labels_rarely_pass() -> None:
    p_values = [check_labels("d", pairs(30, Random(i)), Random(i)).p_value for i in range(100)]

    assert sum(p <= 0.01 for p in p_values) <= 4


def test_nothing_that_could_be_told_is_no_receipt() -> None:
    assert check_labels("d", [], Random(0)).p_value == 1
    assert answered([Message(role="user", content="x")]) is None


def test_an_alarm_is_raised_where_sessions_end_worse() -> None:
    usual = [True] * 90 + [False] * 10

    worse = watch("new", [True, False] * 40, usual)
    same = watch("new", [True] * 72 + [False] * 8, usual)

    assert worse.is_raised
    assert not same.is_raised
    assert worse.e_value > 40 > same.e_value


def test_looking_after_every_session_rarely_alarms_for_nothing() -> None:
    random, n_alarms = Random(5), 0
    for _ in range(60):
        usual = [random.random() < 0.8 for _ in range(60)]
        ended: list[bool] = []
        for _ in range(40):
            ended.append(random.random() < 0.8)
            if watch("new", ended, usual).is_raised:
                n_alarms += 1
                break

    assert n_alarms <= 3


def test_without_a_predecessor_nothing_is_raised() -> None:
    assert not watch("new", [False] * 50, []).is_raised
    assert "nothing to fall below" in watch("new", [False], []).says
