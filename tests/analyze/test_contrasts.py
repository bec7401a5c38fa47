"""Like requests that were dealt with otherwise, and requests between two ways."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from tracemill.analyze.tools.contrasts import Contrasts
from tracemill.records.sessions.turn_work import TurnCall, TurnWork

FILLER = [
    "commit what is staged", "write a changelog entry", "push to the remote branch",
    "rename the module quietly", "format every file again", "bump versions of packages",
]  # fmt: skip


def turn(request: str, *actions: str, strength: float | None = None, step: int = 0) -> TurnWork:
    calls = tuple(TurnCall(step=1, tool=each, action=each) for each in actions)
    return TurnWork(
        trajectory_id=f"t{step}", step=step, request=request, calls=calls, strength=strength
    )


def among(*turns: TurnWork) -> Contrasts:
    return Contrasts([*turns, *(turn(each, "Bash") for each in FILLER)])


def told(found: Contrasts) -> list[tuple[str, str | None, str | None]]:
    return [(pair.differ, pair.one.action, pair.other.action) for pair in found.pairs()]


def test_like_requests_with_unlike_work_are_a_pair() -> None:
    found = among(
        turn("what does hover show of a symbol"),
        turn("show hover of symbol UserService", "hover"),
        turn("show hover of symbol OrderService", "goto_definition"),
    )

    assert told(found) == [
        ("call_or_answer", None, "hover"),
        ("call_or_answer", None, "goto_definition"),
        ("which_tool", "hover", "goto_definition"),
    ]
    assert found.pairs()[2].similarity == 1, "another name is no other request"


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param(
            [turn("show hover of symbol A_b", "hover"), turn("show hover of symbol C_d", "hover")],
            id="the same is done",
        ),
        pytest.param(
            [turn("show hover of it", "hover"), turn("delete unused branches there")], id="unlike"
        ),
        pytest.param(
            [turn("show hover now", "hover"), turn("show hover now", "grep", strength=-0.8)],
            id="taken badly",
        ),
        pytest.param([turn("go on", "Edit"), turn("go on")], id="too short"),
        pytest.param([turn("show it " * 90, "hover"), turn("show it " * 90)], id="too long"),
    ],
)
def test_what_shows_no_contrast_is_no_pair(turns: Sequence[TurnWork]) -> None:
    assert told(among(*turns)) == []


def test_equal_requests_with_one_way_count_once() -> None:
    calling = [turn("show the git status", "git status", step=n) for n in range(5)]
    found = among(*calling, turn("show the git status", step=9))

    assert told(found) == [("call_or_answer", "git status", None)]
    assert found.n_compared == len(FILLER) + 2


def test_requests_whose_neighbours_went_both_ways_stand_at_the_boundary() -> None:
    about = ("one", "two", "three", "four", "five", "six")
    turns = [
        turn(f"explain failing tests {word}", *([] if n % 2 else ["pytest"]), step=n)
        for n, word in enumerate(about)
    ]

    found = among(*turns).boundaries()

    assert {each.way.step for each in found} == set(range(6))
    assert all(abs(each.margin) <= 0.34 for each in found)
    assert [abs(each.margin) for each in found] == sorted(abs(each.margin) for each in found)
    assert {each.n_neighbours for each in found} == {5}


def test_requests_whose_neighbours_went_one_way_do_not() -> None:
    about = ("one", "two", "three", "four", "five", "six")
    turns = [turn(f"run failing tests {word}", "pytest", step=n) for n, word in enumerate(about)]

    assert among(*turns).boundaries() == []


def test_who_stands_alone_among_others_has_a_margin_below_zero() -> None:
    about = ("one", "two", "three", "four", "five")
    turns = [turn(f"run failing tests {word}", "pytest", step=n) for n, word in enumerate(about)]

    (lone,) = among(*turns, turn("run failing tests six", step=9)).boundaries()

    assert (lone.way.step, lone.way.action, lone.margin) == (9, None, -1)
    assert (lone.n_neighbours, lone.n_answered) == (5, 0)


def test_a_request_of_common_words_alone_has_no_neighbours() -> None:
    fruits = [f"please run tests f{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(80)]
    found = Contrasts([turn("please run tests", "Bash"), *map(turn, fruits)])

    assert found.n_compared == 81
    assert found.pairs() == []


def test_neighbours_are_those_that_comparing_all_with_all_finds() -> None:
    random, words = Random(7), [f"word{chr(97 + n)}" for n in range(26)]
    found = Contrasts(
        [turn(" ".join(random.choices(words, k=6)), f"do{n % 3}", step=n) for n in range(200)]
    )
    asked, most = found._asked, found._most

    for at, near in enumerate(found._near):
        values = {
            other: sum(
                weight * each.weights.get(word, 0)
                for word, weight in asked[at].weights.items()
                if len(found._places[word]) <= most
            )
            for other, each in enumerate(asked)
            if other != at
        }
        best = sorted(values.items(), key=lambda each: (-round(each[1], 9), each[0]))[:7]
        expected = [value for _, value in best if value >= 0.3]
        assert [value for _, value in near] == pytest.approx(expected)


def test_a_request_is_compared_with_no_more_others_however_many_there_are() -> None:
    random, words = Random(7), [f"{one}o{other}e" for one in "bdfgklmprt" for other in "bdfgklmp"]
    found = Contrasts(
        [turn(" ".join(random.choices(words, k=6)), "Edit", step=n) for n in range(2_000)]
    )

    assert sum(len(found._places[word]) for word in found._asked[0].weights) > 700
    assert max(len(found._compared(at)[0]) for at in range(found.n_compared)) <= 500
