"""The layout of turns: a session as what a person asked, what came back, and how it was taken.

Whoever reads the layout and whoever writes it share this one shape. A turn begins where a person
speaks and holds all that the agent said, called and was shown before they speak again. What a tool
returned is an object with a `type`: JSON objects stand as they are, any other text under `text`.
What is not known is null. The layout has no place for what the harness says, for steps that were
copied in, and for subagents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from tracemill.records.refs import Count, Record
from tracemill.records.sessions.trajectory import (
    Step,
    ToolCall,
    ToolLevel,
    ToolResult,
    Trajectory,
)
from tracemill.render.atif import atif_moment

FORMAT: Final = "turns"
TEXT: Final = "text"
"""Type of a result that is no JSON object, and the key under which it stands."""


class CalledTool(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """A call and what it returned."""

    tool: str
    """Name of the tool."""
    args: dict[str, Any]
    """What it was called with."""
    result: dict[str, Any] | None = None
    """What it returned, with its `type`; None where nothing came back."""
    tool_level: ToolLevel | None = None
    """What was called: `fixed`, `code`, `generated` or `self_improved`."""
    tool_version: str | None = None
    """Version of the tool, or of the service behind it."""
    tool_config: dict[str, Any] | None = None
    """How the tool was set up."""


class ContextUsed(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """What a turn took from before."""

    source: str
    """Where it stood, as `turn_1.tool_calls[1].result.changed_files`."""
    value: Any
    """What was taken."""


class TurnDecision(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """That a result decided what was called next."""

    source: str
    """Where it stood, as `turn_1.tool_calls[0].result.staged_count`; for a test in code, the call
    that ran it."""
    basis: str
    """What shows it: `value`, `failure`, `words` or `code`."""
    condition: str | None = None
    """The test, or the sentence in which the agent names what it saw; None without either."""
    agreed: bool = False
    """Whether the agent had asked before, and the person agreed."""
    chosen: tuple[str, ...] = ()
    """What was called."""


class ModelResponse(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """All that the agent did in a turn."""

    reasoning: str | None = None
    """What it thought, where that was kept."""
    context_used: ContextUsed | None = None
    """What its calls took from before."""
    tool_calls: tuple[CalledTool, ...] = ()
    """Its calls, in order."""
    response_text: str | None = None
    """What it said; None where it said nothing."""
    field_access: tuple[str, ...] | None = None
    """Fields of results that it made use of; None where nothing tells."""
    decision_points: tuple[TurnDecision, ...] | None = None
    """Which results decided what it called; None where nothing tells."""


class UserFeedback(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """How the person took a turn."""

    type: str
    """`explicit` or `implicit`, then `positive`, `negative` or `neutral`."""
    signal: str
    """What tells so, as `continued_workflow` or `correction`."""
    timestamp: str | None = None
    """When that was."""


class Turn(Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False):
    """What a person asked, and what came of it."""

    turn_number: Count
    """Position in the session, from 1."""
    user_message: str | None = None
    """What the person said; None where the agent began by itself."""
    model_response: ModelResponse | None = None
    """What the agent did; None where it did nothing."""
    user_feedback: UserFeedback | None = None
    """How the person took it."""


class TurnTotals(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """What is said of the whole session."""

    total_turns: Count | None = None
    """How many turns it has."""
    total_tool_calls: Count | None = None
    """How many calls."""
    cross_tool_dependencies: Count | None = None
    """Pairs of tools of which one was called with what the other had returned."""
    user_satisfaction: str | None = None
    """`positive`, `negative` or `mixed`."""
    completion_reason: str | None = None
    """Why it ended."""
    left_out: dict[str, Count] | None = None
    """Decisions that are known and have no place in the turns, counted by reason; None where no
    decision is known."""


class SessionOfTurns(
    Record, frozen=True, kw_only=True, omit_defaults=False, forbid_unknown_fields=False
):
    """A session without its turns."""

    session_id: str
    """The source's own id of it."""
    start_time: str | None = None
    """When it began."""
    end_time: str | None = None
    """When it ended."""
    outcome: str | None = None
    """What became of the work, as `success`."""
    metadata: TurnTotals | None = None
    """What is said of the whole."""


def session_of_turns(header: Trajectory) -> SessionOfTurns:
    """Return what a trajectory itself says of the whole session."""
    return SessionOfTurns(
        session_id=header.session_id,
        start_time=None if header.started is None else atif_moment(header.started),
        end_time=None if header.ended is None else atif_moment(header.ended),
    )


def by_turn(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Yield the steps of each turn; those that the layout has no place for are left out.

    A trajectory that was read from the layout keeps its turns, whoever begins them.
    """
    held: list[Step] = []
    for step in steps:
        if step.is_replayed or step.speaker == "system":
            continue
        if held and (step.speaker == "user" or _is_first(step)):
            yield held
            held = []
        held.append(step)
    if held:
        yield held


def _is_first(step: Step) -> bool:
    return step.remainder is not None and step.remainder.format == FORMAT


def turn_of(number: int, steps: Sequence[Step]) -> Turn:
    """Return the steps of one turn as the layout writes them."""
    said = next((step.text for step in steps if step.speaker == "user"), None)
    return Turn(turn_number=number, user_message=said, model_response=_response(steps))


def _response(steps: Sequence[Step]) -> ModelResponse | None:
    spoken = [step for step in steps if step.speaker == "agent" and not step.is_error]
    if not spoken:
        return None
    results = {result.call_id: result for step in steps for result in step.results}
    return ModelResponse(
        reasoning=_joined(step.reasoning for step in spoken),
        tool_calls=tuple(called(call, results) for step in spoken for call in step.calls),
        response_text=_joined(step.text for step in spoken),
    )


def _joined(texts: Iterable[str | None]) -> str | None:
    return "\n\n".join(filter(None, texts)) or None


def called(call: ToolCall, results: Mapping[str, ToolResult]) -> CalledTool:
    """Return a call with its result, if one came back."""
    result = results.get(call.id)
    returned = None if result is None else returned_object(result)
    return CalledTool(
        tool=call.name,
        args=call.arguments,
        result=returned,
        tool_level=call.tool_level,
        tool_version=call.tool_version,
        tool_config=call.tool_config,
    )


def returned_object(result: ToolResult) -> dict[str, Any]:
    """Return what a tool returned as an object with a `type`.

    A JSON object that tells no type has null there. Where a call did not succeed, its text says
    why, and how it ended stands beside it.
    """
    if result.status in {"ok", "unknown"} and not result.exit_code:
        found = _object_in(result.content)
        if found is not None:
            return found if "type" in found else {"type": None, **found}
    return {
        "type": TEXT,
        TEXT: result.content,
        "status": None if result.status == "unknown" else result.status,
        "exit_code": result.exit_code,
    }


def _object_in(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
