"""Compressed bytes as they come out, no more at a time than a reader asks for, and never too many.

Streams may stand behind one another, as programs that rotate their logs leave them; together they
are one. Every stream's own checksum is checked. What stands behind the last of them and is none
is left alone, and its place is known.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, Protocol

import zstandard

from tracemill.base.errors import SourceError
from tracemill.base.streams import Blocks
from tracemill.sources.archives import MAGIC, ArchiveKind

ArchiveReason = Literal[
    "corrupt_archive",
    "decompression_bomb",
    "duplicate_member",
    "encrypted",
    "link",
    "special_file",
    "too_large",
    "too_many_members",
    "trailing_data",
    "unknown_compression",
    "unsafe_path",
]
"""Why an archive or a member of one is not read."""

_OUT_BYTES: Final = 2**20
_MAGIC_BYTES: Final = 6
_GZIP_WINDOW: Final = 31
_XZ_MEMORY_BYTES: Final = 2**28


class ArchiveError(SourceError):
    """An archive, or a member of one, cannot be read or must not be."""

    def __init__(self, reason: ArchiveReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Limits(NamedTuple):
    """What an archive may hold; more is taken for an attack."""

    n_members: int = 50_000
    n_bytes: int = 64 * 2**30
    """How much may come out of it in all."""
    ratio: int = 250
    """How many bytes may come out of each of its own; sessions come to 20, seldom to 100."""
    free_bytes: int = 64 * 2**20
    """How much may come out of it at any ratio."""

    def check(self, n_out: int, n_packed: int) -> None:
        """Refuse what comes out of an archive.

        Raises ArchiveError where it is too much.
        """
        if n_out > self.free_bytes and n_out > self.ratio * n_packed:
            detail = f"more than {self.ratio} bytes come out of each of its {n_packed:,} bytes"
            raise ArchiveError("decompression_bomb", detail)
        if n_out > self.n_bytes:
            raise ArchiveError("too_large", f"more than {self.n_bytes:,} bytes come out of it")


class Unpacked:
    """What comes out of a compressed file, as a stream."""

    def __init__(self, opened: io.FileIO, kind: ArchiveKind, n_packed: int, limits: Limits) -> None:
        self._opened = opened
        self._kind: ArchiveKind = kind
        self._n_packed = n_packed
        self._limits = limits
        self.n_trailing = 0
        """How much stands behind the last stream, as far as it was looked at."""
        self.stream = io.BufferedReader(Blocks(self._checked()), _OUT_BYTES)
        """What comes out; reading from it raises ArchiveError where that is bad or too much."""

    def _checked(self) -> Iterator[bytes]:
        n_out = 0
        for block in self._blocks():
            n_out += len(block)
            self._limits.check(n_out, self._n_packed)
            yield block

    def _blocks(self) -> Iterator[bytes]:
        data = self._more(b"")
        while data:
            if not data.startswith(MAGIC[self._kind]):
                self.n_trailing = len(data)
                return
            stream = _decoder(self._kind)
            while not stream.eof:
                if stream.needs_input and not (data or (data := self._read())):
                    raise ArchiveError("corrupt_archive", "it breaks off before its end")
                yield _decompressed(stream, data if stream.needs_input else b"")
                data = b""
            data = self._more(stream.unused_data)

    def _more(self, data: bytes) -> bytes:
        """Return how the next stream begins; zeros between streams are padding."""
        data = data.lstrip(b"\0")
        while len(data) < _MAGIC_BYTES and (block := self._read()):
            data = (data + block).lstrip(b"\0")
        return data

    def _read(self) -> bytes:
        return self._opened.read(_IN_BYTES[self._kind])


class _Decoder(Protocol):
    """Takes one stream in pieces, and gives what comes out in pieces that fit into memory."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out before more is put in."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was put in and stands behind the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Put `data` in, and return what comes out."""
        ...


class _Gzip:
    """A stream of gzip."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max_length)


class _Zstd:
    """A stream of Zstandard, of which all comes out at once: it is put in in small pieces."""

    needs_input = True

    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor().decompressobj()

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        del max_length
        return self._stream.decompress(data)


_IN_BYTES: Final[dict[ArchiveKind, int]] = {
    "gzip": 2**16,
    "bzip2": 2**16,
    "xz": 2**16,
    "zstd": 2**11,
}
"""How much is put in at a time; of Zstandard 32,768 times as much may come out at once."""


def _decoder(kind: ArchiveKind) -> _Decoder:
    match kind:
        case "gzip":
            return _Gzip()
        case "bzip2":
            return bz2.BZ2Decompressor()
        case "xz":
            return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)
        case "zstd":
            return _Zstd()
        case "zip" | "tar":
            raise AssertionError(kind)


def _decompressed(stream: _Decoder, data: bytes) -> bytes:
    try:
        return stream.decompress(data, _OUT_BYTES)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
        detail = "expected compressed data, found damaged ones"
        raise ArchiveError("corrupt_archive", detail) from None
