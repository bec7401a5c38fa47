"""One example of each kind, with all that a format may stumble over."""

from typing import Any, Final

from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Lineage,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    Verifier,
)
from tracemill.records.refs import Ref, Span

LINEAGE: Final = (
    Lineage(
        episode_id="ep_1", trajectory_id="traj_1", first_step=0, last_step=5, input_id="input_1",
        uri="~/s.jsonl", content="ab", span=Span(start=0, end=59),
    ),
)  # fmt: skip
TOOLS: Final[tuple[dict[str, Any], ...]] = (
    {
        "type": "function",
        "function": {
            "name": "Bash",
            "parameters": {
                "type": "object",
                "properties": {"command": {"type": "string"}, "timeout": {"type": "integer"}},
                "required": ["command"],
            },
        },
    },
    {
        "type": "function",
        "function": {
            "name": "Read",
            "parameters": {
                "type": "object",
                "properties": {"path": {"type": "string"}},
                "required": ["path"],
            },
        },
    },
)


def call(number: int, name: str, **arguments: Any) -> dict[str, Any]:
    return {
        "type": "function",
        "id": f"c{number}",
        "function": {"name": name, "arguments": arguments},
    }


def said(content: str = "", *calls: dict[str, Any], **more: Any) -> Message:
    return Message(role="assistant", content=content, tool_calls=calls, trained=True, **more)


def result(number: int, name: str, content: str) -> Message:
    return Message(role="tool", content=content, tool_call_id=f"c{number}", name=name)


ASKED: Final = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="Make the test pass — it says “naïve”."),
)
WORK: Final = (
    *ASKED,
    said("I run it.", call(0, "Bash", command="pytest -q", timeout=60)),
    result(0, "Bash", "1 failed"),
    said("", call(1, "Read", path="a.py"), call(2, "Read", path="b.py"), reasoning="Two files."),
    result(1, "Read", "x = 1\n"),
    result(2, "Read", ""),
    said("It passes.\n\nThe total lacked the tax."),
)
CHAT: Final = ChatExample(
    id="example_1", messages=WORK, tools=TOOLS, lineage=LINEAGE, split="train", tags=("a:b",)
)
TURNS: Final = ChatExample(
    id="example_2",
    messages=(
        Message(role="user", content="Hello"),
        Message(role="assistant", content="Hi"),
        Message(role="user", content="Thanks"),
        said("You are welcome."),
    ),
    lineage=LINEAGE,
    split="validation",
)
PAIR: Final = PreferenceExample(
    id="example_3",
    builder="retry",
    prompt=ASKED,
    chosen=(said("", call(0, "Bash", command="ls")),),
    rejected=(said("", call(0, "Bash", command="ls --q")),),
    tools=TOOLS[:1],
    margin=1,
    lineage=LINEAGE,
    split="train",
)
WORDS: Final = PreferenceExample(
    id="example_4",
    builder="correction",
    prompt=(Message(role="user", content="Which port?"),),
    chosen=(said("8080."),),
    rejected=(said("80."),),
    margin=0.8,
    lineage=LINEAGE,
    split="train",
)
UNPAIRED: Final = UnpairedExample(
    id="example_5",
    builder="reaction",
    prompt=ASKED,
    completion=(said("Done."),),
    label=True,
    strength=0.7,
    evidence=(Ref(kind="trajectory", id="traj_1", step=3),),
    tools=TOOLS,
    lineage=LINEAGE,
    split="train",
)
STEPWISE: Final = StepwiseExample(
    id="example_6",
    builder="recovery",
    prompt=ASKED,
    completions=((WORK[2],), (WORK[3], WORK[4])),
    labels=(False, True),
    tools=TOOLS,
    lineage=LINEAGE,
    split="train",
)
PROMPT: Final = PromptExample(
    id="example_7",
    builder="verified",
    prompt=ASKED,
    verifier=Verifier(
        check="test",
        command="pytest -q",
        start_commit="0a1b2c3",
        evidence=(Ref(kind="trajectory", id="traj_1", step=3),),
    ),
    tools=TOOLS,
    lineage=LINEAGE,
    split="train",
)
ALL: Final[tuple[Example, ...]] = (CHAT, TURNS, PAIR, WORDS, UNPAIRED, STEPWISE, PROMPT)
