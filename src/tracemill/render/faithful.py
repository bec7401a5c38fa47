"""Whether what is trained says what the assistant said.

Templates are programs, and many lose something in silence: text beside a call, the calls
themselves, all but the last of several. What a known parser reads is compared as a message; of
other forms the text, each call's name and each of its values must stand there. White space at the
edges is the template's own business, and so is a thought that it has no place for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tracemill.records.datasets.examples import Message
from tracemill.render.parse import Parsed


def says_same(parsed: Parsed, said: Message) -> bool:
    """Tell whether an answer that was read back is the message that was rendered."""
    found = parsed.message
    thought = (found.reasoning or "").strip()
    return (
        parsed.is_well_formed
        and found.content.strip() == said.content.strip()
        and _calls(found) == _calls(said)
        and thought in {"", (said.reasoning or "").strip()}
    )


def shows(text: str, said: Message) -> bool:
    """Tell whether all of a message stands in a text, in whatever form."""
    if said.content.strip() not in text:
        return False
    values = (value for call in said.tool_calls for value in _values(call["function"]))
    return all(
        value in text or json.dumps(value, ensure_ascii=False)[1:-1] in text for value in values
    )


def _calls(message: Message) -> list[tuple[str, Any]]:
    return [
        (call["function"]["name"], call["function"]["arguments"]) for call in message.tool_calls
    ]


def _values(said: Any) -> Iterator[str]:
    """Yield each text and number in a value."""
    match said:
        case str(text):
            yield text
        case None | bool():
            return
        case int() | float():
            yield json.dumps(said)
        case Mapping():
            for each in said.values():
                yield from _values(each)
        case Sequence():
            for each in said:
                yield from _values(each)
