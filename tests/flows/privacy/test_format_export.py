"""A version in the files of a trainer goes through the same gate as a copy."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.redact.templates import fill
from tests.render.formats import tokenizer, tokenizer_file
from tracemill.base.errors import PolicyError, SchemaError, UnknownNameError, UsageError
from tracemill.cli.app import call
from tracemill.export import DATASET_FORMATS
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.datasets.format_export import FormatChoice, export_in_format
from tracemill.flows.datasets.versions import find_version
from tracemill.records.datasets.exports import ExportManifest
from tracemill.render.chat_format import shipped_template
from tracemill.render.tokens import IGNORED
from tracemill.store.workspace import Workspace


def manifest(folder: Path) -> ExportManifest:
    return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=ExportManifest)


def tokens(tmp_path: Path, **more: Any) -> FormatChoice:
    path = str(tokenizer_file(tmp_path))
    return FormatChoice(format="tokens", template="compact", tokenizer=path, **more)


def test_examples_are_read_back_as_they_were_built(example: Workspace) -> None:
    folder, version = find_version(example, "chat")
    found = list(examples_of(folder, version))

    assert len(found) == sum(version.n_examples.values())
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_bytes().splitlines()]
    of_train = [each for part, each in found if part.stem == "train"]
    assert [each.id for each in of_train] == [row["id"] for row in rows]
    assert [each.lineage[0].episode_id for each in of_train] == [r["episode_id"] for r in rows]


def test_a_version_whose_lineage_is_gone_is_not_exported(example: Workspace) -> None:
    folder, version = find_version(example, "chat")
    (folder / "lineage.jsonl").write_bytes(b"")

    with pytest.raises(SchemaError, match=r"train\.jsonl', line 1"):
        list(examples_of(folder, version))


@pytest.mark.parametrize("name", sorted(DATASET_FORMATS.builtin))
def test_every_format_goes_out_with_manifest_card_lineage_and_receipt(
    name: str, example: Workspace, tmp_path: Path
) -> None:
    made = export_in_format(example, "chat", tmp_path / "out", FormatChoice(format=name))

    assert manifest(tmp_path / "out") == made.manifest
    assert made.manifest.files
    for file in made.manifest.files:
        data = (tmp_path / "out" / file.path).read_bytes()
        assert (file.sha256, file.rows) == (hashlib.sha256(data).hexdigest(), data.count(b"\n"))
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"README.md", "lineage.jsonl", "receipt.json"} <= names
    assert {each.path for each in made.receipt.files} >= {f.path for f in made.manifest.files}


def test_tokens_carry_their_form_and_their_lengths(example: Workspace, tmp_path: Path) -> None:
    made = export_in_format(example, "chat", tmp_path / "out", tokens(tmp_path))

    rows = [
        json.loads(line) for line in (tmp_path / "out" / "train.jsonl").read_bytes().splitlines()
    ]
    lengths = made.manifest.lengths["train.jsonl"]
    assert made.manifest.template is not None
    assert made.manifest.template.tokenizer_sha256 == tokenizer().sha256
    assert lengths.tokens == sum(len(row["input_ids"]) for row in rows)
    assert lengths.trained_tokens == sum(t != IGNORED for row in rows for t in row["labels"])
    assert lengths.longest == max(len(row["input_ids"]) for row in rows)


def test_tokens_that_were_cut_are_counted(example: Workspace, tmp_path: Path) -> None:
    made = export_in_format(example, "chat", tmp_path / "out", tokens(tmp_path, max_length=400))

    assert made.manifest.max_length == 400
    assert made.manifest.left_out.keys() & {"cut_row", "too_long"}
    assert all(found.longest <= 400 for found in made.manifest.lengths.values())


def test_the_gate_looks_at_what_tokens_say(example: Workspace, tmp_path: Path) -> None:
    said = "{{- '<|im_start|>system\\n" + fill("ghp_{alnum:36}") + "<|im_end|>\\n' -}}"
    (tmp_path / "told.jinja").write_text(said + shipped_template("compact"))
    choice = msgspec.structs.replace(tokens(tmp_path), template=str(tmp_path / "told.jinja"))

    with pytest.raises(PolicyError, match=r"train\.jsonl as text.*github-pat"):
        export_in_format(example, "chat", tmp_path / "out", choice)

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (FormatChoice(format="tokens"), "need --template"),
        (FormatChoice(format="mlx", template="compact"), "belong to --format tokens"),
    ],
)
def test_what_does_not_go_together_is_refused(
    choice: FormatChoice, message: str, example: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        export_in_format(example, "chat", tmp_path / "out", choice)


def test_an_unknown_format_is_named_with_those_that_are_known(
    example: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(UnknownNameError, match=r"'alpaca'; known: axolotl.*, tokens, unsloth"):
        export_in_format(example, "chat", tmp_path / "out", FormatChoice(format="alpaca"))


def test_the_command_says_what_was_written_and_in_which_form(
    example: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--template", "compact", "--tokenizer", str(tokenizer_file(tmp_path))]
    where = ["--to", str(tmp_path / "out"), "--workspace", str(example.root)]

    assert call(["dataset", "export", *arguments, *where]) == 0

    said = capsys.readouterr().out
    assert "train.jsonl" in said
    assert "of them trained" in said
    assert "Format       compact  format_" in said
