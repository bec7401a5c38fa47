"""The book of erasures: what must never come back, in keyed hashes, beside the key.

The book is the intent as well as the memory of an erasure: it is written before the first byte
goes, and an erasure that it calls unfinished is gone on with by whoever writes next.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import StoreError
from tracemill.base.keyed_words import KEY_BYTES, KeyedWords, NameCode, code_of
from tracemill.base.places import folder_and_name, is_of_windows, spellings, straight
from tracemill.records.privacy.erasures import ErasedName, Erasure
from tracemill.records.refs import Record
from tracemill.store.workspace import write_whole

_NAME: Final = "erasures.json"


class ErasureBook(Record, frozen=True, kw_only=True):
    """All erasures of one workspace."""

    key: str
    """Key of the hashes, in hexadecimal; another one than that of the pseudonyms."""
    erasures: tuple[Erasure, ...] = ()
    """In the order in which they were asked for."""

    def code(self, text: str | bytes) -> str:
        """Return the keyed hash of a text."""
        return code_of(bytes.fromhex(self.key), text)

    def with_erasure(self, erasure: Erasure) -> ErasureBook:
        """Return the book with an erasure, in place of an earlier one of the same subject."""
        others = [one for one in self.erasures if one.receipt.id != erasure.receipt.id]
        return msgspec.structs.replace(self, erasures=(*others, erasure))

    def state_code(self, address: str, stamp: str) -> str:
        """Return the keyed hash of an input as it stands."""
        return self.code(f"{address}\0{stamp}")

    def with_refused(self, states: Iterable[str], kept: Collection[str]) -> ErasureBook:
        """Return the book with more inputs that turned out to be refused, as they stand.

        Those that were kept before, in an earlier state, are to go: then the last erasure is one
        that is not done any more.
        """
        *others, last = self.erasures
        states = {*last.tombstone.states, *states}
        stone = msgspec.structs.replace(last.tombstone, states=tuple(sorted(states)))
        last = msgspec.structs.replace(last, tombstone=stone)
        if kept:
            counts = Counter(last.receipt.counts) + Counter(inputs_whole=len(kept))
            receipt = msgspec.structs.replace(last.receipt, done=None, counts=dict(counts))
            whole = tuple(sorted({*last.whole_inputs, *kept}))
            last = msgspec.structs.replace(last, receipt=receipt, whole_inputs=whole)
        return msgspec.structs.replace(self, erasures=(*others, last))

    @property
    def masks(self) -> bool:
        """Whether anything is masked or blanked where it comes up again."""
        return any(one.tombstone.names or one.tombstone.lines for one in self.erasures)

    @property
    def unfinished(self) -> tuple[Erasure, ...]:
        """Erasures that were asked for and are not done."""
        return tuple(one for one in self.erasures if one.receipt.done is None)


class Refusal:
    """Tells what the book refuses; made anew in each process that reads inputs."""

    def __init__(self, book: ErasureBook) -> None:
        stones = [erasure.tombstone for erasure in book.erasures]
        self._book = book
        self._paths = {code for stone in stones for code in stone.paths}
        self._folders = {code for stone in stones for code in stone.folders}
        self._states = {code for stone in stones for code in stone.states}
        self._contents = {c.content for stone in stones for c in stone.contents}
        self._sessions = {code for stone in stones for code in stone.sessions}
        self.sizes = {c.n_bytes for stone in stones for c in stone.contents}
        """Sizes of what went as a whole: only inputs of these can be copies of it."""
        key = bytes.fromhex(book.key)
        self.words = KeyedWords(key, [_code(name) for stone in stones for name in stone.names])
        """Finds the names of persons."""
        self.lines = KeyedWords(key, [_code(name) for stone in stones for name in stone.lines])
        """Finds what a captured event must not name."""
        self._below: dict[tuple[str, int], bool] = {}
        self.has_names = any(stone.names for stone in stones)
        self.has_lines = any(stone.lines for stone in stones)

    def refuses_address(self, address: str) -> bool:
        """Tell whether an input at this address is refused: it, what holds it, or whom it names."""
        path, _, within = address.partition("#")
        return (
            self._is_at_or_below(path, self._paths)
            or bool(self.words.places(os.fsencode(within)))
            or (bool(self._paths) and self._book.code(address) in self._paths)
        )

    def refuses_state(self, address: str, stamp: str) -> bool:
        """Tell whether an input is refused as long as it stands like this."""
        return bool(self._states) and self._book.state_code(address, stamp) in self._states

    def refuses_content(self, content: str) -> bool:
        """Tell whether an input with this SHA-256 is refused."""
        return bool(self._contents) and self._book.code(content) in self._contents

    def refuses_session(self, session_id: str) -> bool:
        """Tell whether a session is refused."""
        return bool(self._sessions) and self._book.code(session_id) in self._sessions

    def refuses_folder(self, folder: str) -> bool:
        """Tell whether what began in a folder is refused: for the folder, or for whom it names."""
        return self._is_at_or_below(folder, self._folders)

    def refuses_place(self, folder: str) -> bool:
        """Tell whether what worked in a folder for a while is refused.

        Of persons that other folders name only the names are masked.
        """
        folder = straight(folder)
        while folder:
            if not self._folders.isdisjoint(map(self._book.code, spellings(folder))):
                return True
            folder, _ = folder_and_name(folder)
        return False

    def _is_at_or_below(self, path: str, codes: set[str]) -> bool:
        """Tell it of a path as it is written, and of the place to which it leads."""
        return any(self._is_below(each, codes) for each in {path, straight(path)})

    def _is_below(self, path: str, codes: set[str]) -> bool:
        """Tell whether a path, or a folder above it, is one of these or names a person."""
        known = self._below.get((path, id(codes)))
        if known is None:
            folder, name = folder_and_name(path)
            known = (
                not codes.isdisjoint(map(self._book.code, spellings(path)))
                # names were looked for in a whole path of Windows, and may go over two folders
                or bool(self.words.places(os.fsencode(path if is_of_windows(path) else name)))
                or (bool(folder) and self._is_below(folder, codes))
            )
            self._below[path, id(codes)] = known
        return known

    @property
    def refuses_sessions(self) -> bool:
        """Whether a look at each session is needed."""
        return bool(self._sessions or self._folders or self.has_names)


def read_erasures(vault: Path) -> ErasureBook | None:
    """Return the book; None where nothing was ever erased.

    Raises:
        StoreError: it is damaged.
    """
    path = vault / _NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=ErasureBook)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise StoreError(
            f"{str(path)!r} is damaged ({error}); restore it from a backup: "
            "without it what was erased would be read again"
        ) from error


def new_book() -> ErasureBook:
    """Return an empty book with a key of its own."""
    return ErasureBook(key=secrets.token_bytes(KEY_BYTES).hex())


def write_erasures(vault: Path, book: ErasureBook) -> None:
    """Keep the book, durably and in one step."""
    path = vault / _NAME
    write_whole(path, msgspec.json.format(msgspec.json.encode(book)) + b"\n")
    path.chmod(0o600)


def _code(name: ErasedName) -> NameCode:
    return NameCode(name.first, name.whole, name.n_words)
