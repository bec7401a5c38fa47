import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tracemill.base.errors import UsageError, WorkerError
from tracemill.flows.executors.local import Local
from tracemill.flows.executors.protocol import Executor, make_executor


def squares(shard: int) -> Iterator[tuple[int, int]]:
    for i in range(shard):
        yield shard, i * i


def summed(rows: pa.Table) -> pa.Table:
    return pa.table({"key": rows.column("key").slice(0, 1), "sum": [sum(rows["n"].to_pylist())]})


def on_ray(workers: int) -> Executor:
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    return make_executor("ray", workers, Path())


EXECUTORS = [
    pytest.param("local", 1, id="in-process"),
    pytest.param("local", 2, id="pool"),
    pytest.param(
        "ray",
        2,
        id="ray",
        marks=[
            pytest.mark.ray,
            pytest.mark.enable_socket,
            pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
            pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
        ],
    ),
]


def executor(name: str, workers: int, scratch: Path) -> Executor:
    return on_ray(workers) if name == "ray" else Local(workers, scratch)


@pytest.mark.parametrize(("name", "workers"), EXECUTORS)
def test_results_come_in_the_order_of_the_shards(name: str, workers: int, tmp_path: Path) -> None:
    shards = [3, 0, 5, 1, 4]

    found = list(executor(name, workers, tmp_path).map_shards(squares, shards))

    assert found == [part for shard in shards for part in squares(shard)]


@pytest.mark.parametrize(("name", "workers"), EXECUTORS)
def test_a_group_is_all_rows_of_its_key(name: str, workers: int, tmp_path: Path) -> None:
    batches = [
        pa.record_batch(
            {"key": [f"k{i % 7}" for i in range(j, j + 20)], "n": list(range(j, j + 20))}
        )
        for j in range(0, 100, 20)
    ]

    groups = list(executor(name, workers, tmp_path).group(batches, "key", summed))

    found = {row["key"]: row["sum"] for group in groups for row in group.to_pylist()}
    assert found == {f"k{i}": sum(range(i, 100, 7)) for i in range(7)}


def test_nothing_is_left_in_scratch(tmp_path: Path) -> None:
    local = Local(2, tmp_path)
    list(local.map_shards(squares, [1, 2]))
    list(local.group([pa.record_batch({"key": ["a"], "n": [1]})], "key", summed))

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_executor_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="unknown executor 'dask'; known: local, ray"):
        make_executor("dask", 1, Path())


def die(shard: int) -> list[int]:
    if shard:
        os._exit(9)
    return []


def test_a_worker_that_dies_is_named_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="--workers 1"):
        list(Local(2, tmp_path).map_shards(die, [1, 2]))
