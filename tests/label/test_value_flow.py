"""Which earlier result a value in a call came from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import agent, trajectory, user
from tracemill.label.activity import value_flow
from tracemill.label.activity.value_flow import value_flows
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult
from tracemill.records.sessions.value_flows import ValueFlow, ValueFlows, ValuePlace


def called(index: int, answer: str = "", **arguments: Any) -> Step:
    call = ToolCall(id=f"c{index}", name="Tool", arguments=arguments)
    return agent(index, "", calls=(call,), results=(ToolResult(call_id=call.id, content=answer),))


def flow_of(*steps: Step, cwd: str | None = "/srv/app") -> ValueFlows:
    return value_flows(trajectory(len(steps), cwd=cwd), steps)


def test_a_value_came_from_the_result_that_showed_it_first() -> None:
    found = flow_of(
        called(0, "found src/app.py:12: x", pattern="x"),
        called(1, "src/app.py again"),
        called(2, file_path="src/app.py"),
    )

    assert found.flows == (
        ValueFlow(
            value="src/app.py",
            use=ValuePlace(
                step=2,
                part="argument",
                call_id="c2",
                tool="Tool",
                argument="file_path",
                start=0,
                end=10,
            ),
            source=ValuePlace(step=0, part="result", call_id="c0", tool="Tool", start=6, end=16),
            is_first=True,
            n_turns=0,
        ),
    )


@pytest.mark.parametrize(
    ("shown", "used"),
    [
        pytest.param("src/app.py", "/srv/app/src/app.py", id="named from the folder"),
        pytest.param("/srv/app/src/app.py", "src/app.py", id="named whole"),
        pytest.param("see src/app.py:12", "sed -n 1,9p src/app.py", id="within a command"),
        pytest.param('{"id": "order-4821"}', "order-4821", id="an id"),
        pytest.param("[main 1a2b3c4] fix", "git show 1a2b3c4", id="a hash"),
        pytest.param("run 48213 started", "48213", id="a long number"),
        pytest.param("https://a.example/x/1", "https://a.example/x/1", id="an address"),
        pytest.param("def parse_totals(x):", "parse_totals", id="a name"),
    ],
)
def test_what_is_distinctive_is_followed(shown: str, used: str) -> None:
    (flow,) = flow_of(called(0, shown), called(1, q=used)).flows

    assert (flow.source.step, flow.use.step) == (0, 1)


@pytest.mark.parametrize(
    ("shown", "used"),
    [
        pytest.param("src", "src", id="short"),
        pytest.param("1 and 2026", "2026", id="a small number"),
        pytest.param("the working folder", "folder", id="a word"),
        pytest.param("/srv/app", "/srv/app", id="the folder of the session"),
        pytest.param("one/app.py two/app.py", "app.py", id="the end of two paths"),
        pytest.param("src/app.py", "src/other.py", id="another value"),
    ],
)
def test_what_is_not_distinctive_is_not(shown: str, used: str) -> None:
    assert flow_of(called(0, shown), called(1, q=used)).flows == ()


def test_what_the_agent_wrote_first_comes_from_nowhere() -> None:
    found = flow_of(
        called(0, "created src/new.py", file_path="src/new.py"), called(1, file_path="src/new.py")
    )

    assert (found.flows, found.n_values) == ((), 2)


def test_what_a_person_says_is_a_source() -> None:
    (flow,) = flow_of(user(0, "look at src/app.py"), called(1, file_path="src/app.py")).flows

    assert (flow.source.part, flow.source.call_id, flow.n_turns) == ("said", None, 0)


def test_a_value_from_before_the_request_is_carried_over() -> None:
    found = flow_of(
        user(0, "which files are there?"),
        called(1, "src/app.py"),
        user(2, "delete those files"),
        called(3, command="rm src/app.py"),
    )

    assert ([flow.n_turns for flow in found.flows], found.n_carried) == ([1], 1)


def test_only_the_first_use_is_the_first() -> None:
    found = flow_of(
        called(0, "src/app.py"), called(1, path="src/app.py"), called(2, path="/srv/app/src/app.py")
    )

    assert [flow.is_first for flow in found.flows] == [True, False]


def test_a_value_counts_once_in_an_argument() -> None:
    found = flow_of(called(0, "src/app.py"), called(1, command="cp src/app.py src/app.py.old"))
    again = flow_of(called(0, "src/app.py"), called(1, command="diff src/app.py src/app.py"))

    assert [flow.value for flow in found.flows] == ["src/app.py"]
    assert (len(again.flows), again.n_values) == (1, 1)


def test_texts_that_a_call_writes_are_no_arguments() -> None:
    shown = called(0, "parse_totals")
    writing = called(1, new_string="parse_totals", command="parse_totals " * 200)

    assert flow_of(shown, writing).n_values == 0


def test_arguments_within_arguments_are_named_by_their_path() -> None:
    (flow,) = flow_of(called(0, "src/app.py"), called(1, edits=[{"path": "src/app.py"}])).flows

    assert flow.use.argument == "edits.0.path"


def test_replayed_steps_tell_nothing() -> None:
    shown = ToolResult(call_id="x", content="src/app.py")
    copied, spoken = (agent(0, "", results=(shown,), is_replayed=copy) for copy in (True, False))
    using = called(1, path="src/app.py")

    assert [len(flow_of(step, using).flows) for step in (copied, spoken)] == [0, 1]


_NAMES = st.sampled_from(["src/app.py", "/srv/app/src/app.py", "lib/a.py", "order-4821", "word"])
_TEXTS = st.lists(_NAMES, max_size=4).map(" ".join)


@given(st.lists(st.tuples(_TEXTS, _TEXTS), max_size=8))
def test_every_flow_points_at_what_it_says(texts: list[tuple[str, str]]) -> None:
    steps = [called(index, answer, q=asked) for index, (asked, answer) in enumerate(texts)]

    for flow in flow_of(*steps).flows:
        used = texts[flow.use.step][0][flow.use.start : flow.use.end]
        shown = texts[flow.source.step][1][flow.source.start : flow.source.end]
        assert used == flow.value
        assert used.endswith(shown) or shown.endswith(used)
        assert flow.source.step < flow.use.step


def test_what_a_person_went_back_before_is_left_out() -> None:
    steps = (
        user(0, "Look at src/app.py"),
        called(1, "src/other.py", file_path="src/app.py"),
        user(2, "Again"),
        called(3, file_path="src/other.py"),
    )

    found = value_flows(trajectory(4), steps, [UndoneSteps(first=1, last=2)])

    assert (found.n_values, found.flows, found.n_undone_steps) == (1, (), 2)


def test_a_session_that_holds_too_many_values_is_followed_as_far_as_they_are_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(value_flow, "_MAX_KNOWN", 100)
    many = [" ".join(f"made-{step}-{n}" for n in range(50)) for step in range(10)]
    steps = [called(index, text) for index, text in enumerate(many)]
    reader = value_flow._Reader(None)
    for step in steps:
        reader.step(step)

    found = flow_of(*steps, called(10, id="made-0-7"), called(11, id="made-9-7"))
    assert [flow.value for flow in found.flows] == ["made-0-7"]
    assert found.n_unheld == 8 * 50 + 1
    assert max(len(reader._known), len(reader._holders)) == 100
