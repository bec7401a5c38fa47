"""The tree of checkpoints: which metadata it holds, and which logs of each session to read.

| file of a checkpoint | what it is |
|---|---|
| `<2>/<10 hex>/metadata.json` | sums over the sessions of the checkpoint |
| `<2>/<10 hex>/<n>/metadata.json` | one session's part in it |
| `<2>/<10 hex>/<n>/full.jsonl` | that session's log, in whatever format its agent writes |

Its other files repeat parts of the log. A checkpoint under a ref of its own has the same files, and
goes by the end of the ref, as `<2>/<id>/<n>/metadata.json`.

A log saved later has usually grown out of the one before, and begins as it does: of those the
largest is enough. Where the context was cleared in between, and in the versions that saved only
what was new, a log begins otherwise and is a part of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import orjson

from tracemill.base.git.objects import (
    TreeFile,
    beginnings,
    files_of_trees,
    object_sizes,
    read_files,
    tree_files,
)
from tracemill.base.git.process import Git
from tracemill.base.git.repositories import refs_below, refs_named
from tracemill.base.streams import packed_stream
from tracemill.sources.entire.reader import own_session_id
from tracemill.sources.protocol import InnerInput

_BRANCH: Final = "entire/checkpoints/v1"
_REFS: Final = "entire/checkpoints"
_REF: Final = re.compile(rf"refs/{_REFS}/(?P<name>[0-9A-Za-z]{{2}}/[0-9A-Za-z]{{10,40}})")
_METADATA: Final = re.compile(r"[0-9A-Za-z]{2}/[0-9A-Za-z]+/(?:\d+/)?metadata\.json")
_LOG: Final = "full.jsonl"
_MAX_METADATA_BYTES: Final = 2**20
_START_BYTES: Final = 2**10
"""How much of two logs must be the same for one to be taken as grown out of the other."""


def checkpoint_refs(repo: Path) -> list[str]:
    """Return where a repository holds checkpoints: the branch, and the refs of single ones.

    Of branches the person's own counts, or else the one of a remote.
    """
    single = (ref for ref in refs_below(repo, _REFS) if _REF.fullmatch(ref))
    return [*refs_named(repo, _BRANCH)[:1], *single]


def metadata_stream(repo: Path) -> BinaryIO:
    """Return the metadata of all checkpoints as one stream."""
    git = Git.of(repo)
    found = (file for file in checkpoint_files(git) if _METADATA.fullmatch(file.path))
    return packed_stream(read_files(git, found, _MAX_METADATA_BYTES))


def session_logs(repo: Path) -> Iterator[InnerInput]:
    """Yield the largest log of each part of each session, in the order of the sessions' names.

    Of a session of which the newest log is absent, that is said too, since it may have been
    the largest.
    """
    git = Git.of(repo)
    saved = _saved(git, {file.path: file for file in checkpoint_files(git)})
    sizes = object_sizes(git, (each.object_id for of_one in saved.values() for each in of_one))
    present = {
        name: sorted(each for each in of_one if each.object_id in sizes)
        for name, of_one in saved.items()
    }
    starts = _starts(git, present.values())
    for name, of_one in sorted(present.items()):
        for number, logs in enumerate(_parts(of_one, starts), 1):
            n_bytes, largest = max((sizes[each.object_id], each) for each in logs)
            part = f"entire/{name}" if number == 1 else f"entire/{name}/{number}"
            yield InnerInput(part, largest.object_id, n_bytes)
        newest = max(saved[name])
        if newest.object_id not in sizes:
            yield InnerInput(f"entire/{newest.path}", newest.object_id, None)


class _Saved(NamedTuple):
    """A session's log at one checkpoint."""

    at: str
    path: str
    object_id: str


def _starts(git: Git, sessions: Iterable[Sequence[_Saved]]) -> dict[str, bytes]:
    """Return how the logs begin of which a session has several."""
    several = ({each.object_id for each in of_one} for of_one in sessions)
    asked = {object_id for ids in several if len(ids) > 1 for object_id in ids}
    return {blob.object_id: blob.data for blob in beginnings(git, sorted(asked), _START_BYTES)}


def _parts(logs: Iterable[_Saved], starts: Mapping[str, bytes]) -> Iterable[list[_Saved]]:
    """Return logs by how they begin, in the order in which the first of each was saved.

    A log may be shorter than what is compared; it begins a longer one that begins with it.
    """
    parts: dict[bytes, list[_Saved]] = {}
    for each in logs:
        start = starts.get(each.object_id, b"")
        same = (s for s in parts if start.startswith(s) or s.startswith(start))
        parts.setdefault(next(same, start), []).append(each)
    return parts.values()


def checkpoint_files(git: Git) -> Iterator[TreeFile]:
    """Yield the files of all checkpoints; one that the branch holds too is taken from there."""
    trees: dict[str, str] = {}
    known: set[str] = set()
    for ref in checkpoint_refs(git.repo):
        match = _REF.fullmatch(ref)
        if match is None:
            for file in tree_files(git, ref):
                known.add("".join(file.path.split("/")[:2]))
                yield file
        elif ref.rpartition("/")[2] not in known:
            trees[f"{match['name']}/"] = f"{ref}^{{tree}}"
    yield from files_of_trees(git, trees)


def _saved(git: Git, files: Mapping[str, TreeFile]) -> dict[str, list[_Saved]]:
    """Return the logs of each session, by its id; one that names none goes by its path."""
    logs = [path for path in files if path.endswith(f"/{_LOG}")]
    about = {path: files.get(path.removesuffix(_LOG) + "metadata.json") for path in logs}
    ids = {
        file.name.removesuffix("metadata.json"): _fields(file.data)
        for file in read_files(git, filter(None, about.values()), _MAX_METADATA_BYTES)
    }
    saved: defaultdict[str, list[_Saved]] = defaultdict(list)
    for path in logs:
        fields = ids.get(path.removesuffix(_LOG), {})
        name = own_session_id(fields)
        each = _Saved(str(fields.get("created_at")), path, files[path].object_id)
        saved[name if name is not None and name.isprintable() else path].append(each)
    return saved


def _fields(data: bytes) -> dict[str, object]:
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}
