"""Rows that wait for their batch come back as they came, from memory or from files."""

from itertools import chain
from pathlib import Path

import pyarrow as pa
import pytest

from tracemill.flows.ingest import held_rows
from tracemill.flows.ingest.held_rows import HeldRows
from tracemill.flows.ingest.rows import Rows

OWNERS = ["a", "b", "a", "c", "b", "a"]


@pytest.fixture(params=[0, 150, 2**20], ids=["in files", "in both", "in memory"])
def held(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> HeldRows:
    monkeypatch.setattr(held_rows, "_WAITING_BYTES", request.param)
    rows = HeldRows(tmp_path / "rows")
    for number, owner in enumerate(OWNERS):
        batch = pa.record_batch({"input_id": [owner], "text": [f"text {number}" + "." * 40]})
        rows.add(Rows(table="steps", batch=batch))
    return rows


def texts(rows: HeldRows, without: frozenset[str] = frozenset()) -> list[str]:
    found = (batch.column("text").to_pylist() for batch in rows.batches("steps", without))
    return [text.rstrip(".") for text in chain.from_iterable(found)]


def test_all_rows_come_in_their_order_as_often_as_they_are_asked_for(held: HeldRows) -> None:
    wanted = [f"text {number}" for number in range(len(OWNERS))]

    assert texts(held) == wanted
    assert texts(held) == wanted


def test_rows_of_some_inputs_are_left_out(held: HeldRows) -> None:
    assert texts(held, frozenset("ab")) == ["text 3"]


def test_who_holds_a_text_is_told_wherever_it_waits(held: HeldRows) -> None:
    assert held.holders(lambda data: b"text 1" in data or b"text 3" in data) == {"b", "c"}


def test_nothing_is_left_once_it_is_let_go(held: HeldRows, tmp_path: Path) -> None:
    held.clear()

    assert texts(held) == []
    assert not list(tmp_path.rglob("*.arrow"))
