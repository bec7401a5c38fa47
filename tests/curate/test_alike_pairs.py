"""Pairs that teach the same do so once, or a few times, and none that goes hides its twin."""

from typing import Any

import msgspec
import pytest

from tests.curate.test_sieve import DROP, HELD, TRAINED, WORDS, example, reasons, sieved
from tracemill.curate.selecting.splits import place_of
from tracemill.records.datasets.examples import Example, Message, PreferenceExample
from tracemill.records.datasets.recipes import Budget, Recipe


def pair(number: int, better: str, worse: str, **more: Any) -> Example:
    """Return the pair of two commands in the session with a number."""

    def side(command: str) -> Message:
        arguments = {"command": command, **more}
        call = {
            "id": "c1",
            "type": "function",
            "function": {"name": "Bash", "arguments": arguments},
        }
        return Message(role="assistant", tool_calls=(call,))

    own = example(number)
    return PreferenceExample(
        id=own.id, builder="retry", margin=1.0, lineage=(*own.lineage, *own.lineage), tags=(),
        prompt=(Message(role="user", content=f"ask {number}"),),
        chosen=(side(better),), rejected=(side(worse),),
    )  # fmt: skip


def test_one_mistake_with_one_cure_is_trained_on_once() -> None:
    first, again, other = TRAINED[:3]
    found = sieved(
        [
            pair(first, "shop list -l a", "shop list --label a"),
            pair(again, "shop list -l a", "shop list --label a", description="Look again"),
            pair(other, "shop list -l b", "shop list --label b"),
            *(pair(n, "shop list -l a", "shop list --label a") for n in HELD[:2]),
        ],
        Recipe(name="x"),
    )

    (gone,) = reasons(found).items()
    assert gone in {(f"example_{n:03}", "same_pair") for n in (first, again)}
    assert len(found.kept) == 4


def test_a_pair_that_a_check_drops_hides_no_other() -> None:
    first, again = TRAINED[:2]
    broken = msgspec.structs.replace(
        pair(first, "shop -l a", "shop a"),
        prompt=(Message(role="user", content="go"), Message(role="tool", tool_call_id="c9")),
    )
    found = sieved(
        [broken, pair(again, "shop -l a", "shop a")],
        Recipe(name="x", checks={"paired_results": DROP}),
    )

    assert reasons(found) == {f"example_{first:03}": "paired_results"}
    assert list(found.kept) == [f"example_{again:03}"]


SAME = ("shop list -l a", "shop list --label a")


@pytest.mark.parametrize("goes", [0, 1])
def test_a_pair_that_goes_as_a_near_copy_hides_no_other(goes: int) -> None:
    """Whichever of two that are the same is near to what is held out, the other one stays."""
    numbers = TRAINED[:2]
    asked = [WORDS if place == goes else f"ask {n}" for place, n in enumerate(numbers)]
    same = [
        msgspec.structs.replace(pair(n, *SAME), prompt=(Message(role="user", content=said),))
        for n, said in zip(numbers, asked, strict=True)
    ]
    held = msgspec.structs.replace(
        pair(HELD[0], *SAME), prompt=(Message(role="user", content=f"{WORDS} now"),)
    )
    found = sieved([*same, held], Recipe(name="x", checks={"near_leaks": DROP}))

    assert reasons(found) == {same[goes].id: "near_leaks"}
    assert same[1 - goes].id in found.kept


def test_a_budget_takes_no_pair_of_which_another_was_left_out_for_it() -> None:
    same, others = TRAINED[:4], TRAINED[4:10]
    examples = [pair(n, *SAME) for n in same] + [pair(n, f"a{n} b", f"a{n} c{n}") for n in others]
    for most in range(1, 8):
        found = sieved(examples, Recipe(name="x", budget=Budget(examples=most)))
        told = reasons(found)
        gone = [n for n in same if told.get(f"example_{n:03}") == "over_budget"]

        assert len(found.kept) == min(most, 7)
        assert list(told.values()).count("same_pair") == 3
        assert all(
            place_of(f"example_{n:03}") <= place_of(f"example_{g:03}") for n in same for g in gone
        )


def test_of_a_habit_some_pairs_are_enough() -> None:
    habit = [pair(n, f"wrap run {n}", f"run {n}") for n in TRAINED[:6]]
    other = [pair(n, f"run {n} -q", f"run {n}") for n in TRAINED[6:8]]
    found = sieved([*habit, *other], Recipe(name="x"))

    assert list(reasons(found).values()) == ["same_habit"] * 3
    assert {each.id for each in other} <= found.kept.keys()
