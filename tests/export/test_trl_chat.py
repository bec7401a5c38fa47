import json

import pyarrow as pa
import pytest

from tests.trajectories import FOUND, activity, agent, calling, episode, trajectory, user
from tracemill.curate.chat import ChatConfig, build_chat
from tracemill.export.trl_chat import TrlChat
from tracemill.records.examples import ChatExample


@pytest.fixture
def example() -> ChatExample:
    steps = [user(0), calling(1, "ok", command="ls"), agent(2, "done", reasoning="so")]
    (made,) = build_chat(episode(), trajectory(3), activity(), FOUND, steps, ChatConfig())
    assert isinstance(made, ChatExample)
    return made


def test_a_row_is_trls_conversational_form_with_tools(example: ChatExample) -> None:
    row = TrlChat().row(example)

    call = {
        "type": "function",
        "id": "c1",
        "function": {"name": "Bash", "arguments": {"command": "ls"}},
    }
    assert row["messages"] == [
        {"role": "user", "content": "do it"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "ok", "tool_call_id": "c1", "name": "Bash"},
        {"role": "assistant", "content": "done", "reasoning_content": "so"},
    ]
    assert row["tools"][0]["function"]["name"] == "Bash"
    assert row["trained"] == [False, True, False, True]


def test_columns_fit_their_schema_and_say_the_same(example: ChatExample) -> None:
    exporter = TrlChat()
    (row,) = pa.Table.from_pylist([exporter.columns(example)], schema=exporter.schema).to_pylist()

    call = row["messages"][1]["tool_calls"][0]["function"]
    assert json.loads(call["arguments"]) == {"command": "ls"}
    assert json.loads(row["tools"]) == exporter.row(example)["tools"]
    assert row["id"] == example.id
