"""Reading alone: bytes to our records, beside `orjson` alone and beside agentpile on the same files.

Every real file is given to the source that recognises it. Files are read again and again until
each format has read so many megabytes; lists of sessions are measured as lines too, which is how
data sets come. All bytes are in memory before, and nobody's garbage is collected meanwhile: the
program itself puts that off too.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import orjson
from measuring import shared_data

from tracemill.records.refs import Origin
from tracemill.sources import HEAD_BYTES, Content, Head, Source, load_source, sources_of

BLOCK = 2**20
Item = TypeVar("Item")
SHAPES = {".jsonl": "lines", ".json": "document", ".traj": "document", ".md": "text"}
ORDER = ("lines", "document, as lines", "document", "folder", "other", "text")
PEER = """
import gc, json, sys, time
import agentpile
def load(path):
    try:
        list(agentpile.load(path))
    except agentpile.AgentpileError:
        return 0
    return 1
def once():
    began = time.process_time()
    n_read = sum(sum(map(load, paths)) for _ in range(n_passes))
    return time.process_time() - began, n_read // n_passes
paths = json.load(sys.stdin)
n_runs, n_passes = map(int, sys.argv[1:])
gc.disable()
print(json.dumps(min(once() for _ in range(n_runs))))
"""


class Format(NamedTuple):
    """Files of one source and shape."""

    source: str
    shape: str


class Input(NamedTuple):
    """One file, and the bytes that its source reads of it."""

    path: Path
    data: bytes


def formats(folder: Path, scratch: Path) -> dict[Format, list[Input]]:
    """Return all real files by the source that recognises them, and folders that are one input."""
    found: dict[Format, list[Input]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        source = folder_source(path) if path.is_dir() else recognised(path)
        if source is None:
            continue
        with source.open(path) as file:
            data = file.read()
        shape = "folder" if path.is_dir() else SHAPES.get(path.suffix, "other")
        found[Format(source.name, shape)].append(Input(path, data))
        if shape == "document" and (lines := as_lines(data)):
            copy = scratch / f"{len(found)}-{path.stem}.jsonl"
            copy.write_bytes(lines)
            found[Format(source.name, "document, as lines")].append(Input(copy, lines))
    return found


def recognised(path: Path) -> Source | None:
    with path.open("rb") as file:
        head = Head(path, file.read(HEAD_BYTES), n_bytes=path.stat().st_size)
    return next((source for source in sources_of("file") if source.recognises(head)), None)


def folder_source(path: Path) -> Source | None:
    names = frozenset(each.name for each in path.iterdir())
    head = Head(path, b"", names)
    taking = (each for each in sources_of("folder") if each.marks <= names)
    return next((source for source in taking if source.recognises(head)), None)


def as_lines(data: bytes) -> bytes | None:
    """Return a list of sessions as lines, or None where a document is no such list."""
    try:
        rows = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    is_list = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    is_of_sessions = is_list and any(isinstance(part, list) for part in rows[0].values())
    return b"".join(orjson.dumps(row) + b"\n" for row in rows) if is_of_sessions else None


def in_blocks(data: bytes) -> list[bytes]:
    """Return the bytes as the program gets them from a file."""
    return [data[start : start + BLOCK] for start in range(0, len(data), BLOCK)]


def read(source: str, blocks: list[bytes]) -> None:
    origin = Origin(source=source, source_version=1, uri="file:session.jsonl", input_id="input_1")
    for _ in load_source(source).read(Content(blocks), origin):
        pass


def each_of(deed: Callable[[Item], None], items: list[Item]) -> Callable[[], None]:
    """Return what does something to every item."""

    def go() -> None:
        for item in items:
            deed(item)

    return go


def loads(data: bytes) -> None:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        for line in data.split(b"\n"):
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                continue


def cpu_s(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def peer(python: str, inputs: list[Input], n_runs: int, n_passes: int) -> tuple[float, int]:
    """Return what agentpile takes for the same files, and how many of them it reads."""
    done = subprocess.run(
        [python, "-c", PEER, str(n_runs), str(n_passes)],
        input=json.dumps([str(each.path) for each in inputs]),
        capture_output=True,
        text=True,
        check=True,
    )
    took, n_read = json.loads(done.stdout)
    return took, n_read


def row(found: Format, inputs: list[Input], options: argparse.Namespace) -> Iterator[str]:
    """Yield the cells of one format's row; both of ours are measured by turns."""
    n_bytes = sum(len(each.data) for each in inputs)
    n_passes = max(1, -(-int(options.mb * 10**6) // n_bytes))
    data = [each.data for each in inputs] * n_passes
    blocks = [in_blocks(each.data) for each in inputs] * n_passes
    ours = ceiling = float("inf")
    for _ in range(options.runs):
        ours = min(ours, cpu_s(each_of(partial(read, found.source), blocks)))
        ceiling = min(ceiling, cpu_s(each_of(loads, data)))
    mb = n_bytes * n_passes / 1e6
    yield from (found.source, found.shape, str(len(inputs)), f"{n_bytes / 1e6:.3f}")
    yield f"{mb / ours:.0f}"
    is_json = found.shape not in ("folder", "other", "text")
    yield f"{mb / ceiling:.0f}" if is_json else "-"
    python = os.environ.get("AGENTPILE_PYTHON")
    if python is None:
        yield "not compared"
        return
    theirs, n_read = peer(python, inputs, options.runs, n_passes)
    yield f"{mb / theirs:.0f}, {n_read} read" if n_read else "reads none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="the best of so many is shown")
    parser.add_argument("--mb", type=float, default=5, help="read so many megabytes each time")
    parser.add_argument("--least", type=float, default=0, help="megabytes of a format to show")
    options = parser.parse_args()
    data = shared_data()
    if data is None:
        sys.exit("no real data: set TRACEMILL_SHARED_DATA to a folder with formats/")
    if "AGENTPILE_PYTHON" not in os.environ:
        print("agentpile is compared where AGENTPILE_PYTHON names a Python that has it")
    print("| source | shape | files | MB | to records, MB/CPU-s | orjson alone | agentpile |")
    print("|---|---|---|---|---|---|---|")
    gc.disable()
    with tempfile.TemporaryDirectory() as scratch:
        found = formats(data / "formats", Path(scratch))
        n_bytes = {each: sum(len(one.data) for one in found[each]) for each in found}
        for each in sorted(found, key=lambda each: (ORDER.index(each.shape), -n_bytes[each])):
            if n_bytes[each] >= options.least * 10**6:
                print("|", " | ".join(row(each, found[each], options)), "|", flush=True)


if __name__ == "__main__":
    main()
