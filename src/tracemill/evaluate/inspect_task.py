"""The text of a task for Inspect AI: its models are asked, and our scorers judge.

The task reads `cases.jsonl` beside it. It needs `inspect-ai` and this package, and nothing is sent
anywhere but to the model that is evaluated.
"""

from __future__ import annotations

from typing import Final

TASK: Final = '''\
"""A suite of Tracemill as a task of Inspect AI: one decision a case, judged by what it does."""

from pathlib import Path

import msgspec
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    get_model,
)
from inspect_ai.scorer import Score, accuracy, scorer, stderr
from inspect_ai.solver import solver
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams

from tracemill.evaluate.scorers import score
from tracemill.llm import Answer
from tracemill.llm.protocol import spoken
from tracemill.records.models.evaluations import Case

LINES = (Path(__file__).parent / "cases.jsonl").read_bytes().splitlines()
CASES = {case.id: case for case in (msgspec.json.decode(line, type=Case) for line in LINES)}


def message(given):
    match given.role:
        case "system":
            return ChatMessageSystem(content=given.content)
        case "user":
            return ChatMessageUser(content=given.content)
        case "tool":
            return ChatMessageTool(content=given.content, tool_call_id=given.tool_call_id)
    calls = [
        ToolCall(id=c["id"], function=c["function"]["name"], arguments=c["function"]["arguments"])
        for c in given.tool_calls
    ]
    return ChatMessageAssistant(content=given.content, tool_calls=calls or None)


def tool(given):
    function = given["function"]
    parameters = dict(function.get("parameters") or {"type": "object", "properties": {}})
    for name, schema in parameters.get("properties", {}).items():
        schema.setdefault("description", name)  # Inspect asks for one
    return ToolInfo(
        name=function["name"],
        description=function.get("description") or function["name"],
        parameters=ToolParams.model_validate(parameters),
    )


@solver
def decide():
    async def solve(state, generate):
        case = CASES[state.sample_id]
        tools = [tool(each) for each in case.tools]
        state.output = await get_model().generate(state.messages, tools=tools)
        state.messages.append(state.output.message)
        return state

    return solve


@scorer(metrics=[accuracy(), stderr(cluster="group")])
def behaviour():
    async def judge(state, target):
        said = state.output.message
        calls = [{"name": c.function, "arguments": c.arguments} for c in said.tool_calls or []]
        unread = ["not_json" for c in said.tool_calls or [] if c.parse_error]
        answer = Answer(message=spoken(said.text, calls), faults=tuple(unread))
        result = score(CASES[state.sample_id], answer)
        faults = {check: fault for check, fault in result.faults.items() if fault}
        covered = {} if result.covered is None else {"covered": result.covered}
        return Score(
            value="I" if faults else "C", explanation=str(faults) or None, metadata=covered
        )

    return judge


@task
def tracemill_suite():
    samples = [
        Sample(
            id=case.id,
            input=[message(each) for each in case.messages],
            target=case.choice or ", ".join(call.name for call in case.wanted) or "an answer",
            metadata={"group": case.group, "slices": list(case.slices)},
        )
        for case in CASES.values()
    ]
    return Task(
        dataset=MemoryDataset(samples),
        solver=decide(),
        scorer=behaviour(),
        config=GenerateConfig(temperature=0.0),
    )
'''
"""What `task.py` holds."""
