import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.curate.test_preference import RETRY, built, ran
from tests.trajectories import user
from tracemill.export.trainers.trl_preference import TrlPreference
from tracemill.records.datasets.examples import PreferenceExample


@pytest.fixture
def pair() -> PreferenceExample:
    (made,), _ = built([user(0), ran(1, "ls -q", "error"), ran(2, "ls", "ok")], recoveries=(RETRY,))
    return made


def decoded(pair: PreferenceExample) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(msgspec.json.encode(TrlPreference().row(pair)))
    return row


def cells(pair: PreferenceExample) -> pa.Table:
    row = TrlPreference().row(pair)
    texts = {k: bytes(v) if isinstance(v, msgspec.Raw) else v for k, v in row.items()}
    return pa.Table.from_pylist([texts], schema=TrlPreference.schema)


def test_a_row_is_trls_conversational_preference_form_with_tools(pair: PreferenceExample) -> None:
    row = decoded(pair)

    assert row["prompt"] == [{"role": "user", "content": "do it"}]
    for side, command in (("chosen", "ls"), ("rejected", "ls -q")):
        (message,) = row[side]
        assert message["role"] == "assistant"
        assert message["tool_calls"][0]["function"]["arguments"] == {"command": command}
    assert row["tools"][0]["function"]["name"] == "Bash"
    assert (row["margin"], row["episode_id"]) == (pair.margin, "ep_1")


def test_columns_fit_their_schema_and_say_the_same(pair: PreferenceExample) -> None:
    (row,) = cells(pair).to_pylist()

    nested = {name: json.loads(row.pop(name)) for name in ("prompt", "chosen", "rejected", "tools")}
    assert row | nested == decoded(pair)


def test_both_files_load_as_the_same_objects(pair: PreferenceExample, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the package datasets")
    (tmp_path / "rows.jsonl").write_bytes(msgspec.json.encode(TrlPreference().row(pair)) + b"\n")
    pq.write_table(cells(pair), tmp_path / "rows.parquet")

    loaded = [
        datasets.load_dataset(
            kind, data_files=str(tmp_path / f"rows.{end}"), split="train", cache_dir=str(tmp_path)
        )[0]
        for kind, end in (("json", "jsonl"), ("parquet", "parquet"))
    ]
    for side in ("prompt", "chosen", "rejected"):
        assert loaded[0][side] == loaded[1][side] == decoded(pair)[side]
