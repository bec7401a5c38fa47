"""What becomes of an input: the source that reads it, or why none does.

Its first bytes decide. Every file is accounted for: read, opened as an archive, or skipped with
a reason that is either harmless (a picture, a side file) or a failure that a person should hear
of (no permission, empty, binary).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.base import sqlite
from tracemill.base.errors import SourceError
from tracemill.base.text import FROM_UTF16, is_utf16
from tracemill.flows.ingest.discovery import BESIDE_DATABASES, Candidate
from tracemill.sources import Head, heads, sources_of
from tracemill.sources.archives import ArchiveKind, archive_kind
from tracemill.sources.reading.json_faults import json_fault

_MAX_JSON_BYTES: Final = 64 * 2**20
# fmt: off
_UNKNOWN_ARCHIVES: Final = {"7z": b"7z\xbc\xaf\x27\x1c", "rar": b"Rar!\x1a\x07"}
_PACKAGES: Final = frozenset({
    "jar", "whl", "egg", "apk", "aar", "war", "nupkg", "vsix", "crx", "xpi", "docx", "xlsx",
    "pptx", "odt", "ods", "odp", "epub", "npz", "pt", "pth",
})
_MEDIA: Final = frozenset({
    "png", "jpg", "jpeg", "gif", "webp", "svg", "ico", "pdf", "sqlite", "db", "woff", "woff2",
    "ttf", "mp3", "mp4", "wav", "pyc", "so", "dylib", "dll", "exe", "o", "a", "class",
})
_SIDE_FILES: Final = frozenset({
    "md", "txt", "json", "toml", "yaml", "yml", "ini", "cfg", "lock", "log", "csv", "tsv", "html",
    "xml", "css", "js", "ts", "py", "sh", "tmp", "bak", "part",
})
_SIDE_NAMES: Final = frozenset({
    "license", "licence", "copying", "notice", "authors", "contributors", "codeowners", "readme",
    "changelog", "makefile", "dockerfile", "justfile", "version",
})
# fmt: on
_BESIDE_LOGS: Final = re.compile(r"agent-[\w-]+\.meta\.json")


class Skip(NamedTuple):
    """Why an input is not read."""

    reason: str
    detail: str
    failed: bool


_SIDE_JSON: Final = Skip("side_file", "no source reads .json files of this shape", failed=False)


class Archive(NamedTuple):
    """The input is an archive, and its members are inputs."""

    kind: ArchiveKind
    """How it is packed."""


Verdict = str | Archive | Skip
"""What becomes of an input: the name of the source that reads it, or what else."""


def recognise(candidate: Candidate) -> Verdict:
    """Return what becomes of `candidate`."""
    if candidate.source is not None:
        return candidate.source
    path = _path_of(candidate)
    if path.name.endswith(BESIDE_DATABASES) or not candidate.n_bytes:
        return _unopened(path)
    try:
        with candidate.open() as opened:
            verdict = _judge(heads(opened, path, candidate.n_bytes))
        return _broken(candidate) if verdict == _SIDE_JSON else verdict
    except OSError as error:
        return Skip("not_readable", f"the file cannot be opened: {error.strerror}", failed=True)
    except SourceError:
        return Skip("not_readable", "the object cannot be read; see `git fsck`", failed=True)


def recognise_member(candidate: Candidate, head: bytes) -> str | Skip:
    """Return what becomes of a member of an archive, which begins with `head`."""
    path = _path_of(candidate)
    if path.name.endswith(BESIDE_DATABASES) or not candidate.n_bytes:
        return _unopened(path)
    if head.startswith(sqlite.MAGIC):
        detail = "a database in an archive is not read; unpack it and name the folder"
        return Skip("database_in_archive", detail, failed=True)
    verdict = _judge([Head(path, head, n_bytes=candidate.n_bytes)])
    if isinstance(verdict, Archive):
        detail = "an archive in an archive is not opened; unpack it and name the folder"
        return Skip("nested_archive", detail, failed=True)
    return verdict


def _broken(candidate: Candidate) -> Skip:
    """Return what becomes of a JSON file that no source reads, which may be one no more."""
    with candidate.open() as opened:
        data = opened.read(_MAX_JSON_BYTES + 1)
    fault = json_fault(data) if len(data) <= _MAX_JSON_BYTES else None
    return _SIDE_JSON if fault is None else Skip("not_json", fault, failed=True)


def _path_of(candidate: Candidate) -> Path:
    """Return a path that ends with what the input is called, wherever that lies."""
    return Path(candidate.path, candidate.within or "")


def _judge(seen: Iterable[Head]) -> Verdict:
    """Return what becomes of a file.

    What is packed without compression shows its content, which is not the file's own; what is
    packed with Zstandard may be a rollout of Codex, and is asked for first.
    """
    shown = iter(seen)
    first = next(shown)
    packed = _packed(first)
    if packed is not None and packed != Archive("zstd"):
        return packed
    for head in chain([first], shown):
        for source in sources_of("file"):
            if source.recognises(head):
                return source.name
    return packed or _unrecognised(first)


def _packed(seen: Head) -> Archive | Skip | None:
    """Return what becomes of an archive; None where a file is none."""
    kind = _kind(seen.path)
    for name, magic in _UNKNOWN_ARCHIVES.items():
        if seen.data.startswith(magic):
            detail = f"archives of {name} are not opened; unpack it and name the folder"
            return Skip("unknown_archive", detail, failed=True)
    if (packed := archive_kind(seen)) is None:
        return None
    if kind in _PACKAGES:
        return Skip("side_file", f"no source reads .{kind} files", failed=False)
    return Archive(packed)


def _unopened(path: Path) -> Skip:
    """Return why a file is not even opened."""
    if path.name.endswith(BESIDE_DATABASES):
        return Skip("side_file", "a part of the database beside it", failed=False)
    return Skip("empty", "the file holds nothing", failed=True)


def _unrecognised(seen: Head) -> Skip:
    kind = _kind(seen.path)
    if is_utf16(seen.data):
        return Skip("utf_16", FROM_UTF16, failed=True)
    if b"\0" in seen.data:
        return Skip("binary", "expected text, found binary data", failed=kind not in _MEDIA)
    if _BESIDE_LOGS.fullmatch(seen.path.name):
        detail = "kind and depth of a subagent of Claude Code, whose log beside it is read"
        return Skip("side_file", detail, failed=False)
    if (left_alone := _left_alone(seen.path.name.lower(), kind)) is not None:
        return Skip("side_file", f"no source reads {left_alone}", failed=False)
    detail = "its content has the shape of none of the formats that README.md lists"
    if seen.objects and all(row.keys() == {"text"} for row in seen.objects):
        detail = (
            "its rows are texts that were rendered for training, where no field tells who speaks; "
            "`tracemill dataset audit FILE` looks at them"
        )
    return Skip("unrecognised", detail, failed=True)


def _kind(path: Path) -> str:
    return path.suffix.lstrip(".").lower()


def _left_alone(name: str, kind: str) -> str | None:
    """Return which files are left alone without a word, where one is of them."""
    if kind in _SIDE_FILES or name.startswith("."):
        return f".{kind} files of this shape"
    if kind in _MEDIA:
        return f".{kind} files"
    return f"files named {name}" if name in _SIDE_NAMES else None
