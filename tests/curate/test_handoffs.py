"""Words that hand work over, and what became of the session that went on."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.curate.test_views import using
from tests.trajectories import activity, agent, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import UnpairedExample
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Outcome
from tracemill.records.work.handoffs import NextSession

LEFT = "Next steps:\n- wire the parser in `src/bill.py`\n"
TOLD = "I wrote the parser and the tests of it. " * 6


def following(outcome: Outcome) -> NextSession:
    return NextSession(
        trajectory_id="traj_2", method="shared_files", confidence=0.75, outcome=outcome,
        outcome_confidence=0.8,
    )  # fmt: skip


def built(
    steps: Sequence[Step],
    outcome: Outcome | None = "achieved",
    max_chars: int = 10_000,
    **about: Any,
) -> tuple[list[UnpairedExample], Counter[str]]:
    given = {"n_calls": 1, "last_edit_step": 1, **about}
    task = work(activity(**given), len(steps), next_session=following(outcome) if outcome else None)
    config = ChatConfig(builders=("handoff",), max_chars=max_chars)
    made = list(make_examples(task, steps, config))
    drops = Counter(str(one.reason) for one in made if isinstance(one, Drop))
    return [one for one in made if isinstance(one, UnpairedExample)], drops


@pytest.mark.parametrize(
    ("outcome", "label"), [("achieved", True), ("failed", False), ("abandoned", False)]
)
def test_words_that_hand_over_are_as_right_as_the_next_session_went(
    outcome: Outcome, label: bool
) -> None:
    (example,), drops = built([user(0), using(1, "Edit"), agent(2, LEFT)], outcome)

    assert (example.label, example.strength) == (label, 0.6)
    assert [message.role for message in example.prompt] == ["user", "assistant", "tool"]
    assert example.completion[0].content == LEFT
    assert [each.id for each in example.evidence] == ["traj_1", "traj_2"]
    told = {"builder:handoff", "view:collaboration", f"next:{outcome}", "by:shared_files"}
    assert told <= set(example.tags)
    assert not drops


def test_a_report_of_changes_hands_over_too() -> None:
    (example,), _ = built([user(0), using(1, "Edit"), agent(2, TOLD)])

    assert example.completion[0].content == TOLD
    assert built([user(0), using(1, "Edit"), agent(2, TOLD)], last_edit_step=None)[0] == []


@pytest.mark.parametrize(
    ("steps", "outcome", "reason"),
    [
        pytest.param([user(0), using(1, "Edit"), agent(2, LEFT)], None, "next_unknown", id="nobody"),
        pytest.param([user(0), using(1, "Edit"), agent(2, LEFT)], "partial", "next_unjudged",
                     id="partly"),
        pytest.param([user(0), using(1, "Edit"), agent(2, "Done.")], "achieved", "no_handoff",
                     id="short"),
        pytest.param([user(0), agent(1, LEFT), using(2, "Edit")], "achieved", "no_handoff",
                     id="ends with a call"),
        pytest.param([user(0), using(1, "Edit"), agent(2, LEFT + "and the")], "achieved",
                     "cut_answer", id="broken off"),
    ],
)  # fmt: skip
def test_what_hands_nothing_over_or_is_not_judged_is_left_out(
    steps: list[Step], outcome: Outcome | None, reason: str
) -> None:
    assert built(steps, outcome) == ([], {reason: 1})


def test_only_the_end_of_a_session_hands_over() -> None:
    long = [user(0, "x" * 600), agent(1, LEFT), user(2, "y" * 600), agent(3, LEFT)]
    found, _ = built(long, max_chars=900)

    assert [example.evidence[0].step for example in found] == [3]
