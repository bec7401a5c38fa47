"""Jobs are balanced whatever their number, and more of them begin with the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.synth.verification.rows import agent, call, row, told, user
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.synth.generation import GenerationRun
from tracemill.synth.generation.fragments import Fragment, fragments
from tracemill.synth.generation.jobs import make_jobs
from tracemill.synth.outside import chat_example
from tracemill.synth.taxonomy import Part

RUN = GenerationRun(
    id="generation_x", definition="mine", version=1, digest="d", category="c", subject="s",
    max_tokens=9, temperature=0.5, seed=7, synth_version=1,
)  # fmt: skip
PARTS = tuple(Part("c", name, target, ()) for name, target in (("a", 60), ("b", 30), ("c", 10)))
PLENTY = {"a": 99, "b": 99, "c": 99}
FOUND = [Fragment(f"text {at}", f"example_{at}", ()) for at in range(5)]


@given(st.integers(0, 40), st.integers(0, 40))
def test_more_jobs_begin_with_the_same(few: int, more: int) -> None:
    first = make_jobs(RUN, PARTS, few, FOUND, PLENTY)

    assert make_jobs(RUN, PARTS, few + more, FOUND, PLENTY)[:few] == first
    assert len({job.id for job in first}) == few


def test_parts_share_by_their_targets() -> None:
    made = Counter(job.part for job in make_jobs(RUN, PARTS, 20, FOUND, PLENTY))

    assert made == {"a": 12, "b": 6, "c": 2}


def test_of_a_part_no_more_is_asked_than_is_missing() -> None:
    made = Counter(job.part for job in make_jobs(RUN, PARTS, 20, FOUND, {"a": 3, "c": 1}))

    assert made == {"a": 3, "c": 1}


def example(*messages: dict[str, Any]) -> ChatExample:
    read = row(*messages)
    return chat_example(read.messages, (), [])


def test_fragments_are_what_was_asked_and_what_failed_each_once() -> None:
    asked = user("Why does the basket fail?")
    failing = example(
        asked, agent("", call("bash", command="pytest")), told("1 failed, 2 passed"), agent("So.")
    )
    found = fragments([failing, example(asked, agent("So."))])

    assert [each.text for each in found] == [
        "A developer asked:\nWhy does the basket fail?",
        "A tool returned:\n1 failed, 2 passed",
    ]
    assert {each.example_id for each in found} == {failing.id}
