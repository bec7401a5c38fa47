"""The members of an archive, one behind the other, and why some are not to be read.

`survey` goes through an archive once and says what becomes of each member; `Unpacker` gives the
bytes of those that are read. Both meet the members in the order in which the archive has them.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from functools import partial
from itertools import chain, count
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, BinaryIO, Final, NamedTuple, Self

from tracemill.sources.archives import ArchiveKind, archive_kind, is_tar
from tracemill.sources.archives.unpacked import ArchiveError, ArchiveReason, Limits, Unpacked
from tracemill.sources.head import HEAD_BYTES, Head

_BLOCK_BYTES: Final = 2**20
_MAX_DIRECTORY_BYTES: Final = 16 * 2**20
_MAX_HEADER_BYTES: Final = 2**20
_MAX_NAME: Final = 1_000
_OUTSIDE: Final = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|$)|.*\\", re.DOTALL)
"""Names that point out of the folder to which an archive is unpacked, on one system or another."""
_ENDINGS: Final = frozenset({".gz", ".bz2", ".xz", ".zst"})
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_IS_ENCRYPTED: Final = 0x1
_DOS: Final = 0
"""What a zip file says of the system that it was made on, where that is Windows."""
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError)
"""What reading a member of a zip file raises where that member is damaged."""
_UNSOUND: Final = (
    *_BROKEN, tarfile.TarError, struct.error, UnicodeDecodeError,
)  # fmt: skip
"""What the readers of the standard library raise over archives that are damaged or made up."""
_TOO_NEW: Final = "packed in a way that is newer than this program; unpack it and name the folder"
"""What `NotImplementedError` of `zipfile` means, over an archive or over one member."""


class Packed(NamedTuple):
    """A member that can be read, as it was found to be."""

    name: str
    """Its path within the archive."""
    n_bytes: int
    """How long it is."""
    content: str
    """SHA-256 of its bytes."""
    head: bytes
    """Its first bytes."""


class Refused(NamedTuple):
    """A member that is not read, or a fault of the archive itself."""

    name: str | None
    """The member; None where it is about the archive."""
    reason: ArchiveReason
    detail: str
    is_of_all: bool = False
    """Whether nothing of the archive may be read, what was found before included."""


_LIMITS: Final = Limits()


class _Entry(NamedTuple):
    name: str
    open: Callable[[], IO[bytes]]


_Entries = Iterator[_Entry | Refused]


def survey(path: Path, kind: ArchiveKind, limits: Limits = _LIMITS) -> Iterator[Packed | Refused]:
    """Yield every file of an archive, gone through to its end; nothing is kept of it.

    Raises OSError where the archive cannot be read.
    """
    names: set[str] = set()
    try:
        for entry in _entries(path, kind, limits):
            found = entry if isinstance(entry, Refused) else _looked_at(entry, names)
            if found.name is None:
                yield found
            else:
                yield found._replace(name=_unused(found.name, names))
    except ArchiveError as error:
        yield Refused(None, error.reason, str(error), error.reason != "corrupt_archive")
    except NotImplementedError:
        yield Refused(None, "unknown_compression", _TOO_NEW)
    except _UNSOUND:
        yield Refused(None, "corrupt_archive", "expected a sound archive, found a damaged one")


def _looked_at(entry: _Entry, names: Collection[str]) -> Packed | Refused:
    if entry.name in names:
        return Refused(entry.name, "duplicate_member", "a member of this name stands before it")
    try:
        return _measured(entry.name, entry.open())
    except NotImplementedError:
        return Refused(entry.name, "unknown_compression", _TOO_NEW)
    except _BROKEN:
        return Refused(
            entry.name, "corrupt_archive", "expected a sound member, found a damaged one"
        )


def _measured(name: str, opened: IO[bytes]) -> Packed:
    content = hashlib.sha256()
    n_bytes, head = 0, b""
    while block := opened.read(_BLOCK_BYTES):
        content.update(block)
        n_bytes += len(block)
        if len(head) < HEAD_BYTES:
            head = (head.lstrip() + block)[:HEAD_BYTES]
    return Packed(name, n_bytes, content.hexdigest(), head)


def _unused(name: str, names: set[str]) -> str:
    """Return a name that no other member is listed by, and list it."""
    tries = chain([name], (f"{name}#{number}" for number in count(2)))
    unused = next(each for each in tries if each not in names)
    names.add(unused)
    return unused


class Unpacker:
    """Gives the members of archives; those that are asked for in their order are met once."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._entries: _Entries = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entries = iter(())

    def open(self, path: Path, name: str) -> IO[bytes]:
        """Return the bytes of a member.

        Raises SourceError or OSError where there is none, at once or while it is read.
        """
        if path == self._path and (found := self._next(name)) is not None:
            return found
        self._path, self._entries = path, _opened_entries(path)
        if (found := self._next(name)) is not None:
            return found
        raise ArchiveError("corrupt_archive", "the archive no longer holds the member")

    def _next(self, name: str) -> IO[bytes] | None:
        try:
            for entry in self._entries:
                if isinstance(entry, _Entry) and entry.name == name:
                    return entry.open()
        except NotImplementedError as error:
            raise ArchiveError("unknown_compression", _TOO_NEW) from error
        except _UNSOUND as error:
            raise ArchiveError("corrupt_archive", "the archive is damaged") from error
        return None


def _opened_entries(path: Path) -> _Entries:
    with path.open("rb") as opened:
        kind = archive_kind(Head(path, opened.read(HEAD_BYTES)))
    if kind is None:
        raise ArchiveError("corrupt_archive", "the file is an archive no longer")
    return _entries(path, kind, _LIMITS)


def _entries(path: Path, kind: ArchiveKind, limits: Limits) -> _Entries:
    with path.open("rb", buffering=0) as opened:
        n_packed = path.stat().st_size
        if kind == "zip":
            yield from _zip_entries(opened, n_packed, limits)
        elif kind == "tar":
            with io.BufferedReader(opened) as buffered:
                yield from _tar_entries(buffered, limits)
        else:
            yield from _unpacked_entries(path, Unpacked(opened, kind, n_packed, limits), limits)


def _unpacked_entries(path: Path, unpacked: Unpacked, limits: Limits) -> _Entries:
    stream = unpacked.stream
    if is_tar(stream.peek(tarfile.BLOCKSIZE)):
        yield from _tar_entries(stream, limits)
    else:
        yield _entry(path.stem if path.suffix in _ENDINGS else path.name, lambda: stream)
    while not stream.closed and stream.read(_BLOCK_BYTES):
        pass  # what pads a tar file, and the checksum behind it
    if unpacked.n_trailing:
        detail = "behind its end stands something that is not compressed"
        yield Refused(None, "trailing_data", detail)


class _Directory(io.BufferedReader):
    """A zip file, of which no directory is read that would not fit into memory."""

    def read(self, size: int | None = -1, /) -> bytes:  # type: ignore[explicit-override]
        """Return the next bytes.

        Raises ArchiveError where more are asked for than any sound archive needs.
        """
        if size is not None and size > _MAX_DIRECTORY_BYTES:
            raise ArchiveError("too_many_members", f"its directory is {size:,} bytes long")
        return super().read(size)


def _zip_entries(opened: io.FileIO, n_packed: int, limits: Limits) -> _Entries:
    with _Directory(opened) as directory, zipfile.ZipFile(directory) as archive:
        infos = [info for info in archive.infolist() if not _name_in_zip(info).endswith("/")]
        _check_number(len(infos), limits)
        limits.check(sum(info.file_size for info in infos), n_packed)
        for info in infos:
            yield _refused_in_zip(info, n_packed) or _entry(
                _name_in_zip(info), partial(archive.open, info)
            )


def _name_in_zip(info: zipfile.ZipInfo) -> str:
    """Return a member's name; some programs of Windows separate its parts by backslashes."""
    is_of_windows = info.create_system == _DOS
    return info.orig_filename.replace("\\", "/") if is_of_windows else info.orig_filename


def _refused_in_zip(info: zipfile.ZipInfo, n_packed: int) -> Refused | None:
    name, mode = _name_in_zip(info), info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return _refused(name, "link", "expected a file, found a link")
    if info.flag_bits & _IS_ENCRYPTED:
        return _refused(name, "encrypted", "it needs a password; unpack it and name the folder")
    if info.compress_type not in _METHODS:
        detail = f"compressed by method {info.compress_type}; unpack it and name the folder"
        return _refused(name, "unknown_compression", detail)
    if not 0 <= info.header_offset < n_packed:
        return _refused(name, "corrupt_archive", "it is listed at a place outside of the archive")
    return None


class _BoundedInfo(tarfile.TarInfo):
    """A header of a tar file, of which none is read that would not fit into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:  # type: ignore[explicit-override]
        """Return the header that stands in `buf`.

        Raises ArchiveError where it announces names or notes of no sound length.
        """
        info = super().frombuf(buf, encoding, errors)
        if not (info.isfile() or info.size <= _MAX_HEADER_BYTES):
            raise ArchiveError("too_large", f"a header announces {info.size:,} bytes")
        return info


def _tar_entries(opened: BinaryIO, limits: Limits) -> _Entries:
    with tarfile.open(fileobj=opened, mode="r|", tarinfo=_BoundedInfo) as archive:
        for number, info in enumerate(archive, 1):
            _check_number(number, limits)
            if not info.isdir():
                yield _refused_in_tar(info) or _entry(info.name, partial(_extracted, archive, info))


def _refused_in_tar(info: tarfile.TarInfo) -> Refused | None:
    if info.issym() or info.islnk():
        return _refused(info.name, "link", "expected a file, found a link")
    if not info.isfile() or info.issparse():
        return _refused(info.name, "special_file", "expected a plain file, found another kind")
    return None


def _extracted(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    opened = archive.extractfile(info)
    assert opened is not None, "only plain files are asked for"
    return opened


def _check_number(n_members: int, limits: Limits) -> None:
    if n_members > limits.n_members:
        detail = f"it has more than {limits.n_members:,} members"
        raise ArchiveError("too_many_members", detail)


def _entry(name: str, opened: Callable[[], IO[bytes]]) -> _Entry | Refused:
    if _OUTSIDE.match(name):
        return _refused(name, "unsafe_path", "its name points out of the archive")
    if not (0 < len(name) <= _MAX_NAME and name.isprintable()):
        return _refused(name, "unsafe_path", "its name cannot be written down")
    return _Entry(PurePosixPath(name).as_posix(), opened)


def _refused(name: str, reason: ArchiveReason, detail: str) -> Refused:
    shown = name[:_MAX_NAME].encode("utf-8", "backslashreplace").decode()
    return Refused(shown, reason, detail)
