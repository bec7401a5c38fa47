"""The tree of checkpoints: which metadata it holds, and which log of each session is largest.

| file of a checkpoint | what it is |
|---|---|
| `<2>/<10 hex>/metadata.json` | sums over the sessions of the checkpoint |
| `<2>/<10 hex>/<n>/metadata.json` | one session's part in it |
| `<2>/<10 hex>/<n>/full.jsonl` | that session's log, in whatever format its agent writes |

Its other files repeat parts of the log.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import orjson

from tracemill.base.git_objects import TreeFile, object_sizes, read_files, tree_files
from tracemill.base.git_process import Git
from tracemill.base.streams import packed_stream
from tracemill.sources.protocol import InnerInput

_METADATA: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]+/(?:\d+/)?metadata\.json")
_LOG: Final = "full.jsonl"
_MAX_METADATA_BYTES: Final = 2**20


def metadata_stream(repo: Path, refs: Sequence[str]) -> BinaryIO:
    """Return the metadata of all checkpoints as one stream."""
    git = Git.of(repo)
    found = (file for file in _files(git, refs) if _METADATA.fullmatch(file.path))
    return packed_stream(read_files(git, found, _MAX_METADATA_BYTES))


def session_logs(repo: Path, refs: Sequence[str]) -> Iterator[InnerInput]:
    """Yield the largest log of each session, in the order of their names.

    Of a session of which the newest log is absent, that is said too, since it may have been
    the largest.
    """
    git = Git.of(repo)
    saved = _saved(git, {file.path: file for file in _files(git, refs)})
    sizes = object_sizes(git, (each.object_id for of_one in saved.values() for each in of_one))
    for name, of_one in sorted(saved.items()):
        newest = max(of_one)
        present = [(sizes[each.object_id], each) for each in of_one if each.object_id in sizes]
        if present:
            n_bytes, largest = max(present)
            yield InnerInput(f"entire/{name}", largest.object_id, n_bytes)
        if newest.object_id not in sizes:
            yield InnerInput(f"entire/{newest.path}", newest.object_id, None)


class _Saved(NamedTuple):
    """A session's log at one checkpoint."""

    at: str
    path: str
    object_id: str


def _files(git: Git, refs: Sequence[str]) -> Iterator[TreeFile]:
    """Yield the files of the branch: the person's own, or else the one of a remote."""
    return tree_files(git, refs[0]) if refs else iter(())


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
        name = fields.get("session_id")
        each = _Saved(str(fields.get("created_at")), path, files[path].object_id)
        saved[name if isinstance(name, str) and name.isprintable() else path].append(each)
    return saved


def _fields(data: bytes) -> dict[str, object]:
    try:
        fields = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}
