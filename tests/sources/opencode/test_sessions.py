"""What a session says, wherever it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.sources.opencode import sessions as oc
from tests.sources.reading import Found, head_of, origin_of, read, read_file

from tracemill.records.events.event import Compaction, Feedback, Todo, TodoChange
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.head import Head
from tracemill.sources.opencode import OpenCode
from tracemill.sources.opencode.tree import OpenCodeTree

REJECTED = "The user rejected permission to use this specific tool call"
WHOLE = oc.session(
    oc.said(1, oc.text("Fix the parser"), oc.text("<file>a.py</file>", synthetic=True)),
    oc.replied(
        2,
        oc.begun(),
        oc.thought("It is the lexer."),
        oc.text("I look at it."),
        oc.ran("call_1", "2 failed", 1),
        oc.tool("todowrite", "call_2", output="[]", input={"todos": [{"content": "Lex"}]}),
        oc.finished(10, 20, 5, 100, 7),
        oc.begun(),
        oc.tool("edit", "call_3", "error", error=f"{REJECTED} with the following feedback: no"),
        oc.finished(11, 21, 0, 110, 0),
    ),
    oc.said(3, {"type": "compaction", "auto": True}),
    oc.replied(
        4, oc.begun(), oc.text("Done so far: all."), oc.finished(9, 9, 0, 0, 0), summary=True
    ),
    oc.said(5, oc.text("Continue if you have next steps", synthetic=True)),
    oc.replied(6, error={"name": "MessageAbortedError", "data": {"message": "aborted"}}),
)


def read_export(found: oc.Session) -> Found:
    return read(OpenCode(), oc.export_of(found))


def result_of(state: dict[str, Any], name: str = "bash") -> Any:
    found = read_export(oc.session(oc.replied(1, oc.tool(name, "call_1", **state))))
    (result,) = found.steps[0].results
    return result


def test_a_session_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    other = oc.session(
        oc.said(7, oc.text("Look"), session_id="ses_2"), own_id="ses_2", parentID="ses_1"
    )
    tree, database = tmp_path / "storage", tmp_path / "opencode.db"
    oc.write_tree(tree, WHOLE, other)
    oc.write_database(database, WHOLE, other)
    places = {"origin": origin_of(OpenCode()), "span": Span(start=0, end=0)}

    exported = read_export(WHOLE).records[:-1] + read_export(other).records[:-1]
    in_tree = read_file(OpenCodeTree(), tree).records[:-1]
    in_database = read_file(OpenCode(), database).records[:-1]

    assert _placeless(exported, places) == _placeless(in_tree, places)
    assert _placeless(exported, places) == _placeless(in_database, places)


def _placeless(records: list[Any], places: dict[str, Any]) -> list[Any]:
    """Return records without what only tells where they stood."""
    return [
        msgspec.structs.replace(
            record,
            **{name: place for name, place in places.items() if hasattr(record, name)},
            **({"started": None, "ended": None} if hasattr(record, "started") else {}),
        )
        for record in records
    ]


def test_each_call_of_the_model_is_a_step() -> None:
    found = read_export(WHOLE)

    assert [(step.speaker, step.text, step.is_replayed) for step in found.steps] == [
        ("user", "Fix the parser", False),
        ("system", "<file>a.py</file>", False),
        ("agent", "I look at it.", False),
        ("agent", "", False),
        ("system", "Done so far: all.", True),
        ("system", "Continue if you have next steps", False),
    ]
    step = found.steps[2]
    assert (step.reasoning, step.model, step.native_id) == (
        "It is the lexer.",
        "model-1",
        "msg_0002",
    )
    assert [call.name for call in step.calls] == ["bash", "todowrite"]
    assert found.steps[3].native_id == "prt_0002_06"


def test_tokens_are_those_of_each_call() -> None:
    found = read_export(WHOLE)

    assert found.steps[2].usage == Usage(
        input_tokens=10,
        output_tokens=25,
        cache_read_tokens=100,
        cache_write_tokens=7,
        reasoning_tokens=5,
    )
    assert found.header.total_usage is not None
    assert found.header.total_usage.output_tokens == 25 + 21 + 9


def test_the_header_says_what_the_session_says() -> None:
    header = read_export(WHOLE).header

    assert (header.session_id, header.agent, header.agent_version) == ("ses_1", "opencode", "1.4.3")
    assert (header.cwd, header.title, header.models) == (
        "/work/app",
        "Fix the parser",
        ("model-1",),
    )
    assert (header.parent_id, header.is_subagent) == (None, False)


def test_a_spawned_session_knows_its_parent_and_no_person() -> None:
    main = read_export(WHOLE).header
    found = read_export(
        oc.session(oc.said(1, oc.text("Look around")), own_id="ses_2", parentID="ses_1")
    )

    header = found.header
    assert (header.is_subagent, header.parent_id) == (True, main.id)
    assert header.session_id == main.session_id
    assert [step.speaker for step in found.steps] == ["system"]


def test_what_happened_besides_is_told() -> None:
    todos, rejection, compaction, interruption = read_export(WHOLE).events

    assert isinstance(todos, TodoChange)
    assert (todos.step, todos.todos) == (2, (Todo(text="Lex"),))
    assert isinstance(rejection, Feedback)
    assert (rejection.action, rejection.text, rejection.call_id) == ("rejection", "no", "call_3")
    assert isinstance(compaction, Compaction)
    assert (compaction.trigger, compaction.step) == ("auto", 3)
    assert isinstance(interruption, Feedback)
    assert (interruption.action, interruption.step) == ("interruption", 5)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        pytest.param({"output": "ok", "metadata": {"exit": 0}}, "ok", id="exit 0"),
        pytest.param({"output": "Error: no", "metadata": {"exit": 0}}, "ok", id="only words"),
        pytest.param({"output": "no", "metadata": {"exit": 2}}, "error", id="exit 2"),
        pytest.param({"output": "file"}, "ok", id="no command"),
        pytest.param({"output": "", "metadata": {"exit": None}}, "unknown", id="no exit code"),
        pytest.param({"status": "success", "output": "file"}, "ok", id="old word for it"),
        pytest.param({"status": "error", "error": "You must read it"}, "error", id="error"),
        pytest.param({"status": "error", "error": f"{REJECTED}."}, "rejected", id="refused"),
        pytest.param(
            {"status": "error", "error": "The user dismissed this question"},
            "rejected",
            id="dismissed",
        ),
        pytest.param(
            {"status": "error", "error": "The user has specified a rule which prevents you"},
            "error",
            id="forbidden by a rule",
        ),
        pytest.param(
            {"status": "error", "error": "Tool execution aborted"}, "interrupted", id="stopped"
        ),
        pytest.param(
            {
                "output": "1\n\n<bash_metadata>\nUser aborted the command\n</bash_metadata>",
                "metadata": {"exit": None},
            },
            "interrupted",
            id="command stopped",
        ),
        pytest.param(
            {
                "output": "<bash_metadata>\nbash tool terminated command after exceeding timeout"
                " 5 ms\n</bash_metadata>",
                "metadata": {"exit": None},
            },
            "error",
            id="timed out",
        ),
        pytest.param(
            {"output": "User aborted the command, says the page", "metadata": {"exit": 0}},
            "ok",
            id="words of a page",
        ),
    ],
)
def test_how_a_call_ended_is_told_by_its_state(state: dict[str, Any], status: str) -> None:
    assert result_of(state).status == status


def test_a_tool_that_does_not_exist_is_an_error() -> None:
    assert result_of({"output": "no such tool"}, "invalid").status == "error"


@pytest.mark.parametrize("status", ["pending", "running"])
def test_a_call_that_has_not_come_back_has_no_result(status: str) -> None:
    (step,) = read_export(oc.session(oc.replied(1, oc.tool("bash", "call_1", status)))).steps

    assert len(step.calls) == 1
    assert step.results == ()


def test_an_error_of_the_provider_stands_where_the_agent_would_speak() -> None:
    error = {"name": "APIError", "data": {"message": "overloaded"}}
    (step,) = read_export(oc.session(oc.replied(1, error=error))).steps

    assert (step.speaker, step.text, step.is_error, step.usage) == (
        "agent",
        "overloaded",
        True,
        None,
    )


def test_pictures_are_counted_and_other_files_are_not() -> None:
    picture = {"type": "file", "mime": "image/png", "url": "data:image/png;base64,AA"}
    other = {"type": "file", "mime": "text/plain", "filename": "a.py"}
    (step,) = read_export(oc.session(oc.said(1, oc.text("See"), picture, other))).steps

    assert (step.text, step.n_images) == ("See\n\n[image]", 1)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (oc.said(1), "no_content"),
        (oc.replied(1), "no_content"),
        ({"info": {"role": "narrator"}, "parts": []}, "unknown_type:narrator"),
    ],
)
def test_what_holds_nothing_is_counted(message: oc.Session, reason: str) -> None:
    found = read_export(oc.session(message))

    assert found.tally.skipped == {reason: 1}
    assert found.headers == []


def test_a_message_without_shape_is_set_aside_with_its_place() -> None:
    data = oc.export_of(oc.session({"info": 3}, oc.said(2, oc.text("Go"))))
    found = read(OpenCode(), data)

    (bad,) = found.quarantined
    assert bad.reason == "bad_shape"
    assert data[bad.span.start : bad.span.end].startswith(b'{\n      "info": 3')
    assert [step.text for step in found.steps] == ["Go"]


def test_files_are_told_by_what_they_hold(tmp_path: Path) -> None:
    export, database, tree = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    export.write_bytes(oc.export_of(WHOLE))
    oc.write_database(database, WHOLE)
    oc.write_tree(tree, WHOLE)
    names = frozenset(found.name for found in tree.iterdir())

    assert OpenCode().recognises(head_of(export))
    assert OpenCode().recognises(head_of(database))
    assert OpenCodeTree().marks <= names
    assert OpenCodeTree().recognises(Head(tree, b"", names))
    assert not OpenCode().recognises(Head(tmp_path, b'{"info": {"id": "x"}, "messages": []}'))
