"""A dataset version in the files of one trainer, with a manifest and a receipt.

Nothing is chosen here: the version's examples go through the format one by one, and what the format
has no place for is counted by reason in `manifest.json`. Tokens are looked at as the text that they
stand for, since the gate cannot see what is in numbers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.base.file_hashes import hash_file
from tracemill.base.named_files import expanded
from tracemill.export import DATASET_FORMATS, EXPORT_VERSION, DatasetFormat
from tracemill.export.trainers.dataset_format import LeftOut, Part
from tracemill.flows.datasets.examples import examples_of
from tracemill.flows.datasets.versions import (
    CARD,
    LINEAGE_FILE,
    MANIFEST,
    find_version,
    let_out,
    verify_version,
)
from tracemill.flows.destinations import new_folder
from tracemill.flows.installed import require
from tracemill.flows.privacy.gate import Gate
from tracemill.records.canonical import as_given_json
from tracemill.records.datasets.examples import Example
from tracemill.records.datasets.exports import ExportManifest, Lengths
from tracemill.records.datasets.templates import TemplateSpec
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Record
from tracemill.store.workspace import Workspace

TOKENS: Final = "tokens"
_ROWS: Final = 256


class FormatChoice(Record, frozen=True, kw_only=True):
    """In which form a version is to go out."""

    format: str
    """The format; `tokens` for rows of tokens."""
    template: str | None = None
    """For tokens: the chat template, by name, file or model."""
    tokenizer: str | None = None
    """For tokens: the file or folder that holds the tokenizer."""
    max_length: int | None = None
    """For tokens: how many a row may have."""


class ExportedFormat(Record, frozen=True, kw_only=True):
    """A dataset version that was written in a format."""

    folder: str
    """Where to."""
    manifest: ExportManifest
    """What was written, and what was not."""
    receipt: Receipt
    """What it went through before."""


def export_in_format(
    workspace: Workspace, name: str, to: Path, choice: FormatChoice, reviewer: str | None = None
) -> ExportedFormat:
    """Write a version to the folder `to` in the files of one format.

    Raises:
        UsageError: there is no such format, or `to` holds something already.
        PolicyError: the gate refuses it; nothing is written.
    """
    folder, version = find_version(workspace, name)
    to = new_folder(to)
    form, spec, decode = _format(choice)
    gate = Gate(workspace, reviewer)
    written: list[ExportManifest] = []

    def fill(part: Path) -> None:
        verify_version(folder, version)
        writer = _Writer(part, form)
        for each in examples_of(folder, version):
            writer.add(each.part, each.example)
        (part / LINEAGE_FILE).write_bytes((folder / LINEAGE_FILE).read_bytes())
        (part / CARD).write_bytes((folder / CARD).read_bytes())
        written.append(writer.manifest(version, spec, choice.max_length))
        (part / MANIFEST).write_bytes(msgspec.json.format(as_given_json(written[0])) + b"\n")
        if decode is not None:
            _look_behind(gate, [part / file.path for file in written[0].files], decode)

    receipt = let_out(gate, version.id, to, fill)
    return ExportedFormat(folder=str(to), manifest=written[0], receipt=receipt)


class _Form(NamedTuple):
    files: DatasetFormat
    spec: TemplateSpec | None = None
    decode: Callable[[Sequence[int]], str] | None = None
    """Text of tokens, where rows hold such."""


def _format(choice: FormatChoice) -> _Form:
    if choice.format != TOKENS:
        if choice.template or choice.tokenizer or choice.max_length:
            raise UsageError(
                f"format {choice.format!r} holds messages, which its trainer renders; "
                "--template, --tokenizer and --max-length belong to --format tokens"
            )
        if choice.format not in DATASET_FORMATS.names():
            raise UnknownNameError(
                "dataset format", choice.format, [*DATASET_FORMATS.names(), TOKENS]
            )
        return _Form(DATASET_FORMATS.load(choice.format)())
    if not (choice.template and choice.tokenizer):
        raise UsageError("tokens need --template (for example compact) and --tokenizer PATH")
    require("render")
    from tracemill.export.trainers.tokens import Tokens
    from tracemill.render.chat_format import load_format

    form = load_format(choice.template, expanded(choice.tokenizer))
    return _Form(Tokens(form, choice.max_length), form.spec, form.tokenizer.decode)


def _look_behind(gate: Gate, paths: Iterable[Path], decode: Callable[[Sequence[int]], str]) -> None:
    """Have the gate look at what tokens say.

    Raises:
        PolicyError: something is found.
    """
    for path in paths:
        with path.open("rb") as lines:
            while chunk := list(islice(lines, _ROWS)):
                texts = [decode(msgspec.json.decode(line)["input_ids"]) for line in chunk]
                gate.check_data([(f"{path.name} as text", "\n".join(texts).encode())])


class _Writer:
    """Writes rows to the files that they name."""

    def __init__(self, folder: Path, form: DatasetFormat) -> None:
        self._folder = folder
        self._form = form
        self._opened: dict[str, BinaryIO] = {}
        self._rows: Counter[str] = Counter()
        self._lengths: defaultdict[str, list[int]] = defaultdict(list)
        self._trained: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()

    def add(self, part: Part, example: Example) -> None:
        """Write the rows of one example."""
        for row in self._form.rows(part, example):
            if isinstance(row, LeftOut):
                self._left_out[row.reason] += 1
                continue
            self._rows[row.path] += 1
            self._file(row.path).write(as_given_json(row.value) + b"\n")
            if "input_ids" in row.value:
                self._lengths[row.path].append(len(row.value["input_ids"]))
                self._trained[row.path] += sum(label >= 0 for label in row.value["labels"])

    def _file(self, path: str) -> BinaryIO:
        if path not in self._opened:
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            self._opened[path] = target.open("wb")
        return self._opened[path]

    def manifest(
        self, version: DatasetVersion, template: TemplateSpec | None, max_length: int | None
    ) -> ExportManifest:
        """Close all files, write those beside them, and say what was written."""
        for opened in self._opened.values():
            opened.close()
        for path, data in self._form.beside(self._rows).items():
            (self._folder / path).write_bytes(data)
        return ExportManifest(
            format=self._form.name,
            export_version=EXPORT_VERSION,
            version=version,
            files=tuple(self._described(path) for path in sorted(self._rows)),
            left_out=dict(sorted(self._left_out.items())),
            template=template,
            max_length=max_length,
            lengths={p: _lengths(found, self._trained[p]) for p, found in self._lengths.items()},
        )

    def _described(self, path: str) -> ExportedFile:
        data = self._folder / path
        return ExportedFile(
            path=path,
            format=self._form.name,
            rows=self._rows[path],
            n_bytes=data.stat().st_size,
            sha256=hash_file(data),
        )


def _lengths(found: list[int], trained: int) -> Lengths:
    ordered = sorted(found)
    return Lengths(
        rows=len(ordered),
        tokens=sum(ordered),
        trained_tokens=trained,
        median=ordered[(len(ordered) - 1) // 2],
        p95=ordered[(len(ordered) * 95 + 99) // 100 - 1],
        longest=ordered[-1],
    )
