"""Calls that were made at once are told one at a time where a recipe asks for it."""

from typing import Any

import pytest
from msgspec import structs

from tests.trajectories import activity, agent, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.single_calls import SeveralCallsError, with_single_calls
from tracemill.curate.windows.work import ChatConfig, Drop
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    Verifier,
    messages_of,
)
from tracemill.records.refs import Ref
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult


def several(index: int, *answers: str | None, text: str = "") -> Step:
    calls = tuple(ToolCall(id=f"c{index}{at}", name="Read", arguments={"at": at}) for at in (1, 2))
    results = tuple(
        ToolResult(call_id=call.id, content=said, status="ok")
        for call, said in zip(calls, answers, strict=True)
        if said is not None
    )
    return agent(index, text, calls=calls, results=results)


STEPS = [user(0), several(1, "one", "two", text="Both."), agent(2, "Done.")]


def rows(steps: list[Step], calls: Any) -> list[Example]:
    config = ChatConfig(calls=calls, builders=("session",))
    found = make_examples(work(activity(), len(steps)), steps, config)
    return [each for each in found if not isinstance(each, Drop)]


def told(messages: tuple[Message, ...]) -> list[tuple[Any, ...]]:
    return [
        (m.role, m.content, [c["id"] for c in m.tool_calls] or m.tool_call_id, m.trained)
        for m in messages
    ]


def test_by_default_calls_stand_as_they_were_made() -> None:
    (row,) = rows(STEPS, "as_made")

    assert [len(message.tool_calls) for message in messages_of(row)] == [0, 2, 0, 0, 0]
    assert "calls:apart" not in row.tags


def test_each_call_is_a_message_before_what_it_returned() -> None:
    (row,) = rows(STEPS, "one")

    assert told(messages_of(row)) == [
        ("user", "do it", None, False),
        ("assistant", "Both.", ["c11"], True),
        ("tool", "one", "c11", False),
        ("assistant", "", ["c12"], True),
        ("tool", "two", "c12", False),
        ("assistant", "Done.", None, True),
    ]
    assert "calls:apart" in row.tags
    assert "calls:first_only" not in row.tags
    assert row.lineage == rows(STEPS, "as_made")[0].lineage


def test_a_row_that_ends_with_several_calls_ends_with_the_first() -> None:
    (row,) = rows([*STEPS[:1], several(1, "one", "two")], "one")

    assert told(messages_of(row))[1:] == [("assistant", "", ["c11"], True)]
    assert {"calls:apart", "calls:first_only"} <= set(row.tags)


def test_a_row_that_is_told_as_another_is_the_same_row() -> None:
    one, other = ToolCall(id="c11", name="Read", arguments={"at": 1}), "c12"
    two = ToolCall(id=other, name="Read", arguments={"at": 2})
    apart = [
        user(0),
        agent(1, "Both.", calls=(one,), results=(ToolResult(call_id="c11", content="one"),)),
        agent(2, "", calls=(two,), results=(ToolResult(call_id="c12", content="two"),)),
        agent(3, "Done."),
    ]

    assert rows(apart, "one")[0].id == rows(STEPS, "one")[0].id == rows(apart, "as_made")[0].id


CALLS = tuple({"type": "function", "id": n, "function": {"name": n, "arguments": {}}} for n in "ab")
BOTH = (
    Message(role="user", content="go"),
    Message(role="assistant", tool_calls=CALLS),
    Message(role="tool", content="1", tool_call_id="a"),
    Message(role="tool", content="2", tool_call_id="b"),
    Message(role="user", content="on"),
)
YES, NO = (Message(role="assistant", content=said) for said in ("yes", "no"))
LINEAGE = rows(STEPS, "as_made")[0].lineage
SHOWN = (Ref(kind="trajectory", id="t"),)


def examples(judged: Message) -> list[Example]:
    about: dict[str, Any] = {"id": "x", "prompt": BOTH, "lineage": LINEAGE}
    return [
        PreferenceExample(builder="retry", chosen=(judged,), rejected=(NO,), margin=1.0, **about),
        UnpairedExample(
            builder="reaction",
            completion=(judged,),
            label=True,
            strength=1,
            evidence=SHOWN,
            **about,
        ),
        StepwiseExample(builder="recovery", completions=((judged,),), labels=(True,), **about),
    ]


VERIFIER = Verifier(check="test", command="pytest", start_commit="a", evidence=SHOWN)
PROMPT = PromptExample(id="x", builder="verified", prompt=BOTH, verifier=VERIFIER, lineage=LINEAGE)


@pytest.mark.parametrize("example", [*examples(YES), PROMPT], ids=lambda each: type(each).__name__)
def test_what_was_said_before_a_judgement_is_told_so_too(example: Any) -> None:
    found: Any = with_single_calls(example)

    assert [len(message.tool_calls) for message in found.prompt] == [0, 1, 0, 1, 0, 0]
    assert [message.content for message in found.prompt] == ["go", "", "1", "", "2", "on"]
    assert found.id != example.id
    assert found.tags == ("calls:apart",)


@pytest.mark.parametrize(
    "example", examples(Message(role="assistant", tool_calls=CALLS)), ids=lambda e: type(e).__name__
)
def test_what_is_judged_as_one_cannot_be_told_apart(example: Any) -> None:
    with pytest.raises(SeveralCallsError):
        with_single_calls(example)


def answered(*names: str | None) -> ChatExample:
    """Three calls at once, and results that name some of them, or none."""
    calls = tuple({**CALLS[0], "id": name} for name in "123")
    results = [Message(role="tool", content=f"of {n}", tool_call_id=n) for n in names]
    messages = (BOTH[0], Message(role="assistant", tool_calls=calls, trained=True), *results, YES)
    return ChatExample(id="x", messages=messages, lineage=LINEAGE)


@pytest.mark.parametrize(
    "names", ["123", "312", "321", ("3", None, "1"), (None, "1", "3")], ids=str
)
def test_each_call_stands_before_its_own_result(names: Any) -> None:
    found: Any = with_single_calls(answered(*names))

    pairs = list(zip(found.messages[1:7:2], found.messages[2:7:2], strict=True))
    assert [call.tool_calls[0]["id"] for call, _ in pairs] == ["1", "2", "3"]
    assert [result.tool_call_id for _, result in pairs] == [
        name if name in names else None for name in "123"
    ]
    assert found.messages[7:] == (YES,)


def test_results_that_name_no_call_stay_in_their_order() -> None:
    plain = answered(None, None, None)
    results = tuple(
        structs.replace(each, content=str(at)) if each.role == "tool" else each
        for at, each in enumerate(plain.messages)
    )

    found: Any = with_single_calls(structs.replace(plain, messages=results))

    assert [each.content for each in found.messages if each.role == "tool"] == ["2", "3", "4"]


@pytest.mark.parametrize(
    "names",
    ["", "13", "1123", "124", ("1", "3", "3"), ("1", None), ("1", None, "4")],
    ids=["none", "one lacks", "one too many", "of none", "twice", "one unnamed", "a stranger"],
)
def test_calls_that_were_not_each_answered_once_cannot_be_told_apart(names: Any) -> None:
    with pytest.raises(SeveralCallsError):
        with_single_calls(answered(*names))


def test_rows_without_several_calls_stay_as_they_are() -> None:
    plain = ChatExample(id="x", messages=(BOTH[0], YES), lineage=LINEAGE)

    assert with_single_calls(plain) is plain


@pytest.mark.parametrize(("calls", "reasons"), [("as_made", []), ("one", ["several_calls"])])
def test_a_judged_message_with_several_calls_is_left_out_by_name(
    calls: Any, reasons: list[str]
) -> None:
    task = structs.replace(work(activity(), len(STEPS)), called_right=(1,))
    config = ChatConfig(calls=calls, builders=("reaction",))
    found = list(make_examples(task, STEPS, config))

    assert [each.reason for each in found if isinstance(each, Drop)] == reasons
    assert len(found) == 1


@pytest.mark.parametrize("seen", ["as_made", "one"])
def test_a_row_that_people_call_useless_stays_out_by_the_id_it_had_before_or_has_now(
    seen: Any,
) -> None:
    config = ChatConfig(calls="one", builders=("session",))
    (rated,), task = rows(STEPS, seen), work(activity(), len(STEPS))

    assert list(make_examples(task, STEPS, config, {rated.id})) == [
        Drop("unwanted_by_people", task.trajectory.id, 0, 2)
    ]
