"""Rows that somebody else generated, as synthetic examples: marked, split, and trusted no further.

What ran outside was not seen here, so an example with calls is `unverified`, whatever its row says
of itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.ids import digest, make_id
from tracemill.llm.protocol import read_arguments
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.audits import TrainingRow
from tracemill.records.datasets.examples import SYNTHETIC, ChatExample, Lineage, Message
from tracemill.records.synth.made_up import CheckOutcome, SyntheticExample, TaskGraph
from tracemill.records.synth.verification import VerifiedRow
from tracemill.synth.coverage import place_of
from tracemill.synth.taxonomy import Taxonomy
from tracemill.synth.verification.diversity import template

UNNAMED: Final = "outside"
"""The generator of rows that do not name theirs."""


class About(NamedTuple):
    """What a row says of itself."""

    category: str | None
    part: str | None
    generator: str
    generator_version: int
    language: str


def read_about(row: Mapping[str, Any]) -> About:
    """Return what a row says of itself, as far as it says it in a form that can be read."""
    version = row.get("generator_version")
    return About(
        category=_word(row, "category"),
        part=_word(row, "part"),
        generator=_word(row, "generator") or UNNAMED,
        generator_version=version if type(version) is int and version > 0 else 1,
        language=_word(row, "language") or "python",
    )


def _word(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value.strip() else None


def chat_example(
    messages: Sequence[Message],
    tools: Sequence[dict[str, Any]],
    lineage: Sequence[Lineage],
    tags: Sequence[str] = (),
) -> ChatExample:
    """Return messages as an example that is marked as made up, in which every answer is learned."""
    said = tuple(map(_learned, messages))
    return ChatExample(
        id=make_id("example", canonical_json(said), canonical_json(tuple(tools))),
        messages=said,
        tools=tuple(tools),
        lineage=tuple(lineage),
        tags=(SYNTHETIC, *tags),
    )


def _learned(message: Message) -> Message:
    calls = tuple(_call(call) for call in message.tool_calls)
    return msgspec.structs.replace(message, tool_calls=calls, trained=message.role == "assistant")


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call with its arguments as an object, or as they are where they are none."""
    inner = call.get("function")
    function = inner if isinstance(inner, dict) else call
    arguments = read_arguments(function.get("arguments"))
    return {
        "type": "function",
        "id": str(call.get("id") or "call_0"),
        "function": {
            "name": str(function.get("name") or ""),
            "arguments": arguments if isinstance(arguments, dict) else {},
        },
    }


def readable(row: TrainingRow) -> bool:
    """Tell whether every call of a row that is a field of its own can be read."""
    return all(
        call.name and call.arguments is not None
        for made in row.calls
        for call in made
        if call.style == "structured"
    )


def outcomes(verified: VerifiedRow) -> tuple[CheckOutcome, ...]:
    """Return what each rung says of a row, with the check that decided."""
    deciding = {
        each.rung: each
        for verdict in ("unknown", "fail")
        for each in reversed(verified.judgements)
        if each.verdict == verdict
    }
    return tuple(
        CheckOutcome(
            check=rung,
            verdict=verdict,
            reason=deciding[rung].check if rung in deciding else None,
            says=deciding[rung].detail if rung in deciding else "",
        )
        for rung, verdict in verified.rungs.items()
    )


def outside_example(
    example: ChatExample, row: TrainingRow, about: About, taxonomy: Taxonomy, verified: VerifiedRow
) -> SyntheticExample:
    """Return an example that was made outside, with what the ladder says of it."""
    known = {(part.category, part.name) for each in taxonomy.categories for part in each.parts}
    said = (about.category or "", about.part or "")
    category, part = said if said in known else place_of(example.messages, taxonomy)
    calls_any = any(row.calls)
    return SyntheticExample(
        id=example.id,
        example=example,
        category=category,
        part=part,
        personas=taxonomy.part(category, part).shows,
        language=about.language,
        generator=about.generator,
        generator_version=about.generator_version,
        template=digest(template(row)),
        graph=TaskGraph(name="outside"),
        execution="unverified" if calls_any else "no_calls",
        not_run="not_repeatable" if calls_any else None,
        checks=outcomes(verified),
    )
