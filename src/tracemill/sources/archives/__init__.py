"""Archives: what lies packed in one file, each member an input of its own.

An archive is a folder in another shape, so its members are read as files of a folder are, by the
source that recognises their first bytes. Nothing is ever unpacked to a place that a member names:
its bytes pass once, from the archive to whoever reads them.

| kind | what it holds |
|---|---|
| zip | members, as its directory at the end lists them |
| tar, plain or compressed | members, one behind the other |
| gzip, bzip2, xz, zstd | one member, called as the file is without its ending |

Whoever packed an archive may mean harm, so it is gone through once before anything of it is read.
A bomb is known by how much comes out of how little, and nothing of one is read. Of any other
archive the members that are whole are read, and each that is not (a link, a name that points out
of the archive, an archive within) is named with its reason.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

from tracemill.sources.head import Head

ArchiveKind = Literal["zip", "tar", "gzip", "bzip2", "xz", "zstd"]
"""How an archive is packed."""
ARCHIVE_KINDS: Final[tuple[ArchiveKind, ...]] = get_args(ArchiveKind)

MAGIC: Final[dict[ArchiveKind, tuple[bytes, ...]]] = {
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "gzip": (b"\x1f\x8b\x08",),
    "bzip2": (b"BZh",),
    "xz": (b"\xfd7zXZ\0",),
    "zstd": (b"\x28\xb5\x2f\xfd", *(bytes([n, 0x2A, 0x4D, 0x18]) for n in range(0x50, 0x60))),
}
"""How a file of each kind begins; a tar file says it behind the name of its first member."""
_TAR_MAGIC: Final = b"ustar"
_TAR_MAGIC_AT: Final = 257


def archive_kind(head: Head) -> ArchiveKind | None:
    """Return how a file is packed, by its first bytes, or None where it is no archive."""
    found = (kind for kind, begins in MAGIC.items() if head.data.startswith(begins))
    return next(found, "tar" if is_tar(head.data) or _is_empty_tar(head) else None)


def is_tar(data: bytes) -> bool:
    """Tell whether bytes are the beginning of a tar file; no text is, whatever stands in it."""
    return data.startswith(_TAR_MAGIC, _TAR_MAGIC_AT) and b"\0" in data[:_TAR_MAGIC_AT]


def _is_empty_tar(head: Head) -> bool:
    """Tell whether a file holds nothing but the end of a tar file; only its name says of what."""
    return head.path.suffix == ".tar" and head.data != b"" and not head.data.strip(b"\0")


__all__ = ["ARCHIVE_KINDS", "MAGIC", "ArchiveKind", "archive_kind", "is_tar"]
