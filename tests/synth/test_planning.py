"""A plan asks for the gap and nothing more, and its numbers add up."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.errors import UsageError
from tracemill.records.datasets.examples import ChatExample, Lineage, Message
from tracemill.records.refs import Span
from tracemill.synth.coverage import Place, place_of, place_tags
from tracemill.synth.planning import Coverage, make_plan, orders
from tracemill.synth.taxonomy import load_taxonomy, shared_out

TAXONOMY = load_taxonomy()
LINEAGE = Lineage(
    episode_id="e", trajectory_id="t", first_step=0, last_step=1, input_id="i", uri="u",
    content="c", span=Span(start=0, end=1),
)  # fmt: skip


def example(*messages: Message) -> ChatExample:
    return ChatExample(id="example_1", messages=messages, lineage=(LINEAGE,))


def user(text: str) -> Message:
    return Message(role="user", content=text)


def says(text: str, *calls: tuple[str, dict[str, Any]]) -> Message:
    made = tuple(
        {"id": f"{name}{place}", "type": "function", "function": {"name": name, "arguments": given}}
        for place, (name, given) in enumerate(calls)
    )
    return Message(role="assistant", content=text, tool_calls=made, trained=True)


def result(name: str, text: str, place: int = 0) -> Message:
    return Message(role="tool", content=text, tool_call_id=f"{name}{place}", name=name)


READ = ("Read", {"file_path": "a.py"})
EDIT = ("Edit", {"file_path": "a.py", "old_string": "a", "new_string": "b"})
WRITE_TEST = ("Write", {"file_path": "tests/test_a.py", "content": "def test_a(): ..."})
TEST: tuple[str, dict[str, Any]] = ("run_tests", {})

PLACES = [
    ("what is a closure?", [says("A function with what it refers to.")], "restraint/concept"),
    ("what fails?\n\n```\n1 passed\n1 failed\n```", [says("One of two.")], "restraint/in-hand"),
    ("make it fast", [says("Which part is slow for you?")], "collaboration/clarifying"),
    ("show a.py", [says("", READ), result("Read", "x = 1"), says("It sets x.")],
     "tool-use/single-call"),
    ("show both", [says("", READ, READ), result("Read", "x"), says("Done.")],
     "tool-use/parallel-calls"),
    ("where is f?", [says("", ("goto_definition", {"symbol": "f"})), says("In a.py.")],
     "powertools/definition"),
    ("fix it", [says("", TEST), result("run_tests", "1 failed"), says("", EDIT),
                says("", ("pytest", {})), result("pytest", "3 passed")], "agentic/debugging"),
    ("add f", [says("", WRITE_TEST), result("Write", "ok"), says("", TEST),
               result("run_tests", "1 failed"), says("", EDIT), says("", ("pytest", {})),
               result("pytest", "3 passed")], "agentic/tdd"),
    ("remove the duplicate", [says("", READ), says("", EDIT), says("One place now.")],
     "craftsmanship/dry"),
    ("S\u0130MPLIFY it, it is s\u0131mple", [says("", READ), says("", EDIT), says("It is.")],
     "craftsmanship/refactoring"),
    ("half \ud83d of it", [says("", TEST), result("run_tests", "\udc80 1 failed"), says("", EDIT),
                           says("", ("pytest", {})), result("pytest", "\ud800 3 passed")],
     "agentic/debugging"),
    ("the \ud83d duplicate", [says("", READ), says("", EDIT), says("One.")], "craftsmanship/dry"),
    ("why is it slow?", [says("I am using the systematic-debugging skill.", READ)],
     "superpowers/debugging"),
    ("build it", [says("1. Read.\n2. Edit.\n3. Test.", READ), says("", EDIT)], "agentic/planning"),
    ("sum up", [says("", READ), says("1. It reads.\n2. It edits.\n3. It tests.")],
     "tool-use/single-call"),
    ("read it", [says("", READ), result("Read", "Error: no such file"), says("", ("Glob", {}))],
     "tool-use/error-recovery"),
]  # fmt: skip


def test_a_real_example_carries_its_place_as_tags_once() -> None:
    shown = example(user("show a.py"), says("", READ), result("Read", "x = 1"), says("It is 1."))
    recovered = msgspec.structs.replace(shown, builder="recovery")
    tags = ("category:tool-use", "part:tool-use/single-call")

    assert place_tags(shown, TAXONOMY) == tags
    assert place_tags(recovered, TAXONOMY) == (tags[0], "part:tool-use/error-recovery")
    assert place_tags(msgspec.structs.replace(shown, tags=tags), TAXONOMY) == ()
    assert place_tags(example(user("show a.py")), TAXONOMY) == ()


@pytest.mark.parametrize(("asked", "messages", "place"), PLACES)
def test_a_real_example_counts_in_the_most_telling_part(
    asked: str, messages: list[Message], place: str
) -> None:
    assert "/".join(place_of(example(user(asked), *messages).messages, TAXONOMY)) == place


def test_targets_of_categories_hold_and_parts_add_up_to_them() -> None:
    targets = {each.name: each.target for each in TAXONOMY.named()}

    assert sum(n for name, n in targets.items() if name != "restraint") == 2_525
    assert len(targets) == 8
    assert targets["restraint"] / sum(targets.values()) > TAXONOMY.direct - 0.02
    for each in TAXONOMY.categories:
        assert sum(part.target for part in each.parts) == each.target


def test_stages_grow_and_the_last_one_learns_everything() -> None:
    sizes = [len(stage.categories) for stage in TAXONOMY.stages]

    assert sizes == sorted(sizes)
    assert set(TAXONOMY.stages[-1].categories) == {each.name for each in TAXONOMY.named()}


def test_an_unknown_category_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="unknown category 'tols'; known: tool-use"):
        TAXONOMY.named(["tols"])


def test_what_is_there_is_not_asked_for() -> None:
    coverage = Coverage(TAXONOMY)
    coverage.look(example(user("what is a closure?"), says("A function.")))
    made = {Place("restraint", "concept"): 9}

    plan = make_plan(TAXONOMY, TAXONOMY.named(["restraint"]), coverage, made)

    concept = plan.wishes[0]
    assert (concept.n_real, concept.n_synthetic, concept.gap) == (1, 9, concept.target - 10)
    assert plan.direct_share == 1.0
    assert plan.gap == TAXONOMY.named(["restraint"])[0].target - 10


@given(st.integers(0, 5_000))
def test_orders_are_as_many_as_wanted_and_never_more_than_the_gap(n: int) -> None:
    plan = make_plan(TAXONOMY, TAXONOMY.named(), Coverage(TAXONOMY), {})

    made = orders(plan, n)

    assert sum(made.values()) == min(n, plan.gap)
    gaps = {(wish.category, wish.part): wish.gap for wish in plan.wishes}
    assert all(0 < count <= gaps[place] for place, count in made.items())
    assert len(made) == min(n, len(gaps))


@given(st.integers(0, 1_000), st.lists(st.integers(1, 500), min_size=1, max_size=9))
def test_shares_add_up_and_keep_their_proportions(total: int, weights: list[int]) -> None:
    shares = shared_out(total, weights)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < 1
