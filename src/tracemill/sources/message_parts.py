"""What a message says: a text, or a list of parts that are texts, pictures and sounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from tracemill.sources.json_lines import text

LISTS: Final = ("messages", "conversations", "trajectory")
"""Where a row of a data set may hold its messages."""
_TEXTS: Final = frozenset({"text", "input_text", "output_text"})
_STAND_INS: Final = {
    "image": "[image]", "image_url": "[image]", "input_image": "[image]",
    "audio": "[audio]", "input_audio": "[audio]",
}  # fmt: skip
"""What stands where a part that is no text was."""


class Message(NamedTuple):
    """What was said."""

    text: str
    n_images: int = 0


def read_message(content: object) -> Message:
    """Return what a message says; parts of unknown kinds say nothing."""
    if isinstance(content, str):
        return Message(content)
    parts = list(_parts(content))
    n_images = sum(kind == "[image]" for kind, _ in parts)
    return Message("\n\n".join(said for _, said in parts), n_images)


def _parts(content: object) -> Iterator[tuple[str, str]]:
    for part in content if isinstance(content, list) else ():
        kind = text(part.get("type")) if isinstance(part, dict) else None
        if not isinstance(kind, str):
            continue
        if kind in _TEXTS and isinstance(part.get("text"), str):
            yield "text", part["text"]
        elif kind in _STAND_INS:
            yield _STAND_INS[kind], _STAND_INS[kind]
