"""XML as a stream of elements, for reports that anybody may have written.

Nothing outside the file is ever read. A file that declares an entity is refused, since no
report needs one and an attack does; so are files that nest too deeply, and those in which one
tag is larger than the limit. Texts are cut at a limit, so memory is bounded by one tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn
from xml.parsers import expat

from tracemill.records.inputs import QuarantineReason

MAX_TEXT: Final = 65_536
"""Characters of one element's text that are kept."""
_MAX_DEPTH: Final = 64
_MAX_TAG_BYTES: Final = 2**22
_PIECE_BYTES: Final = 2**12
_TAG: Final = re.compile(rb"""<(?:"[^"]*"|'[^']*'|[^>"'])*>""")


class Opened(NamedTuple):
    """An element begins."""

    name: str
    """Without its namespace."""
    attributes: Mapping[str, str]
    start: int
    """Offset of its first byte."""


class Closed(NamedTuple):
    """An element ends."""

    name: str
    text: str
    """What stands in it outside of inner elements, cut at the limit."""
    end: int
    """Offset just behind its end tag."""


class NotXmlError(Exception):
    """The bytes hold no such XML; the message says why without quoting them."""

    def __init__(self, reason: QuarantineReason, detail: str, at: int) -> None:
        super().__init__(detail)
        self.reason = reason
        self.at = at


def xml_elements(blocks: Iterable[bytes]) -> Iterator[Opened | Closed]:
    """Yield where elements begin and end, in order.

    Raises:
        NotXmlError: at the place where the file is no XML, is cut, or is refused.
    """
    parser = _Parser()
    held = bytearray()
    for block in blocks:
        for start in range(0, len(block), _PIECE_BYTES):
            held += block[start : start + _PIECE_BYTES]
            if len(held) >= parser.n_waiting:  # a tag that goes on is scanned again from its start
                yield from parser.feed(bytes(held))
                held.clear()
    yield from parser.feed(bytes(held))
    yield from parser.feed(b"", is_last=True)


class _Parser:
    """Expat with everything off that reaches out of the file or grows beyond it."""

    def __init__(self) -> None:
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._open
        self._expat.EndElementHandler = self._close
        self._expat.CharacterDataHandler = self._say
        self._expat.EntityDeclHandler = self._refuse
        self._found: list[Opened | Closed] = []
        self._open_ones: list[_Open] = []
        self._n_fed = 0

    def feed(self, data: bytes, *, is_last: bool = False) -> Iterator[Opened | Closed]:
        """Yield the elements that begin or end in the next bytes."""
        self._n_fed += len(data)
        error = self._parse(data, is_last=is_last)
        yield from self._found
        self._found.clear()
        if error is not None:
            raise error
        if self.n_waiting > _MAX_TAG_BYTES:
            detail = f"expected tags of at most {_MAX_TAG_BYTES} bytes, found a longer one"
            raise NotXmlError("oversize_document", detail, self._at)

    @property
    def n_waiting(self) -> int:
        """How much of a tag has come that is not over yet."""
        return self._n_fed - self._at

    @property
    def _at(self) -> int:
        return max(0, self._expat.CurrentByteIndex)

    def _parse(self, data: bytes, *, is_last: bool) -> NotXmlError | None:
        try:
            self._expat.Parse(data, is_last)
        except NotXmlError as error:
            return error
        except expat.ExpatError as error:
            return self._wrong(error, is_last=is_last)
        except (LookupError, ValueError):
            detail = "expected an encoding that is known, found another"
            return NotXmlError("bad_encoding", detail, 0)
        return None

    def _wrong(self, error: expat.ExpatError, *, is_last: bool) -> NotXmlError:
        at = max(0, self._expat.ErrorByteIndex)
        if is_last:
            return NotXmlError("truncated", "expected the end of the document, found none", at)
        said = expat.ErrorString(error.code)
        return NotXmlError("not_xml", f"expected XML, found something else: {said}", at)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open_ones) >= _MAX_DEPTH:
            detail = f"expected at most {_MAX_DEPTH} levels of elements, found more"
            raise NotXmlError("not_xml", detail, self._at)
        tag = _TAG.match(self._expat.GetInputContext() or b"")
        is_empty = tag is not None and tag[0].endswith(b"/>")
        self._open_ones.append(_Open(self._at + tag.end() if tag and is_empty else None))
        self._found.append(Opened(_local(name), attributes, self._at))

    def _close(self, name: str) -> None:
        closed = self._open_ones.pop()
        end = closed.end
        if end is None:
            tag = self._expat.GetInputContext() or b""
            end = self._at + tag.find(b">") + 1
        self._found.append(Closed(_local(name), "".join(closed.texts)[:MAX_TEXT], end))

    def _say(self, text: str) -> None:
        inner = self._open_ones[-1]
        if inner.n_letters < MAX_TEXT:
            inner.texts.append(text)
            inner.n_letters += len(text)

    def _refuse(self, *_: object) -> NoReturn:
        raise NotXmlError("not_xml", "expected no entities, found one declared", self._at)


@dataclass(slots=True)
class _Open:
    """An element that has begun."""

    end: int | None
    """Offset just behind it, where one tag both opens and closes it."""
    texts: list[str] = field(default_factory=list)
    n_letters: int = 0


def _local(name: str) -> str:
    return name.rpartition(":")[2]
