"""What a person went back before is in the context of no later step, and is never imitated."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.curate.laws import calls_of, learned, wanted
from tests.curate.test_builders import sessions
from tests.curate.test_preference import command, ran
from tests.curate.test_recovery import recovery
from tests.trajectories import activity, agent, reaction, user, work
from tracemill.curate import BUILDERS
from tracemill.curate.builders.one_pass import make_examples, needs_steps
from tracemill.curate.windows.undone import is_begun_within, is_in_sight, is_within, outermost
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import (
    Example,
    PreferenceExample,
    UnpairedExample,
    messages_of,
)
from tracemill.records.sessions.activity import Activity, Delegation, UndoneSteps
from tracemill.records.sessions.trajectory import Step


def branch(first: int, last: int) -> UndoneSteps:
    return UndoneSteps(first=first, last=last)


FIRST = [user(0, "draw a plan"), ran(1, "plan", "ok"), agent(2, "A plan of three parts.")]
UNDONE = [user(3, "build the red one"), ran(4, "paint red", "ok"), agent(5, "It is red now.")]
AGAIN = [user(6, "build the blue one"), ran(7, "paint blue", "ok"), agent(8, "It is blue now.")]
STEPS = [*FIRST, *UNDONE, *AGAIN]


def built(
    builder: str, steps: list[Step] = STEPS, *undone: UndoneSteps, **about: Any
) -> tuple[list[Example], Counter[str]]:
    about = {"undone": undone or (branch(3, 5),), "n_calls": 3, "n_user_steps": 3, **about}
    config = ChatConfig(builders=(builder,))
    made = list(make_examples(work(activity(**about), len(steps)), steps, config))
    drops: Counter[str] = Counter(one.reason for one in made if isinstance(one, Drop))
    return [one for one in made if not isinstance(one, Drop)], drops


def asked(example: Example) -> list[str]:
    return [m.content for m in messages_of(example) if m.role == "user"]


@pytest.mark.parametrize("builder", ["session", "whole"])
def test_what_comes_behind_a_branch_does_not_see_it(builder: str) -> None:
    (example,), drops = built(builder)

    assert asked(example) == ["draw a plan", "build the blue one"]
    assert learned(example) == {"c1", "c7"}
    assert drops == {"undone_turn": 1}


def test_each_branch_is_left_out_and_counted_once() -> None:
    twice = [*STEPS, user(9, "build the green one"), ran(10, "paint green", "ok")]
    beside, drops = built("session", twice, branch(3, 5), branch(6, 8))
    within, drops_within = built("session", twice, branch(3, 8), branch(3, 5))

    assert [asked(each) for each in beside] == [["draw a plan", "build the green one"]]
    assert [asked(each) for each in within] == [["draw a plan", "build the green one"]]
    assert (drops, drops_within) == ({"undone_turn": 2}, {"undone_turn": 1})


def test_a_context_that_was_summarised_in_a_branch_is_whole_again_behind_it() -> None:
    (example,), _ = built("session", compacted_steps=(5,))

    assert asked(example) == ["draw a plan", "build the blue one"]


def test_a_branch_can_be_the_worse_side_of_the_one_that_came_in_its_place() -> None:
    (pair,), drops = built("preference", rejected_steps=(5,))

    assert isinstance(pair, PreferenceExample)
    assert [m.content for m in pair.prompt if m.role == "user"] == [
        "draw a plan",
        "build the red one",
    ]
    assert (command(pair.chosen[0]), command(pair.rejected[0])) == ("paint blue", "paint red")
    assert [(each.first_step, each.last_step) for each in pair.lineage] == [(0, 4), (7, 7)]
    assert drops == {"undone_turn": 1}


@pytest.mark.parametrize("builder", ["preference", "reaction"])
def test_a_branch_that_did_not_see_what_stands_before_it_judges_nothing(builder: str) -> None:
    apart = structs.replace(branch(3, 5), is_apart=True)
    about = {"rejected_steps": (5,), "reactions": (reaction(5, "rejection"),)}

    made, drops = built(builder, STEPS, apart, **about)

    assert made == []
    assert drops == {"undone_turn": 1}


def test_a_branch_in_whose_place_something_else_was_asked_is_no_worse_side() -> None:
    steps = [*FIRST, *UNDONE, user(6, "write the tests instead"), *AGAIN[1:]]

    assert built("preference", steps) == ([], {"undone_turn": 1, "other_request": 1})


def test_what_was_taken_back_is_judged_as_the_model_saw_it_then() -> None:
    (example,), _ = built("reaction", reactions=(reaction(5, "rejection"),))

    assert isinstance(example, UnpairedExample)
    assert [m.content for m in example.completion] == ["It is red now."]
    assert not example.label
    assert asked(example) == ["draw a plan", "build the red one"]


def test_words_about_a_branch_judge_nothing_else() -> None:
    assert built("reaction", reactions=(reaction(6, "acceptance"),)) == ([], {"undone_turn": 1})


def test_a_failure_is_not_overcome_in_a_branch_that_was_left() -> None:
    found = recovery(1, worked=4, kind="command", change="arguments")

    assert built("recovery", recoveries=(found,)) == ([], {"undone_turn": 1})


@given(sessions(), st.data(), st.integers(60, 2_000))
def test_no_step_sees_a_branch_that_ended_before_it(
    session: tuple[list[Step], Activity], data: st.DataObject, max_chars: int
) -> None:
    steps, about = session
    at = st.integers(1, len(steps))
    spans = st.builds(lambda one, other: branch(*sorted((one, other))), at, at)
    undone = tuple(data.draw(st.lists(spans, min_size=1, max_size=3, unique=True)))
    config = ChatConfig(builders=tuple(BUILDERS.names()), max_chars=max_chars)
    about = structs.replace(about, undone=undone)
    gone = [step for step in steps if is_within(step.index, undone)]

    for made in make_examples(work(about, len(steps), start_commit="abc"), steps, config):
        if isinstance(made, Drop):
            continue
        assert not learned(made) & calls_of(gone)
        assert not _said(wanted(made)) & {step.text for step in gone}
        hidden, context = gone, messages_of(made)
        if isinstance(made, PreferenceExample | UnpairedExample):
            judged, context = made.lineage[0].last_step, made.prompt
            hidden = [step for step in gone if not is_in_sight(step.index, judged, undone)]
        assert not _said(context) & {step.text for step in hidden}


def _said(messages: Any) -> set[str]:
    return {part for message in messages for part in message.content.split("\n\n") if part}


@given(st.lists(st.builds(lambda a, n: branch(a, a + n), st.integers(0, 9), st.integers(0, 5))))
def test_the_outermost_branches_hold_all_steps_of_all(undone: list[UndoneSteps]) -> None:
    outer = outermost(undone)

    assert all(is_within(at, undone) == is_within(at, outer) for at in range(16))


MOMENTS = [datetime(2026, 3, 1, 10, minute, tzinfo=UTC) for minute in range(10)]
HANDED = (
    Delegation(step=1, at=MOMENTS[0], until=MOMENTS[2]),
    Delegation(step=4, at=MOMENTS[3], until=MOMENTS[5]),
    Delegation(step=7, at=MOMENTS[6]),
)


@pytest.mark.parametrize(
    ("begun", "undone", "is_undone"),
    [
        (MOMENTS[4], (branch(3, 5),), True),
        (MOMENTS[4], (branch(3, 5), branch(6, 8)), True),
        (MOMENTS[7], (branch(6, 8),), True),
        (MOMENTS[1], (branch(3, 5),), False),
        (MOMENTS[7], (branch(3, 5),), False),
        (MOMENTS[4], (), False),
        (None, (branch(3, 5),), False),
    ],
    ids=["in it", "in one of two", "not answered", "before", "behind", "no branch", "unknown"],
)
def test_a_subagent_goes_with_the_steps_that_it_was_begun_in(
    begun: datetime | None, undone: tuple[UndoneSteps, ...], is_undone: bool
) -> None:
    assert is_begun_within(begun, activity(undone=undone, delegations=HANDED)) is is_undone


def test_of_two_that_were_at_work_at_once_one_that_stands_keeps_a_subagent() -> None:
    beside = (*HANDED, Delegation(step=8, at=MOMENTS[3], until=MOMENTS[5]))

    assert not is_begun_within(MOMENTS[4], activity(undone=(branch(3, 5),), delegations=beside))


@pytest.mark.parametrize("builder", BUILDERS.builtin)
def test_nothing_is_made_of_a_subagent_that_was_undone(builder: str) -> None:
    config = ChatConfig(builders=(builder,))
    one = structs.replace(
        work(activity(n_calls=3, n_user_steps=3), len(STEPS)), refused="undone_turn"
    )

    assert not needs_steps(one, config)
    (drop,) = make_examples(one, STEPS, config)
    assert isinstance(drop, Drop)
    assert drop.reason == "undone_turn"
