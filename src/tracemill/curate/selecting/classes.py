"""Classes of examples, as tags: mixtures are made of them, and balance is measured in them.

| tag | what is imitated |
|---|---|
| `use:direct` | words alone: no tool is called |
| `use:single_tool` | one call |
| `use:multi_tool` | several calls of one tool |
| `use:cross_tool` | calls of several tools |
| `use:parallel` | besides, several calls at once |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from tracemill.records.datasets.examples import (
    ChatExample,
    Example,
    Message,
    PreferenceExample,
    PromptExample,
    StepwiseExample,
    UnpairedExample,
)


def class_tags(example: Example) -> tuple[str, ...]:
    """Return the tags that tell what is imitated in an example; none where nothing is."""
    if isinstance(example, PromptExample):
        return ()
    learned = list(_learned(example))
    names = [call["function"]["name"] for message in learned for call in message.tool_calls]
    if not names:
        return ("use:direct",)
    use = "cross_tool" if len(set(names)) > 1 else "multi_tool" if len(names) > 1 else "single_tool"
    is_parallel = any(len(message.tool_calls) > 1 for message in learned)
    return (f"use:{use}", *(("use:parallel",) if is_parallel else ()))


def has_tag(tags: Iterable[str], pattern: str) -> bool:
    """Tell whether one of some tags is the one asked for, which may hold `*` for anything."""
    return any(fnmatchcase(tag, pattern) for tag in tags)


def _learned(example: Example) -> Iterator[Message]:
    match example:
        case ChatExample():
            yield from (message for message in example.messages if message.trained)
        case PreferenceExample():
            yield from example.chosen
        case UnpairedExample():
            yield from example.completion
        case StepwiseExample():
            yield from (messages[-1] for messages in example.completions)
        case PromptExample():
            return
