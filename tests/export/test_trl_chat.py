import json
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.trajectories import agent, calling, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig
from tracemill.export.trainers.trl_chat import TrlChat
from tracemill.records.datasets.examples import ChatExample


def decoded(example: ChatExample) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(msgspec.json.encode(TrlChat().row(example)))
    return row


def cells(example: ChatExample) -> pa.Table:
    row = TrlChat().row(example)
    texts = {k: bytes(v) if isinstance(v, msgspec.Raw) else v for k, v in row.items()}
    return pa.Table.from_pylist([texts], schema=TrlChat.schema)


@pytest.fixture
def example() -> ChatExample:
    steps = [user(0), calling(1, "ok", command="ls"), agent(2, "done", reasoning="so")]
    (made,) = make_examples(work(n_steps=3), steps, ChatConfig(builders=("session",)))
    assert isinstance(made, ChatExample)
    return made


def test_a_row_is_trls_conversational_form_with_tools(example: ChatExample) -> None:
    row = decoded(example)

    call = {
        "type": "function",
        "id": "c1",
        "function": {"name": "Bash", "arguments": {"command": "ls"}},
    }
    assert row["messages"] == [
        {"role": "user", "content": "do it"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "ok", "tool_call_id": "c1", "name": "Bash"},
        {"role": "assistant", "content": "done", "reasoning_content": "so"},
    ]
    assert row["tools"][0]["function"]["name"] == "Bash"
    assert row["trained"] == [False, True, False, True]


def test_columns_fit_their_schema_and_say_the_same(example: ChatExample) -> None:
    (row,) = cells(example).to_pylist()

    nested = {name: json.loads(row.pop(name)) for name in ("messages", "tools")}
    assert row | nested == decoded(example)


def test_an_example_without_calls_has_no_tools() -> None:
    steps = [user(0), agent(1)]
    (made,) = make_examples(work(), steps, ChatConfig(builders=("session",)))
    assert isinstance(made, ChatExample)

    assert "tools" not in decoded(made)
    assert cells(made).to_pylist()[0]["tools"] is None


def test_both_files_load_as_the_same_objects(example: ChatExample, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the package datasets")
    (tmp_path / "rows.jsonl").write_bytes(msgspec.json.encode(TrlChat().row(example)) + b"\n")
    pq.write_table(cells(example), tmp_path / "rows.parquet")

    loaded = [
        datasets.load_dataset(
            kind, data_files=str(tmp_path / f"rows.{end}"), split="train", cache_dir=str(tmp_path)
        )[0]
        for kind, end in (("json", "jsonl"), ("parquet", "parquet"))
    ]
    assert loaded[0]["messages"] == loaded[1]["messages"] == decoded(example)["messages"]
