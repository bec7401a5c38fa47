"""What a message says: a text, or a list of parts that are texts, pictures and sounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from tracemill.records.sessions.trajectory import IMAGE
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import text, unread_part
from tracemill.sources.reading.json_lines import BadShapeError

LISTS: Final = ("messages", "conversations", "trajectory")
"""Where a row of a data set may hold its messages."""
_TEXTS: Final = frozenset({"text", "input_text", "output_text"})
_STAND_INS: Final = {
    "image": IMAGE, "image_url": IMAGE, "input_image": IMAGE,
    "audio": "[audio]", "input_audio": "[audio]",
    "document": "[document]", "file": "[document]", "input_file": "[document]",
}  # fmt: skip
"""What stands where a part that is no text was."""


def stand_in(media_type: object) -> str:
    """Return what stands where a file of a media type was."""
    kind = str(media_type).partition("/")[0]
    return f"[{kind}]" if kind in ("image", "audio", "video") else "[document]"


def blocks_of(content: object) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a message; a text that stands by itself is one block."""
    if isinstance(content, str):
        yield {"type": "text", "text": content}
    elif isinstance(content, list):
        yield from (block for block in content if isinstance(block, dict))
    elif content is not None:
        raise BadShapeError(f"expected a list or text as content, found {type(content).__name__}")


class Message(NamedTuple):
    """What was said."""

    text: str
    n_images: int = 0
    unread: tuple[UnreadPart, ...] = ()
    """Parts that nothing was made of."""


def read_message(content: object) -> Message:
    """Return what a message says, and which of its parts say nothing that is known."""
    if isinstance(content, str):
        return Message(content)
    texts: list[str] = []
    unread: list[UnreadPart] = []
    n_images = 0
    for part in content if isinstance(content, list) else ():
        kind = text(part.get("type")) if isinstance(part, dict) else None
        if kind is not None and kind in _STAND_INS:
            texts.append(_STAND_INS[kind])
            n_images += _STAND_INS[kind] == IMAGE
        elif kind is not None and kind in _TEXTS and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif isinstance(part, dict):
            unread.append(unread_part(kind))
    return Message("\n\n".join(texts), n_images, tuple(unread))
