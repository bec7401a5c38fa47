from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs

from tests.curate.test_preference import ran
from tests.trajectories import activity, agent, calling, episode, reaction, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import UnpairedExample
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Outcome


def built(
    steps: Sequence[Step], *reactions: Any, outcome: Outcome = "unknown", **about: Any
) -> tuple[list[UnpairedExample], Counter[str]]:
    task = work(activity(reactions=reactions, **about), len(steps), episode=episode(outcome, 0))
    made = list(make_examples(task, steps, ChatConfig(builders=("reaction",))))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [one for one in made if isinstance(one, UnpairedExample)], drops


FIXED = "Fixed: the bounds were off by one."


def test_what_a_person_accepted_is_right_with_its_evidence() -> None:
    steps = [user(0, "fix it"), calling(1), agent(2, FIXED), user(3, "great")]
    (example,), drops = built(steps, reaction(3, "acceptance"))

    assert ([message.content for message in example.completion], example.label) == ([FIXED], True)
    assert [message.role for message in example.prompt] == ["user", "assistant", "tool"]
    assert [ref.step for ref in example.evidence] == [2, 3]
    assert example.strength == 0.72
    assert {"reaction:acceptance", "rule:test"} <= set(example.tags)
    assert not drops


@pytest.mark.parametrize(("mark", "label"), [("called_right", True), ("called_wrong", False)])
def test_what_a_person_said_of_a_single_step_is_an_example_of_it(mark: str, label: bool) -> None:
    steps = [user(0, "fix it"), calling(1), agent(2, FIXED)]
    task = structs.replace(work(activity(), 3, episode=episode("failed", 0)), **{mark: (1,)})
    (example,) = make_examples(task, steps, ChatConfig(builders=("reaction",)))
    assert isinstance(example, UnpairedExample)

    assert example.completion[0].tool_calls
    assert [message.content for message in example.prompt] == ["fix it"]
    assert (example.label, example.strength) == (label, 1.0)
    assert {f"reaction:{mark}", "rule:person"} <= set(example.tags)
    assert [ref.step for ref in example.evidence] == [1]


def test_what_a_person_said_of_no_message_of_the_agent_is_counted() -> None:
    steps = [user(0, "fix it"), calling(1), agent(2, FIXED)]
    task = structs.replace(work(activity(), 3), called_right=(0,))
    (drop,) = make_examples(task, steps, ChatConfig(builders=("reaction",)))

    assert isinstance(drop, Drop)
    assert drop.reason == "unclear_step"


def test_what_a_person_accepted_too_early_is_not_right() -> None:
    steps = [user(0, "fix it"), calling(1), agent(2, FIXED), user(3, "great")]

    assert built(steps, reaction(3, "acceptance"), outcome="failed") == ([], {"outcome_failed": 1})


@pytest.mark.parametrize("outcome", ["unknown", "failed"])
def test_what_a_person_called_wrong_is_wrong(outcome: Outcome) -> None:
    steps = [user(0, "how many?"), agent(1, "four"), user(2, "no, five")]
    (example,), _ = built(steps, reaction(2, "correction"), outcome=outcome)

    assert ([message.content for message in example.completion], example.label) == (["four"], False)


def test_what_a_person_refused_is_wrong_also_where_nothing_came_back() -> None:
    for status in ("rejected", "interrupted"):
        (example,), _ = built([user(0), ran(1, "rm a", status)], reaction(1, "rejection"))

        assert example.completion[0].tool_calls
        assert not example.label


@pytest.mark.parametrize(
    ("steps", "heard", "reason"),
    [
        pytest.param([user(0), calling(1), agent(2), user(3, "wrong")], reaction(3, "correction"),
                     "unclear_step", id="one of several steps"),
        pytest.param([user(0, "see [image]"), agent(1), user(2, "great")], reaction(2, "acceptance"),
                     "image_turn", id="about a picture"),
        pytest.param([user(0), agent(1, "It is in the"), user(2, "great")],
                     reaction(2, "acceptance"), "cut_answer", id="broken off"),
        pytest.param([user(0), agent(1, "Looking at it..."), user(2, "great")],
                     reaction(2, "acceptance"), "short_answer", id="no answer yet"),
        pytest.param([user(0), agent(1, "x" * 20_000), user(2, "great")],
                     reaction(2, "acceptance"), "long_pair", id="too long"),
    ],
)  # fmt: skip
def test_what_nobody_can_learn_from_is_left_out(steps: list[Step], heard: Any, reason: str) -> None:
    assert built(steps, heard) == ([], {reason: 1})


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param(reaction(2, "continuation"), id="only goes on"),
        pytest.param(reaction(2, "correction", 0.4), id="unsure"),
        pytest.param(reaction(2, "switch"), id="turns to other work"),
    ],
)
def test_weak_words_and_those_about_the_whole_judge_no_message(heard: Any) -> None:
    assert built([user(0), agent(1), user(2)], heard) == ([], {})
