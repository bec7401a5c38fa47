"""Examples as the rows that checks look at: what a trainer would read of them."""

from __future__ import annotations

from collections.abc import Sequence

from tracemill.records.audits import TrainingRow, WrittenCall
from tracemill.records.examples import ChatExample, Example, Message


def messages_of(example: Example) -> Sequence[Message]:
    """Return everything that is said in an example, up to the better way where there are two."""
    if isinstance(example, ChatExample):
        return example.messages
    return (*example.prompt, *example.chosen)


def training_row(example: Example) -> TrainingRow:
    """Return an example as a row, named by its id."""
    messages = tuple(messages_of(example))
    return TrainingRow(
        file=example.id,
        line=0,
        split=example.split,
        messages=messages,
        calls=tuple(tuple(map(_written, message.tool_calls)) for message in messages),
        tools=example.tools,
        has_origin=True,
        digest=example.id,
    )


def _written(call: dict[str, object]) -> WrittenCall:
    function = call["function"]
    assert isinstance(function, dict)
    return WrittenCall(
        name=function["name"],
        arguments=function["arguments"],
        style="structured",
        id=str(call["id"]),
    )
