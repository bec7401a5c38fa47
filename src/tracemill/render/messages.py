"""Steps to messages: who speaks in which role, and what carries loss.

- What the harness says before a session's first words of a person sets the session up: it is the
  `system` message, also of what begins later in the session. What it puts in later went to the
  model as part of the prompt, so it is a `user` message, and so is the task of an agent to which
  no person spoke. What people told the program alone, and what that printed, is no message at all.
- What one speaker said in several steps running is one message, as chat templates want it: a
  thought that stood alone goes to the message that it led to.
- A call is answered right behind the message that made it, exactly once, wherever its result
  stood in the log. A call without a result cannot be rendered: nothing is invented.
- Only what the agent really said carries loss: nothing that was copied in, no thought that led
  to no word. Error texts that the harness put in the agent's mouth are no messages at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import dropwhile, takewhile
from typing import Any, Final

import msgspec

from tracemill.base.errors import DataError
from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.trajectory import IMAGE, Step, ToolCall, ToolResult
from tracemill.render.own_commands import is_command, without_own_commands

_PICTURE: Final = re.compile(r"data:image/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=_-]{200,}")
"""A picture whose bytes stand in a text."""


class UnansweredCallError(DataError):
    """A call has no result, so what follows it would not be what the model saw."""

    def __init__(self, step: Step, call: ToolCall) -> None:
        super().__init__(f"step {step.index}: call of tool {call.name!r} has no result")
        self.step = step.index


def render_messages(
    steps: Sequence[Step], untrained: Collection[int] = (), setting: Sequence[Step] = ()
) -> list[Message]:
    """Return the messages of `steps`; those of the indexes in `untrained` carry no loss.

    Args:
        steps: what was said, one behind the other.
        untrained: indexes of the steps that are only context.
        setting: what set the session up, where `steps` begin behind it.

    Raises:
        UnansweredCallError: a tool call has no result in `steps`.
    """
    results = {result.call_id: result for step in steps for result in step.results}
    is_start = bool(steps) and steps[0].index == 0
    steps = without_own_commands(steps)
    given = _given(steps) if is_start else setting
    messages: list[Message] = []
    for step in given:
        _append(messages, Message(role="system", content=step.text))
    for step in steps[len(given) if is_start else 0 :]:
        for message in _of_step(step, results, may_train=step.index not in untrained):
            _append(messages, message)
    return [message for message in messages if message.role != "assistant" or _says(message)]


def set_up(steps: Sequence[Step]) -> list[Step]:
    """Return the steps at a session's start that only set it up for what a person then says."""
    is_start = bool(steps) and steps[0].index == 0
    return _given(without_own_commands(steps)) if is_start else []


def _given(steps: Sequence[Step]) -> list[Step]:
    given = list(takewhile(_sets_up, steps))
    said = next(dropwhile(_is_passed_over, steps[len(given) :]), None)
    return given if said is not None and said.speaker == "user" else []


def _sets_up(step: Step) -> bool:
    return step.speaker == "system" and not (step.is_replayed or is_command(step))


def _is_passed_over(step: Step) -> bool:
    """Tell what stands between what sets a session up and a person's words: neither of them."""
    return is_command(step) or (step.is_replayed and step.speaker == "system")


def is_trained(step: Step) -> bool:
    """Tell whether a step says something that the agent itself said, here and now."""
    return (
        step.speaker == "agent"
        and not (step.is_replayed or step.is_error)
        and bool(step.text or step.calls)
    )


def _of_step(
    step: Step, results: Mapping[str, ToolResult], *, may_train: bool
) -> Iterator[Message]:
    match step.speaker:
        case "system" | "user":
            yield Message(role="user", content=step.text)
        case "agent":
            if step.is_error:
                return
            yield Message(
                role="assistant",
                content=step.text,
                reasoning=step.reasoning,
                tool_calls=tuple(map(_call, step.calls)),
                trained=may_train and not step.is_replayed,
            )
            yield from _answers(step, results)
        case "tool":
            return


def _call(call: ToolCall) -> dict[str, Any]:
    return {
        "type": "function",
        "id": call.id,
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _seen(content: str) -> str:
    """Return what came back with a word for the bytes of a picture, which as text are no sight."""
    return _PICTURE.sub(IMAGE, content) if ";base64," in content else content


def _answers(step: Step, results: Mapping[str, ToolResult]) -> Iterator[Message]:
    if not step.calls:
        yield from (Message(role="user", content=_seen(each.content)) for each in step.results)
    for call in step.calls:
        if (result := results.get(call.id)) is None:
            raise UnansweredCallError(step, call)
        content = _seen(result.content)
        yield Message(role="tool", content=content, tool_call_id=call.id, name=call.name)


def _append(messages: list[Message], message: Message) -> None:
    """Add a message, as part of the last one where the same speaker goes on."""
    last = messages[-1] if messages else None
    goes_on = last is not None and last.role == message.role and message.role != "tool"
    if last is None or not goes_on or last.trained != message.trained or last.tool_calls:
        messages.append(message)
        return
    messages[-1] = msgspec.structs.replace(
        last,
        content=_joined(last.content, message.content),
        reasoning=_joined(last.reasoning or "", message.reasoning or "") or None,
        tool_calls=message.tool_calls,
    )


def _says(message: Message) -> bool:
    return bool(message.content or message.tool_calls)


def _joined(first: str, second: str) -> str:
    return f"{first}\n\n{second}" if first and second else first or second
