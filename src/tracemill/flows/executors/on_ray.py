"""Plans on Ray: its own map and group-by; scheduling, retries and shuffling are Ray's."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from tracemill.base.errors import UsageError
from tracemill.base.installing import install_extras

S = TypeVar("S")
P = TypeVar("P")


class OnRay:
    """Runs plans on a Ray cluster, or on a Ray of its own on this machine.

    Workers must see the workspace's folder under the same path: the spool is there.
    """

    def __init__(self, workers: int, address: str | None) -> None:
        try:
            import ray
        except ImportError as error:
            raise UsageError(
                f"the executor 'ray' needs an extra; run: {install_extras('ray')}"
            ) from error
        if not ray.is_initialized():
            ray.init(
                address=address or "local",
                num_cpus=None if address else workers,
                include_dashboard=False,
                log_to_driver=False,
                configure_logging=False,
            )
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        self._data: Any = ray.data

    def map_shards(self, kernel: Callable[[S], Iterable[P]], shards: Iterable[S]) -> Iterator[P]:
        """Yield what `kernel` yields for each shard, in the order of the shards."""
        items = [{"shard": pickle.dumps(shard)} for shard in shards]
        if not items:
            return
        dataset = self._data.from_items(items, override_num_blocks=len(items))
        parts = dataset.map_batches(_Kernel(kernel), batch_size=1, batch_format="pyarrow")
        for batch in parts.iter_batches(batch_size=None, batch_format="pyarrow"):
            for value in batch.column("part").to_pylist():
                yield pickle.loads(value)  # noqa: S301 - our own kernel wrote it

    def group(
        self,
        rows: Iterable[pa.RecordBatch],
        key: str,
        fn: Callable[[pa.Table], pa.Table],
    ) -> Iterator[pa.Table]:
        """Apply `fn` to all rows of each key."""
        tables = [pa.Table.from_batches([batch]) for batch in rows]
        if not tables:
            return
        groups = self._data.from_arrow(tables).groupby(key).map_groups(fn, batch_format="pyarrow")
        for block in groups.iter_batches(batch_size=None, batch_format="pyarrow"):
            for value in pc.unique(block.column(key)):
                yield block.filter(pc.equal(block.column(key), value))


class _Kernel:
    """A kernel as Ray calls it: a table of shards in, tables of parts out as they come."""

    def __init__(self, kernel: Callable[[Any], Iterable[Any]]) -> None:
        self._kernel = kernel

    def __call__(self, batch: pa.Table) -> Iterator[pa.Table]:
        for value in batch.column("shard").to_pylist():
            for part in self._kernel(pickle.loads(value)):  # noqa: S301 - the driver wrote it
                yield pa.table({"part": pa.array([pickle.dumps(part)], pa.large_binary())})
