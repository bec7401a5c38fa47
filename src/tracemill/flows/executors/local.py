"""Plans on this machine: in this process with one worker, in a pool of processes with more."""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pyarrow as pa

from tracemill.base.errors import WorkerError
from tracemill.base.ids import digest
from tracemill.store.arrow import compute as pc

if TYPE_CHECKING:  # a pool takes long to import, and most runs need none
    from concurrent.futures import Future

S = TypeVar("S")
P = TypeVar("P")

_PARTITIONS: Final = 64


class Local:
    """This machine: in this process with one worker, in a pool of processes with more."""

    def __init__(self, workers: int, scratch: Path) -> None:
        self._workers = workers
        self._scratch = scratch

    def map_shards(self, kernel: Callable[[S], Iterable[P]], shards: Iterable[S]) -> Iterator[P]:
        """Yield what `kernel` yields for each shard, in the order of the shards."""
        if self._workers == 1:
            for shard in shards:
                yield from kernel(shard)
            return
        yield from self._pooled(kernel, iter(shards))

    def _pooled(self, kernel: Callable[[S], Iterable[P]], shards: Iterator[S]) -> Iterator[P]:
        """Keep two shards a worker under way; what they yield waits in files, not in memory."""
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        with ProcessPoolExecutor(self._workers, get_context("spawn")) as pool:
            waiting: list[Future[Path]] = []
            numbered = enumerate(shards)
            for number, shard in islice(numbered, 2 * self._workers):
                waiting.append(pool.submit(_spill, kernel, shard, folder / str(number)))
            while waiting:
                yield from _unspill(_result(waiting.pop(0)))
                for number, shard in islice(numbered, 1):
                    waiting.append(pool.submit(_spill, kernel, shard, folder / str(number)))
        shutil.rmtree(folder)

    def group(
        self,
        rows: Iterable[pa.RecordBatch],
        key: str,
        fn: Callable[[pa.Table], pa.Table],
    ) -> Iterator[pa.Table]:
        """Apply `fn` to all rows of each key, through files that hold one part of the keys each."""
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        for path in _partition(rows, key, folder):
            with pa.OSFile(str(path)) as opened, pa.ipc.open_stream(opened) as reader:
                table = reader.read_all()
            path.unlink()
            for value in pc.unique(table.column(key)):
                yield fn(table.filter(pc.equal(table.column(key), value)))
        folder.rmdir()


def _spill(kernel: Callable[[Any], Iterable[Any]], shard: Any, path: Path) -> Path:
    with path.open("wb") as out:
        for part in kernel(shard):
            pickle.dump(part, out, protocol=pickle.HIGHEST_PROTOCOL)
    return path


def _result(future: Future[Path]) -> Path:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool:
        raise WorkerError(
            "a worker process died, most often because the machine ran out of memory; what was "
            "accepted is kept: run again, with --workers 1 to need less"
        ) from None


def _unspill(path: Path) -> Iterator[Any]:
    with path.open("rb") as spilled:
        while spilled.peek(1):
            yield pickle.load(spilled)  # noqa: S301 - our own worker wrote it, in our own folder
    path.unlink()


def _partition(rows: Iterable[pa.RecordBatch], key: str, folder: Path) -> list[Path]:
    """Spread rows over files by the hash of their key."""
    writers: dict[int, Any] = {}
    paths = {}
    for batch in rows:
        parts = [
            int(digest(str(value))[:2], 16) % _PARTITIONS for value in batch.column(key).to_pylist()
        ]
        numbers = pa.array(parts, pa.int8())
        for number in sorted(set(parts)):
            if number not in writers:
                paths[number] = folder / f"{number}.arrow"
                writers[number] = pa.ipc.new_stream(str(paths[number]), batch.schema)
            writers[number].write_batch(batch.filter(pc.equal(numbers, number)))
    for writer in writers.values():
        writer.close()
    return [paths[number] for number in sorted(paths)]
