"""Calls that were made at once, told one at a time, for models whose template takes one call only.

A message with several calls becomes one message for each, with what the call returned right behind
it. What was called and what came back stays; that the later calls were made before the first result
was seen is lost, so rows are told so only where a recipe asks for it, and tags say which ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any, Final

import msgspec

from tracemill.base.ids import make_id
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
    messages_of,
)

APART: Final = "calls:apart"
"""Tag of an example in which calls that were made at once are told one at a time."""
FIRST_ONLY: Final = "calls:first_only"
"""Tag of one that ends with the first of several calls: what that returned stands in no row."""


class SeveralCallsError(Exception):
    """Several calls were made at once that cannot be told apart.

    What is judged right or wrong made them, or not each of them stands with what it returned.
    """


def with_single_calls(example: Example) -> Example:
    """Return an example in which no message makes more than one call.

    Raises:
        SeveralCallsError: a message that is itself right or wrong makes several, or one that
            is gone on from makes several that were not answered each exactly once.
    """
    if not any(map(_calls_several, messages_of(example))):
        return example
    if any(map(_calls_several, _judged(example))):
        raise SeveralCallsError
    parted: Example
    if isinstance(example, ChatExample):
        is_cut = _calls_several(example.messages[-1])
        tags = _with(example.tags, APART, *([FIRST_ONLY] if is_cut else []))
        parted = msgspec.structs.replace(example, messages=_apart(example.messages), tags=tags)
    else:
        tags = _with(example.tags, APART)
        parted = msgspec.structs.replace(example, prompt=_apart(example.prompt), tags=tags)
    own_id = make_id("example", *map(canonical_json, (*_told(parted), parted.tools)))
    return msgspec.structs.replace(parted, id=own_id)


def _with(tags: Iterable[str], *more: str) -> tuple[str, ...]:
    return tuple(sorted([*tags, *more]))


def _calls_several(message: Message) -> bool:
    return len(message.tool_calls) > 1


def _judged(example: Example) -> Sequence[Message]:
    """Return the messages that somebody or something calls right or wrong."""
    match example:
        case PreferenceExample():
            return (*example.chosen, *example.rejected)
        case UnpairedExample():
            return example.completion
        case StepwiseExample():
            return tuple(message for each in example.completions for message in each)
        case ChatExample() | PromptExample():
            return ()


def _apart(messages: Sequence[Message]) -> tuple[Message, ...]:
    return tuple(_each_apart(messages))


def _each_apart(messages: Sequence[Message]) -> Iterator[Message]:
    rest = iter(enumerate(messages, 1))
    for after, message in rest:
        calls = message.tool_calls
        if not _calls_several(message):
            yield message
            continue
        # What is said and thought stands before the first call, as the model said it.
        yield msgspec.structs.replace(message, tool_calls=calls[:1])
        if after == len(messages):
            return
        answers = list(takewhile(lambda each: each.role == "tool", messages[after:]))
        first, *others = _in_order(answers, calls)
        yield first
        for call, answer in zip(calls[1:], others, strict=True):
            yield Message(role="assistant", tool_calls=(call,), trained=message.trained)
            yield answer
        for _ in answers:
            next(rest)


def _in_order(answers: Sequence[Message], calls: Sequence[dict[str, Any]]) -> list[Message]:
    """Return the answer to each call: by the id that it names, else in the order of both.

    Raises:
        SeveralCallsError: a call has no answer, or an answer belongs to none.
    """
    if len(answers) != len(calls):
        raise SeveralCallsError
    waiting = list(answers)
    found: list[Message] = []
    for call in calls:
        named = [each for each in waiting if each.tool_call_id == call.get("id")]
        unnamed = [each for each in waiting if each.tool_call_id is None]
        if not (fit := named or unnamed):
            raise SeveralCallsError
        found.append(fit[0])
        waiting.remove(fit[0])
    return found


def _told(example: Example) -> tuple[object, ...]:
    """Return what the id of an example is derived from beside its tools, as builders derive it."""
    match example:
        case PreferenceExample():
            return (example.prompt, [*example.chosen, *example.rejected])
        case UnpairedExample():
            return (example.prompt, example.completion, example.label)
        case StepwiseExample():
            return (messages_of(example), example.labels)
        case PromptExample():
            return (example.prompt, example.verifier)
        case ChatExample():
            return (example.messages,)
