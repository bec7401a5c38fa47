"""What set a session up stands before each of its windows, within their size."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.trajectories import activity, agent, calling, step, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.trajectory import Step

RULES = "rules " * 10
TURNS = [
    step(0, "system", RULES), user(1, "first"), agent(2, "a" * 60),
    user(3, "second"), agent(4, "b" * 60), user(5, "third"), agent(6, "c" * 60),
]  # fmt: skip


def built(
    steps: Sequence[Step], max_chars: int, builder: str = "session", **about: Any
) -> list[ChatExample | Drop]:
    config = ChatConfig(max_chars=max_chars, builders=(builder,))
    made = make_examples(work(activity(**about), len(steps)), steps, config)
    return [one for one in made if isinstance(one, ChatExample | Drop)]


def rows(steps: Sequence[Step], max_chars: int, **about: Any) -> list[ChatExample]:
    return [one for one in built(steps, max_chars, **about) if isinstance(one, ChatExample)]


@pytest.mark.parametrize("about", [{}, {"compacted_steps": (3,)}], ids=["full", "compacted"])
def test_every_window_begins_with_what_set_the_session_up(about: dict[str, Any]) -> None:
    found = rows(TURNS, 140, **about)

    assert len(found) == 3
    assert {row.messages[0].content for row in found} == {RULES}
    assert {row.messages[0].role for row in found} == {"system"}
    assert all("system:recorded" in row.tags for row in found)
    own = [[(part.first_step, part.last_step) for part in row.lineage] for row in found]
    assert own == [[(0, 2)], [(3, 4), (0, 0)], [(5, 6), (0, 0)]]


def test_a_window_has_room_for_it() -> None:
    for most in range(80, 400, 20):
        sizes = [sum(len(m.content) for m in row.messages) for row in rows(TURNS, most)]
        assert all(size <= most for size in sizes), (most, sizes)


def test_a_turn_that_leaves_no_room_for_it_is_cut() -> None:
    steps = [*TURNS[:3], user(3, "more"), agent(4, "x" * 60), agent(5, "y" * 60)]
    *_, last = rows(steps, 150)

    assert [m.content for m in last.messages if m.trained] == ["x" * 60]
    assert [each.reason for each in built(steps, 150) if isinstance(each, Drop)] == ["too_long"]


@pytest.mark.parametrize("rules", [100, 150])
def test_where_it_would_take_most_of_a_window_rows_say_that_it_is_left_out(rules: int) -> None:
    steps = [step(0, "system", "r" * rules), *TURNS[1:]]
    later = [row for row in rows(steps, 130) if row.lineage[0].first_step > 0]

    assert later
    assert all(row.messages[0].role == "user" for row in later)
    assert all("system:too_long" in row.tags for row in later)


def test_where_the_log_tells_none_rows_say_that_nobody_knows() -> None:
    (row,) = rows([user(0), agent(1)], 1_000)

    assert "system:unknown" in row.tags


def test_what_the_program_says_later_is_not_what_set_the_session_up() -> None:
    steps = [*TURNS[:3], step(3, "system", "note"), user(4, "second"), agent(5, "b" * 60)]
    *_, last = rows(steps, 150, compacted_steps=(3,))

    assert [(m.role, m.content) for m in last.messages[:2]] == [
        ("system", RULES),
        ("user", "note\n\nsecond"),
    ]


def test_a_task_of_an_agent_to_which_nobody_spoke_is_no_system_prompt() -> None:
    steps = [step(0, "system", "task"), agent(1, "a" * 60), user(2, "more"), agent(3, "b" * 60)]
    *_, last = rows(steps, 90)

    assert [m.role for m in last.messages] == ["user", "assistant"]


def test_no_window_stands_behind_rules_that_are_out_to_steer_its_reader() -> None:
    hidden = step(0, "system", "rules\u202e\U000e0041\U000e0042\U000e0043\U000e0044 more")
    drops = [one.reason for one in built([hidden, *TURNS[1:]], 140) if isinstance(one, Drop)]

    assert not rows([hidden, *TURNS[1:]], 140)
    assert len(set(drops)) == 1
    assert len(drops) == len(rows(TURNS, 140))


def test_each_builder_shows_it() -> None:
    steps = [*TURNS[:3], user(3, "second"), calling(4, "ok"), agent(5, "b" * 40)]
    (turn,) = [
        one
        for one in built(steps, 150, builder="turn")
        if isinstance(one, ChatExample) and one.lineage[0].first_step == 3
    ]

    assert turn.messages[0].content == RULES
