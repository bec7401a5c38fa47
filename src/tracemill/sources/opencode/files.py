"""The storage tree of OpenCode as it is read: which file belongs to which session.

The stream holds messages and parts before the sessions, so it is indexed first: of each file
only its place is held, and its bytes are read when its session's turn comes.
"""

from __future__ import annotations

import tarfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tracemill.base.errors import SourceError
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.opencode.reader import OpenCodeReader, message_items
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Item, object_at, read_items
from tracemill.sources.reading.json_fields import text


class _Index(NamedTuple):
    """Where the files stand, in the order of their names."""

    sessions: list[Span]
    messages: dict[str, list[Span]]
    """By session."""
    parts: dict[str, list[Span]]
    """By message."""
    loose_parts: list[Span]
    """Those that lie in no folder of a message."""


def read_tree(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield what the tree holds, and the tally.

    Raises:
        SourceError: the stream is cut or damaged.
    """
    reader = OpenCodeReader(origin)
    with content.file() as path, path.open("rb") as stream:
        yield from read_items(
            _messages(stream, _index(path), content.max_bytes, reader), origin, reader
        )


def _index(path: Path) -> _Index:
    index = _Index([], defaultdict(list), defaultdict(list), [])
    try:
        with tarfile.open(path, mode="r:") as packed:
            for entry in sorted(packed, key=attrgetter("name")):
                span = Span(start=entry.offset_data, end=entry.offset_data + entry.size)
                _place(index, tuple(entry.name.split("/")), span)
    except tarfile.TarError as error:
        detail = f"expected a whole folder, found a cut or damaged one: {error}"
        raise SourceError(detail) from None
    return index


def _place(index: _Index, parts: tuple[str, ...], span: Span) -> None:
    match parts:
        case ("session", *_):
            index.sessions.append(span)
        case ("message", session_id, _):
            index.messages[session_id].append(span)
        case ("part", message_id, _):
            index.parts[message_id].append(span)
        case ("part", _):
            index.loose_parts.append(span)


def _messages(
    stream: BinaryIO, index: _Index, max_bytes: int, reader: OpenCodeReader
) -> Iterator[Item[Span]]:
    """Yield every message of every session, then those whose session has no file."""
    read = partial(_read, stream, max_bytes)
    for part in map(read, index.loose_parts):
        message_id = None if part.problem else text(part.fields.get("messageID"))
        if message_id is None:
            yield part
        else:
            index.parts[message_id].append(part.place)
    waiting = dict(index.messages)
    for info in map(read, index.sessions):
        if info.problem:
            yield info
            continue
        reader.begin_session(info.fields)
        for span in waiting.pop(str(info.fields.get("id")), ()):
            yield from _message(read, index, span)
    for session_id, spans in waiting.items():
        reader.begin_session({"id": session_id})
        for span in spans:
            yield from _message(read, index, span)


def _message(read: Callable[[Span], Item[Span]], index: _Index, span: Span) -> Iterator[Item[Span]]:
    info = read(span)
    spans = index.parts.get(str(info.fields.get("id")), [])
    start = min((part.start for part in spans), default=span.start)
    end = max((part.end for part in spans), default=span.end)
    whole = Span(start=min(start, span.start), end=max(end, span.end))
    return message_items(Item(whole, info.fields, info.problem), map(read, spans))


def _read(stream: BinaryIO, max_bytes: int, span: Span) -> Item[Span]:
    n_bytes = span.end - span.start
    if n_bytes > max_bytes:
        detail = f"expected at most {max_bytes} bytes, found {n_bytes}"
        return Item.unread(span, "oversize_document", detail)
    stream.seek(span.start)
    return object_at(span, stream.read(n_bytes))
