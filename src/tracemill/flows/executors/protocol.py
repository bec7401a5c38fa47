"""Where kernels run: in this process, in a pool of processes, or on Ray.

A plan has two verbs. `map_shards` applies a kernel, a pure generator function, to every
shard; results come back in the order of the shards, so that every executor writes the same
lake. `group` brings rows with equal keys together and applies a function to each group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from tracemill.base.errors import UsageError

if TYPE_CHECKING:  # a run without news needs no Arrow, which takes long to import
    import pyarrow as pa

S = TypeVar("S")
P = TypeVar("P")


class Executor(Protocol):
    """Runs plans."""

    def map_shards(self, kernel: Callable[[S], Iterable[P]], shards: Iterable[S]) -> Iterator[P]:
        """Yield what `kernel` yields for each shard, in the order of the shards."""
        ...

    def group(
        self,
        rows: Iterable[pa.RecordBatch],
        key: str,
        fn: Callable[[pa.Table], pa.Table],
    ) -> Iterator[pa.Table]:
        """Apply `fn`, which keeps the key's column, to all rows of each key.

        The groups come in no promised order, and a large one may come in parts, in order.
        """
        ...


def make_executor(name: str, workers: int, scratch: Path, address: str | None = None) -> Executor:
    """Return the executor called `name`.

    Raises:
        UsageError: there is none of that name, or its extra is not installed.
    """
    if workers < 1:
        raise UsageError(f"cannot work with {workers} workers; name 1 or more")
    if name == "local":
        from tracemill.flows.executors.local import Local

        return Local(workers, scratch)
    if name == "ray":
        from tracemill.flows.executors.on_ray import OnRay

        return OnRay(workers, address)
    raise UsageError(f"unknown executor {name!r}; known: local, ray")
