"""A draft holds real results or none, and whatever goes wrong has its name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.synth.generation.test_asking import CALL, READ
from tracemill.records.datasets.examples import Message
from tracemill.records.synth.generation import Draft, Purpose
from tracemill.synth.definitions import find_definition
from tracemill.synth.generation import Job, draft
from tracemill.synth.generation.asking import WantedCall
from tracemill.synth.generation.drafting import Ran, Said

ASKED = {"request": "Where is the price rounded?"}
ANSWERED = {"answer": "In a.py, line 3."}


class Files:
    """A bench that reads two files and nothing else."""

    def call(self, calls: Sequence[WantedCall]) -> Sequence[Ran] | None:
        """Return the file that each call names."""
        texts = {"a.py": "def price(): ...", "b.py": "def rest(): ..."}
        found = [texts.get(call.arguments.get("path", "")) for call in calls]
        if "lost" in [call.arguments.get("path") for call in calls]:
            return None
        return [Ran(text or "Error: no such file", text is None) for text in found]


def drafted(*said: Any, part: str = "single-call", bench: Files | None = None) -> Draft:
    answers = iter(said)
    seen: list[Purpose] = []

    def ask(purpose: Purpose, _messages: Sequence[Message], _schema: dict[str, Any]) -> Said:
        seen.append(purpose)
        each = next(answers)
        return each if isinstance(each, Said) else Said(json.dumps(each))

    made = draft(Job("job", part), find_definition("tool-use"), [READ], bench, ask)
    assert made.n_requests == len(seen)
    return made


def roles(made: Draft) -> list[str]:
    return [message.role for message in made.messages]


def test_a_draft_is_a_request_with_real_results_and_an_answer() -> None:
    made = drafted(ASKED, CALL, ANSWERED, bench=Files())

    assert made.fault is None
    assert roles(made) == ["user", "assistant", "tool", "assistant"]
    assert made.messages[2].content == "def price(): ..."
    (step,) = made.steps
    assert (step.id, step.tool, step.result, step.is_failed) == (
        made.messages[1].tool_calls[0]["id"],
        "read_file",
        "def price(): ...",
        False,
    )
    assert [message.trained for message in made.messages] == [False, True, False, True]


def test_parallel_calls_stand_in_one_message() -> None:
    both = {"calls": [*CALL["calls"], {"name": "read_file", "arguments": {"path": "b.py"}}]}
    made = drafted(ASKED, both, ANSWERED, bench=Files())

    assert roles(made) == ["user", "assistant", "tool", "tool", "assistant"]
    ids = [call["id"] for call in made.messages[1].tool_calls]
    assert [message.tool_call_id for message in made.messages[2:4]] == ids
    assert len(set(ids)) == 2


def test_a_part_of_several_requests_asks_the_developer_again() -> None:
    more = {"request": "And who calls it, then?"}
    made = drafted(ASKED, ANSWERED, more, CALL, ANSWERED, part="multi-turn", bench=Files())

    assert roles(made) == ["user", "assistant", "user", "assistant", "tool", "assistant"]


def _calls() -> Iterator[dict[str, Any]]:
    for at in range(10):
        yield {"calls": [{"name": "read_file", "arguments": {"path": f"{at}.py"}}]}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ([Said("What?")], "not_json"),
        ([Said('{"request": "Wh', is_cut=True)], "cut"),
        ([ASKED, Said('{"calls": [', is_cut=True)], "cut"),
        ([{"request": ""}], "no_request"),
        ([ASKED, {"calls": 3}], "no_turn"),
        ([ASKED, {"calls": [{"name": "fly", "arguments": {}}]}], "unknown_tool"),
        ([ASKED, CALL, CALL, CALL], "same_again"),
        ([ASKED, *_calls()], "no_end"),
        ([ASKED, {"calls": [{"name": "read_file", "arguments": {"path": "lost"}}]}],
         "not_carried_out"),
    ],
)  # fmt: skip
def test_what_goes_wrong_has_its_name(said: list[Any], fault: str) -> None:
    assert drafted(*said, bench=Files()).fault == fault


@pytest.mark.parametrize("calls", [[CALL, CALL], [*_calls()][:8]])
def test_who_would_call_for_ever_is_asked_for_an_answer_alone(calls: list[Any]) -> None:
    made = drafted(ASKED, *calls, ANSWERED, bench=Files())

    assert made.fault is None
    assert made.messages[-1].content == ANSWERED["answer"]
    assert len(made.steps) == (1 if calls[0] == calls[1] else 8)


def test_without_a_bench_nothing_is_made_up_in_place_of_a_result() -> None:
    made = drafted(ASKED, CALL, ANSWERED)

    assert (made.fault, roles(made), made.steps) == ("no_sandbox", ["user"], ())
    assert drafted(ASKED, ANSWERED).fault is None
