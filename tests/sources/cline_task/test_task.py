"""The folder of a task: what its files tell together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.cline import tasks as cl
from tests.sources.laws import assert_sound
from tests.sources.reading import Found, blocks_of, origin_of, read, read_file

from tracemill.sources.cline import Cline, ClineTask
from tracemill.sources.head import Head

SENT = [
    cl.user("<task>\nFix it\n</task>", cl.SURROUNDINGS),
    cl.agent(cl.call("t1", "execute_command", command="make")),
    cl.user(cl.result("t1", "Command executed.")),
    cl.agent(cl.call("t2", "attempt_completion", result="Done")),
]
SHOWN = [
    cl.say(1, "text", "Fix it"),
    cl.request(2, 10, 5, modelInfo={"modelId": "model-1"}),
    cl.say(3, "command", "make", outer="ask"),
    cl.request(4, 20, 6),
    cl.say(5, "completion_result", "Done"),
]


def read_folder(folder: Path) -> Found:
    return read_file(ClineTask(), folder)


def test_the_shown_messages_date_and_price_the_replies(tmp_path: Path) -> None:
    folder = tmp_path / "1760000000000"
    cl.write_task(folder, api_conversation_history=SENT, ui_messages=SHOWN)
    found = read_folder(folder)

    replies = [step for step in found.steps if step.speaker == "agent"]
    assert [step.usage and step.usage.output_tokens for step in replies] == [5, 6]
    assert [step.at and step.at.second for step in replies] == [22, 24]
    assert [step.model for step in replies] == ["model-1", None]
    assert (found.header.session_id, found.header.agent) == ("1760000000000", "cline")
    assert found.header.cwd == "/work/app"


def test_newer_versions_say_which_reply_a_request_got(tmp_path: Path) -> None:
    broken = cl.request(2, 1, 1, conversationHistoryIndex=7)
    first = cl.request(3, 10, 5, conversationHistoryIndex=-1)
    second = cl.request(4, 20, 6, conversationHistoryIndex=1)
    cl.write_task(
        tmp_path, api_conversation_history=SENT, ui_messages=[SHOWN[0], broken, first, second]
    )
    found = read_folder(tmp_path)

    replies = [step for step in found.steps if step.speaker == "agent"]
    assert [step.usage and step.usage.output_tokens for step in replies] == [5, 6]
    assert found.header.total_usage is not None
    assert found.header.total_usage.output_tokens == 12


def test_requests_that_match_no_reply_count_for_the_whole_task(tmp_path: Path) -> None:
    cl.write_task(tmp_path, api_conversation_history=SENT, ui_messages=SHOWN[:2])
    found = read_folder(tmp_path)

    assert [step.usage for step in found.steps if step.speaker == "agent"] == [None, None]
    assert found.header.total_usage is not None
    assert found.header.total_usage.output_tokens == 5


def test_a_task_knows_the_one_that_spawned_it(tmp_path: Path) -> None:
    own, parent = "1760000000001", "1760000000000"
    cl.write_task(tmp_path / parent, api_conversation_history=SENT, ui_messages=SHOWN)
    history = {"id": own, "parentTaskId": parent, "rootTaskId": parent, "workspace": "/work/app"}
    cl.write_task(
        tmp_path / own, api_conversation_history=SENT, ui_messages=SHOWN, history_item=history
    )

    child, spawner = read_folder(tmp_path / own).header, read_folder(tmp_path / parent).header
    assert (child.parent_id, child.is_subagent) == (spawner.id, True)
    assert child.session_id == spawner.session_id


@pytest.mark.parametrize(
    ("folder", "agent"),
    [("rooveterinaryinc.roo-cline", "roo-code"), ("kilocode.kilo-code", "kilo-code")],
)
def test_the_descendants_are_told_by_where_their_tasks_lie(
    folder: str, agent: str, tmp_path: Path
) -> None:
    task = cl.write_task(tmp_path / folder / "tasks" / "1760000000000", ui_messages=SHOWN)

    assert read_folder(task).header.agent == agent


def test_a_file_that_cannot_be_read_is_named_and_the_other_is_read(tmp_path: Path) -> None:
    cl.write_task(tmp_path, ui_messages=SHOWN)
    (tmp_path / "api_conversation_history.json").write_text("[{")
    found = read_folder(tmp_path)

    assert [bad.reason for bad in found.quarantined] == ["truncated"]
    assert [step.text for step in found.steps] == ["Fix it", "", "Done"]


def test_steps_lead_back_to_their_bytes(tmp_path: Path) -> None:
    cl.write_task(tmp_path, api_conversation_history=SENT, ui_messages=SHOWN)
    with ClineTask().open(tmp_path) as stream:
        data = stream.read()
    step = next(step for step in read_folder(tmp_path).steps if step.speaker == "agent")

    assert data[step.span.start : step.span.end].startswith(b'{"role": "assistant"')


def test_a_folder_is_told_by_what_its_messages_are(tmp_path: Path) -> None:
    task = cl.write_task(tmp_path / "a", ui_messages=SHOWN)
    other = cl.write_task(tmp_path / "b", ui_messages=[{"role": "user"}])

    assert ClineTask().recognises(Head(task, b"", ClineTask.marks))
    assert not ClineTask().recognises(Head(other, b"", ClineTask.marks))
    assert not ClineTask().recognises(Head(tmp_path, b"", ClineTask.marks))


@given(data=st.data())
def test_no_bytes_are_a_crash(data: st.DataObject) -> None:
    whole = cl.document(*data.draw(st.sampled_from([SENT, SHOWN])))
    at = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(at, len(whole)))
    found = read(Cline(), whole[:at] + data.draw(st.binary(max_size=20)) + whole[end:])

    assert_sound(found)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "<task>x</task>"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["type", "text", "content", "id", "input"]), inner, max_size=3
    ),
    max_leaves=4,
)  # fmt: skip


@given(
    st.lists(
        st.fixed_dictionaries(
            {"role": st.sampled_from(["user", "assistant", "x"]), "content": ANYTHING},
            optional={"ts": ANYTHING, "modelInfo": ANYTHING, "isSummary": ANYTHING},
        )
        | st.fixed_dictionaries(
            {"ts": ANYTHING, "type": st.sampled_from(["say", "ask"])},
            optional={
                "say": st.sampled_from(["tool", "command_output", "text", "user_feedback", "x"]),
                "ask": st.sampled_from(["tool", "followup", "command"]),
                "text": ANYTHING,
                "images": ANYTHING,
            },
        ),
        max_size=6,
    ),
    st.integers(1, 300),
)
def test_no_shape_is_a_crash_and_blocks_do_not_matter(
    messages: list[cl.Message], size: int
) -> None:
    whole = cl.document(*messages)

    assert read(Cline(), blocks_of(whole, size)).records == read(Cline(), whole).records


def test_the_origin_of_a_task_is_the_source_that_read_it(tmp_path: Path) -> None:
    task = cl.write_task(tmp_path, ui_messages=SHOWN)

    assert read_folder(task).header.origin.source == origin_of(ClineTask()).source
