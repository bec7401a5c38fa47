"""Bytes of an input without the names of an erased subject, and everything else where it was.

A folder is archived as a tar stream, whose headers carry a sum of their own bytes, so names of
files in it are masked header by header. A database splits texts over its pages, so it is masked
value by value and written anew. Captured events stand one in a line: where a line names
an erased session or place, the whole line becomes spaces.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.keyed_words import KeyedWords
from tracemill.base.sqlite import DAMAGE, MAGIC
from tracemill.base.sqlite_values import Change, change_values
from tracemill.base.streams import Blocks
from tracemill.store.erasures import ErasureBook, Refusal

_BLOCK_BYTES: Final = 2**20
_TAR_MARK: Final = b"ustar"
_TAR_MARK_AT: Final = 257
_SUM: Final = slice(148, 156)
_SIZE: Final = slice(124, 136)


def refusal(book: ErasureBook) -> Refusal:
    """Return what tells what a book refuses, made once in a process."""
    return _refusal(msgspec.json.encode(book))


@lru_cache(maxsize=1)
def _refusal(book: bytes) -> Refusal:
    return Refusal(msgspec.json.decode(book, type=ErasureBook))


def unnamed(blocks: Iterable[bytes], refusal: Refusal, *, is_inbox: bool) -> Iterator[bytes]:
    """Hand on the bytes of an input without the names that are refused."""
    if is_inbox and refusal.has_lines:
        blocks = without_lines(blocks, refusal.lines)
    return masked(blocks, refusal.words) if refusal.has_names else iter(blocks)


def masked(blocks: Iterable[bytes], words: KeyedWords) -> Iterator[bytes]:
    """Hand on the bytes of an input with names masked."""
    flowing = iter(blocks)
    first = next(flowing, b"")
    whole = _chained(first, flowing)
    if first[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)] == _TAR_MARK:
        yield from _masked_tar(Blocks(whole), words)
    elif first.startswith(MAGIC):
        yield from words.passing(_changed_database(whole, words.masked))
    else:
        yield from words.passing(whole)


def count_names(blocks: Iterable[bytes], words: KeyedWords) -> int:
    """Return in how many places of an input names stand."""
    flowing = iter(blocks)
    first = next(flowing, b"")
    whole = _chained(first, flowing)
    if not first.startswith(MAGIC):
        return words.count(whole)
    found = [0]

    def look(data: bytes) -> bytes:
        found[0] += len(words.places(data))
        return data

    n_bytes = words.count(_changed_database(whole, look))
    return max(found[0], n_bytes)


def _changed_database(blocks: Iterable[bytes], change: Change) -> Iterator[bytes]:
    """Hand on a database with its values changed; a damaged one as it came, no reader reads it."""
    with tempfile.TemporaryDirectory(prefix="tracemill-") as folder:
        path = Path(folder) / "database"
        with path.open("wb") as out:
            out.writelines(blocks)
        changed = path.with_name("changed")
        shutil.copyfile(path, changed)
        with suppress(*DAMAGE):
            change_values(changed, change)
            changed.replace(path)
        with path.open("rb") as opened:
            while block := opened.read(_BLOCK_BYTES):
                yield block


def without_lines(blocks: Iterable[bytes], words: KeyedWords) -> Iterator[bytes]:
    """Hand on lines, with spaces in place of those that hold a name."""
    held = b""
    for block in blocks:
        *lines, held = (held + block).split(b"\n")
        for line in lines:
            yield (b" " * len(line) if words.places(line) else line) + b"\n"
    yield b" " * len(held) if words.places(held) else held


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _masked_tar(stream: Blocks, words: KeyedWords) -> Iterator[bytes]:
    while header := _read(stream, tarfile.BLOCKSIZE):
        if len(header) < tarfile.BLOCKSIZE or not header.strip(b"\0"):
            yield header
            continue
        yield _summed(words.masked(header))
        size = int(header[_SIZE].strip(b" \0") or b"0", 8)
        yield from words.passing(_exactly(stream, size))
        yield _read(stream, -size % tarfile.BLOCKSIZE)


def _summed(header: bytes) -> bytes:
    """Return a header with the sum of its bytes as they are now."""
    blank = header[: _SUM.start] + b" " * 8 + header[_SUM.stop :]
    return header[: _SUM.start] + b"%06o\0 " % sum(blank) + header[_SUM.stop :]


def _exactly(stream: Blocks, n_bytes: int) -> Iterator[bytes]:
    while n_bytes and (block := _read(stream, min(n_bytes, _BLOCK_BYTES))):
        n_bytes -= len(block)
        yield block


def _read(stream: Blocks, n_bytes: int) -> bytes:
    return stream.read(n_bytes) or b""
