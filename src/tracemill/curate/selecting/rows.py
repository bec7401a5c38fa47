"""Examples as the rows that checks look at: what a trainer would read of them."""

from __future__ import annotations

from tracemill.records.datasets.audits import TrainingRow, WrittenCall
from tracemill.records.datasets.examples import Example, PreferenceExample, kind_of, messages_of


def training_row(example: Example) -> TrainingRow:
    """Return an example as a row, named by its id; of a pair its better side is learned."""
    messages = (
        (*example.prompt, *example.chosen)
        if isinstance(example, PreferenceExample)
        else messages_of(example)
    )
    return TrainingRow(
        file=example.id,
        line=0,
        split=example.split,
        messages=messages,
        rejected=example.rejected if isinstance(example, PreferenceExample) else (),
        calls=tuple(tuple(map(_written, message.tool_calls)) for message in messages),
        tools=example.tools,
        has_origin=True,
        part=kind_of(example),
        groups=(f"episode_id:{example.lineage[0].episode_id}",),
        tags=example.tags,
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
