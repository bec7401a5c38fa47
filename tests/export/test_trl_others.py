"""Rows of the kinds beside chat and preference, in lines and in Parquet."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.export.examples import PROMPT, STEPWISE, UNPAIRED, WORK
from tracemill.export import EXPORTERS, Exporter
from tracemill.records.datasets.examples import Example
from tracemill.render.chat_message import chat_message

KINDS = [("trl-unpaired", UNPAIRED), ("trl-stepwise", STEPWISE), ("trl-prompt", PROMPT)]


def decoded(exporter: Exporter[Any], example: Example) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(msgspec.json.encode(exporter.row(example)))
    return row


def cells(exporter: Exporter[Any], example: Example) -> pa.Table:
    row = exporter.row(example)
    texts = {k: bytes(v) if isinstance(v, msgspec.Raw) else v for k, v in row.items()}
    return pa.Table.from_pylist([texts], schema=exporter.schema)


@pytest.mark.parametrize(("name", "example"), KINDS)
def test_columns_fit_their_schema_and_say_the_same(name: str, example: Example) -> None:
    exporter = EXPORTERS.load(name)()
    (row,) = cells(exporter, example).to_pylist()
    texts = [field.name for field in exporter.schema if field.type == pa.json_()]

    assert row | {each: json.loads(row[each]) for each in texts} == decoded(exporter, example)


@pytest.mark.parametrize(("name", "example"), KINDS)
def test_both_files_load_as_the_same_objects(name: str, example: Example, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the package datasets")
    exporter = EXPORTERS.load(name)()
    (tmp_path / "rows.jsonl").write_bytes(msgspec.json.encode(exporter.row(example)) + b"\n")
    pq.write_table(cells(exporter, example), tmp_path / "rows.parquet")

    loaded = [
        datasets.load_dataset(
            kind, data_files=str(tmp_path / f"rows.{end}"), split="train", cache_dir=str(tmp_path)
        )[0]
        for kind, end in (("json", "jsonl"), ("parquet", "parquet"))
    ]
    assert loaded[0]["prompt"] == loaded[1]["prompt"] == decoded(exporter, example)["prompt"]


def test_an_unpaired_row_says_what_was_asked_and_answered_and_whether_that_was_right() -> None:
    row = decoded(EXPORTERS.load("trl-unpaired")(), UNPAIRED)

    assert row["completion"] == [{"role": "assistant", "content": "Done."}]
    assert (row["label"], row["strength"]) == (True, 0.7)


def test_a_stepwise_row_has_a_label_for_each_completion() -> None:
    row = decoded(EXPORTERS.load("trl-stepwise")(), STEPWISE)

    assert row["completions"] == [
        [chat_message(WORK[2])],
        [chat_message(WORK[3]), chat_message(WORK[4])],
    ]
    assert row["labels"] == [False, True]


def test_a_prompt_row_says_what_decides() -> None:
    row = decoded(EXPORTERS.load("trl-prompt")(), PROMPT)

    assert row["prompt"][-1]["role"] == "user"
    assert row["verifier"]["command"] == "pytest -q"
