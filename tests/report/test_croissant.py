"""A version in Croissant: every file with its hash, and the columns of every table."""

import hashlib
import json
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from tests.export.examples import CHAT
from tracemill.export.trainers.trl_chat import TrlChat
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile
from tracemill.report.croissant import croissant

COLUMNS = {"trl-chat": {field.name: str(field.type) for field in TrlChat.schema}}


@pytest.fixture
def version(tmp_path: Path) -> DatasetVersion:
    import pyarrow as pa

    row = TrlChat().row(CHAT)
    texts = {k: bytes(v) if isinstance(v, msgspec.Raw) else v for k, v in row.items()}
    pq.write_table(pa.Table.from_pylist([texts], schema=TrlChat.schema), tmp_path / "train.parquet")
    data = (tmp_path / "train.parquet").read_bytes()
    file = ExportedFile(
        path="train.parquet",
        format="trl-chat",
        rows=1,
        n_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return DatasetVersion(id="dataset_0a1b", name="chat", files=(file,))


def test_files_have_their_hashes_and_tables_their_columns(version: DatasetVersion) -> None:
    told = croissant(version, COLUMNS)

    (file,) = told["distribution"]
    assert (file["contentUrl"], file["sha256"]) == ("train.parquet", version.files[0].sha256)
    (records,) = told["recordSet"]
    fields = {each["name"]: each for each in records["field"]}
    assert list(fields) == TrlChat.schema.names
    assert fields["trained"]["dataType"] == "sc:Boolean"
    assert fields["trained"]["repeated"]
    assert fields["messages"]["dataType"] == "sc:Text"


@pytest.mark.train
@pytest.mark.filterwarnings("ignore")
def test_mlcroissant_finds_no_fault_and_reads_the_rows(
    version: DatasetVersion, tmp_path: Path
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="needs the package mlcroissant")
    (tmp_path / "croissant.json").write_text(json.dumps(croissant(version, COLUMNS)))

    loaded = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))
    (row,) = loaded.records("train")

    assert not loaded.metadata.issues.errors
    assert row["train/id"] == CHAT.id.encode()
    assert json.loads(row["train/messages"]) == json.loads(bytes(TrlChat().row(CHAT)["messages"]))
