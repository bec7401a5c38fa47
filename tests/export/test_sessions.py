"""Whole sessions as the trace viewer of a hub and the Agent Data Protocol take them."""

import json

from tests.sources.reading import read
from tests.trajectories import START, agent, calling, step, trajectory, user
from tracemill.export.trajectories.adp import Adp
from tracemill.export.trajectories.sts import Sts
from tracemill.records.sessions.trajectory import ToolResult
from tracemill.sources.adp import Adp as AdpSource

STEPS = [
    user(0, "Make it pass"),
    agent(1, "old", is_replayed=True),
    calling(2, "1 failed", command="pytest"),
    step(3, "tool", results=(ToolResult(call_id="c9", content="late"),)),
    agent(4, "It passes.", reasoning="So it does.", at=START, model="m-1"),
]


def test_sts_is_a_line_for_the_session_and_one_for_each_message() -> None:
    document = Sts().document(
        trajectory(5, title="Tests"), STEPS, subagents=[{"session": {"id": "s"}}]
    )
    session, *messages = map(json.loads, Sts().encode(document).splitlines())

    assert session == {
        "type": "session",
        "harness": "claude-code",
        "id": "traj_1",
        "name": "Tests",
        "subagents": ["s"],
        "n_replayed_steps": 1,
    }
    call = {"id": "c2", "function": {"name": "Bash", "arguments": '{"command":"pytest"}'}}
    assert [line["message"] for line in messages] == [
        {"role": "user", "content": "Make it pass"},
        {"role": "assistant", "content": "", "toolCalls": [call]},
        {"role": "tool", "toolCallId": "c2", "content": "1 failed"},
        {"role": "tool", "toolCallId": "c9", "content": "late"},
        {
            "role": "assistant",
            "content": "It passes.",
            "reasoningContent": "So it does.",
            "timestamp": int(START.timestamp() * 1000),
            "model": "m-1",
        },
    ]
    assert {line["type"] for line in messages} == {"message"}


def test_adp_is_read_back_by_our_own_reader() -> None:
    found = read(AdpSource(), Adp().encode(Adp().document(trajectory(5), STEPS)))

    assert not found.quarantined
    assert [(each.speaker, each.text) for each in found.steps if each.text] == [
        ("user", "Make it pass"),
        ("agent", "It passes."),
    ]
    calls = [(call.name, call.arguments) for each in found.steps for call in each.calls]
    assert calls == [("Bash", {"command": "pytest"})]
    results = [result.content for each in found.steps for result in each.results]
    assert results == ["1 failed"]


def test_adp_has_each_call_with_its_result_behind_it() -> None:
    two = agent(
        0, "Both.", calls=calling(0).calls + calling(1).calls, results=calling(1, "b").results
    )
    items = Adp().document(trajectory(1), [two])["content"]

    assert [(item["class_"], item.get("description")) for item in items] == [
        ("api_action", "Both."),
        ("api_action", None),
        ("text_observation", None),
    ]
