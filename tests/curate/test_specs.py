from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.curate.test_views import using
from tests.trajectories import activity, agent, episode, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.builders.specs import is_spec
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.trajectory import Step

SPEC = "# Plan\n\n" + "## A part\nWhat it does, and how it is known to work.\n" * 20


def built(
    steps: Sequence[Step], max_chars: int = 10_000, **about: Any
) -> tuple[list[ChatExample], Counter[str]]:
    task = work(
        activity(files_edited=("a.py",), n_user_steps=1, **about),
        len(steps),
        episode=episode(commits=("b", "c"), quality=0.5),
        start_commit="a",
        end_commit="c",
    )
    config = ChatConfig(builders=("spec",), max_chars=max_chars)
    made = list(make_examples(task, steps, config))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [one for one in made if isinstance(one, ChatExample)], drops


def test_what_carries_a_document_out_is_imitated_with_its_commits() -> None:
    (example,), drops = built([user(0, SPEC), using(1, "Edit"), agent(2, "built")])

    assert [message.trained for message in example.messages] == [False, True, False, True]
    assert {"commits:2", "start:a", "end:c", "quality:0.50"} <= set(example.tags)
    assert not drops


@pytest.mark.parametrize(
    ("steps", "about", "reason"),
    [
        pytest.param([user(0, SPEC), agent(1, "I see")], {}, "no_change", id="only talk"),
        pytest.param([user(0, SPEC), using(1, "Edit"), agent(2)], {"rejected_steps": (1,)},
                     "rejected_turn", id="refused"),
        pytest.param([user(0, SPEC), using(1, "Edit"), agent(2, "x" * 20_000)], {}, "too_long",
                     id="cut"),
    ],
)  # fmt: skip
def test_what_does_not_carry_it_out_is_left_out(
    steps: list[Step], about: dict[str, Any], reason: str
) -> None:
    assert built(steps, **about) == ([], {reason: 1})


@pytest.mark.parametrize(
    ("text", "answer"),
    [(SPEC, True), ("# Plan\n\n# A\n\n# B", False), ("word " * 400, False)],
)
def test_a_spec_is_long_and_has_headings(text: str, *, answer: bool) -> None:
    assert is_spec(text) is answer
