"""The first bytes of an input, looked at in the ways in which formats can be told apart.

Formats are told by content. The name is there for formats whose content says nothing of who
wrote it. Every view is made at most once, however many sources look.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from tracemill.base import sqlite

HEAD_BYTES: Final = 65_536
"""How much of a file a source is shown."""
_LONG_LINE_BYTES: Final = 8 * 2**20
_MAX_LINES: Final = 32
_FIRST_ELEMENT: Final = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*+(?:\[.*?\]\s*)?>)*+"
    r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]",
    re.DOTALL,
)
"""The first element behind declarations; no part of the pattern is ever tried twice."""


def read_head(opened: BinaryIO) -> bytes:
    """Return the first bytes of a file that are not blank, as many as a source is shown."""
    data = opened.read(HEAD_BYTES)
    while data.isspace():
        data = opened.read(HEAD_BYTES)
    return data


def heads(opened: BinaryIO, path: Path, n_bytes: int) -> Iterator[Head]:
    """Yield what a source is shown of a file: its first bytes, and what stands behind a long line.

    A first line that is longer than what is shown may be damaged, and the lines behind it whole.
    """
    data = read_head(opened)
    yield Head(path, data, n_bytes=n_bytes)
    if len(data) < HEAD_BYTES or b"\n" in data or b"\0" in data:
        return
    for _ in range(0, _LONG_LINE_BYTES, HEAD_BYTES):
        if not (block := opened.read(HEAD_BYTES)):
            return
        _, line_end, behind = block.partition(b"\n")
        if line_end:
            data = (behind + opened.read(HEAD_BYTES))[:HEAD_BYTES]
            yield Head(path, data, n_bytes=n_bytes)
            return


class Head:
    """What a source may look at to tell whether an input is its own."""

    def __init__(
        self,
        path: Path,
        data: bytes,
        names: frozenset[str] = frozenset(),
        n_bytes: int | None = None,
    ) -> None:
        """Take what was seen.

        Args:
            path: where the input stands.
            data: its first bytes; empty for a folder or repository.
            names: names of the entries of a folder.
            n_bytes: how long a file is; as long as `data` where not given.
        """
        self.path = path
        self.data = data
        self.names = names
        self.is_whole = len(data) >= (len(data) if n_bytes is None else n_bytes)

    @cached_property
    def plain(self) -> bytes:
        """The bytes without a byte order mark."""
        return self.data.removeprefix(BOM_UTF8)

    @cached_property
    def text(self) -> str:
        """The bytes as text; what is no UTF-8 stands as replacement characters."""
        return self.plain.decode("utf-8", "replace")

    @cached_property
    def objects(self) -> tuple[Mapping[str, Any], ...]:
        """The objects that stand on whole lines of their own, the first 32 lines' worth."""
        found = []
        lines = self.plain.split(b"\n", _MAX_LINES)
        is_torn = len(lines) <= _MAX_LINES and not self.is_whole
        for data in lines[: -1 if is_torn else _MAX_LINES]:
            try:
                value = orjson.loads(data)
            except orjson.JSONDecodeError:
                continue
            if isinstance(value, dict):
                found.append(value)
        return tuple(found)

    @cached_property
    def document(self) -> Any:
        """The first JSON value of the file, as far as the bytes reach; None where there is none."""
        if self.plain.lstrip()[:1] not in (b"{", b"["):
            return None
        import jiter

        try:
            return jiter.from_json(self.plain, partial_mode="trailing-strings")
        except ValueError:
            return None

    @cached_property
    def tables(self) -> frozenset[str]:
        """Names of the tables where the file is an SQLite database, otherwise none."""
        if not self.data.startswith(sqlite.MAGIC):
            return frozenset()
        named = sqlite.named_tables(self.data)
        return named if self.is_whole else named | sqlite.tables_of(self.path)

    @cached_property
    def element(self) -> str:
        """Name of the first XML element, without its namespace; empty where there is none."""
        found = _FIRST_ELEMENT.match(self.text)
        return found[1] if found else ""

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of `document` where that is an object, otherwise none."""
        return self.document if isinstance(self.document, dict) else {}

    @property
    def first_item(self) -> Mapping[str, Any]:
        """The fields of the first item of `document` where that is a list, otherwise none."""
        items = self.document
        first = items[0] if isinstance(items, list) and items else None
        return first if isinstance(first, dict) else {}
