"""What every example holds to, whoever built it; asked of made-up and of real sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracemill.curate.windows.work import CHECKS
from tracemill.records.datasets.examples import (
    Example,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    messages_of,
)
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step


def sides_of(example: Example) -> Iterator[tuple[Message, ...]]:
    """Yield what a trainer reads, once for each way to go on."""
    match example:
        case PreferenceExample():
            yield (*example.prompt, *example.chosen)
            yield (*example.prompt, *example.rejected)
        case PromptExample():
            return
        case _:
            yield messages_of(example)


def learned(example: Example) -> set[str]:
    """Return the ids of the calls that an example wants to be imitated."""
    return {str(call["id"]) for message in wanted(example) for call in message.tool_calls}


def wanted(example: Example) -> tuple[Message, ...]:
    """Return the messages that an example wants to be imitated."""
    if isinstance(example, PreferenceExample):
        return example.chosen
    if isinstance(example, UnpairedExample):
        return example.completion if example.label else ()
    if isinstance(example, StepwiseExample):
        judged = zip(example.completions, example.labels, strict=True)
        return tuple(messages[-1] for messages, label in judged if label)
    return tuple(message for message in messages_of(example) if message.trained)


def may_imitate(steps: Sequence[Step], about: Activity) -> list[Step]:
    """Return the steps of which nothing says that they must not be imitated."""
    fixed = {
        at
        for each in about.recoveries
        if each.kind in CHECKS and each.resolved_step is not None
        for at in each.attempts
    }
    failed = {at for each in about.recoveries for at in each.attempts} - fixed
    refused = {*about.rejected_steps, *about.interrupted_steps, *failed}
    own = (s for s in steps if s.speaker == "agent" and not s.is_replayed and not s.is_error)
    return [step for step in own if step.index not in refused]


def calls_of(steps: Sequence[Step]) -> set[str]:
    """Return the ids of the calls of some steps."""
    return {call.id for step in steps for call in step.calls}


def broken_promises(messages: tuple[Message, ...]) -> list[str]:
    """Return what is wrong with the messages of an example."""
    roles = [message.role for message in messages[:2]]
    found = [] if "user" in roles[: 1 + (roles[0] == "system")] else ["begins without a prompt"]
    waiting: list[str] = []
    for message in messages:
        if message.role == "tool":
            if waiting[:1] != [message.tool_call_id]:
                found.append("an answer without its call")
            waiting = waiting[1:]
            continue
        if waiting:
            found.append("a call without its answer")
        waiting = [str(call["id"]) for call in message.tool_calls]
        if message.role == "assistant" and not (message.content or message.tool_calls):
            found.append("an empty message")
        if message.trained and message.role != "assistant":
            found.append("loss on what the agent did not say")
    if not any(message.trained for message in messages):
        found.append("nothing to imitate")
    return found + ["nothing is imitated at the end"] * (not messages[-1].trained)
