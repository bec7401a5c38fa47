"""Rows that agents made up outside come in: redacted, put on the ladder, and kept as made up."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import orjson

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.ids import make_id
from tracemill.base.named_files import read_bytes
from tracemill.curate.selecting.rows import training_row
from tracemill.flows.datasets.audit import dataset_files
from tracemill.flows.datasets.made_up import MADE, read_made, real_examples
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.privacy.documents import RedactedFile, redacted_file
from tracemill.flows.synthesis.verifying import verify_rows
from tracemill.llm.judging import AskJudge
from tracemill.records.canonical import row_lines
from tracemill.records.datasets.audits import FailingRow
from tracemill.records.datasets.examples import ChatExample, Lineage
from tracemill.records.refs import Span
from tracemill.records.synth.generators import ImportedRows
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.records.synth.verification import VerifiedRow
from tracemill.redact import Redactor
from tracemill.sources.building.training_rows import read_training_row
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.store.workspace import Workspace, write_whole
from tracemill.synth.outside import (
    About,
    chat_example,
    outside_example,
    read_about,
    readable,
)
from tracemill.synth.taxonomy import load_taxonomy

_FOLDER: Final = "outside"


class _Came(NamedTuple):
    """A row that came in."""

    example: ChatExample
    about: About
    file: str
    line: int


def import_made(
    workspace: Workspace, places: Sequence[Path], ask: AskJudge | None = None
) -> ImportedRows:
    """Keep rows of files that are not rejected; those that are there already are counted.

    Raises:
        NotFoundError: a place does not exist, or holds no row.
        UsageError: no place was named, or a file cannot be read.
        DataError: redaction failed, so nothing is kept.
    """
    if not places:
        raise UsageError("expected files of rows to import, or folders that hold them")
    workspace.create()
    files = list(dataset_files(places))
    found: Counter[str] = Counter()
    refused: list[FailingRow] = []
    redactor = own_redactor(workspace).redactor
    came = [row for path in files for row in _rows(path, redactor, found, refused)]
    if not came and not refused:
        raise NotFoundError(f"no row to import in {', '.join(repr(str(path)) for path in files)}")
    there = {each.id for each in _all_made(workspace)}
    new = [each for each in came if each.example.id not in there]
    verified, made = _verified(workspace, new, refused, ask)
    kept_in = _keep(workspace, made)
    return ImportedRows(
        files=tuple(map(str, files)),
        n_rows=len(came) + len(refused),
        n_kept=len(made),
        n_there=len(came) - len(new),
        standings=dict(sorted(Counter(row.standing for row in verified).items())),
        rejected=dict(sorted(Counter(map(_why, filter(_is_rejected, verified))).items())),
        categories=dict(sorted(Counter(each.category for each in made).items())),
        redacted=dict(sorted(found.items())),
        kept_in=None if kept_in is None else str(kept_in),
    )


def _rows(
    path: Path, redactor: Redactor, found: Counter[str], refused: list[FailingRow]
) -> Iterator[_Came]:
    """Yield the rows of a file with stand-ins in place of what nobody may read."""
    data = read_bytes(path, "rows")
    clean = redacted_file(data, redactor)
    found.update(clean.found)
    content = hashlib.sha256(data).hexdigest()
    for number, (line, span) in enumerate(_lines(clean, data), 1):
        if not line.strip():
            continue
        try:
            yield _came(line, path.name, number, _origin(path.name, content, number, span))
        except BadShapeError as error:
            refused.append(FailingRow(file=path.name, line=number, detail=str(error)))


def _lines(clean: RedactedFile, data: bytes) -> Iterator[tuple[bytes, Span]]:
    """Yield the redacted rows of a file, each with the bytes that it had before."""
    whole = Span(start=0, end=len(data))
    if clean.form == "json" and clean.data.lstrip().startswith(b"["):
        yield from ((orjson.dumps(item), whole) for item in orjson.loads(clean.data))
        return
    clean_lines, lines = clean.data.splitlines(keepends=True), data.splitlines(keepends=True)
    start = 0
    for at, line in enumerate(clean_lines):
        end = start + len(lines[at]) if len(lines) == len(clean_lines) else start
        yield line, Span(start=start, end=end) if end > start else whole
        start = end


def _came(line: bytes, name: str, number: int, lineage: Lineage) -> _Came:
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise BadShapeError("expected JSON, found something else") from None
    row = read_training_row(value, name, number)
    if not readable(row):
        raise BadShapeError("expected calls with a name and arguments, found others")
    example = chat_example(row.messages, row.tools, [lineage])
    return _Came(example, read_about(value), name, number)


def _origin(name: str, content: str, number: int, span: Span) -> Lineage:
    """Return where a row came from: a file that nobody of the workspace wrote."""
    return Lineage(
        episode_id=make_id("episode", "outside", content, str(number)),
        trajectory_id=make_id("trajectory", "outside", content, str(number)),
        first_step=0,
        last_step=0,
        input_id=make_id("input", "outside", content),
        uri=name,
        content=content,
        span=span,
    )


def _all_made(workspace: Workspace) -> Iterator[SyntheticExample]:
    for path in sorted(workspace.synth.glob(MADE)):
        yield from read_made(path)


def _verified(
    workspace: Workspace,
    came: Sequence[_Came],
    refused: Sequence[FailingRow],
    ask: AskJudge | None,
) -> tuple[list[VerifiedRow], list[SyntheticExample]]:
    rows = [
        msgspec.structs.replace(training_row(each.example), file=each.file, line=each.line)
        for each in came
    ]
    known = [training_row(each) for each in real_examples(workspace)]
    known += [training_row(each.example) for each in _all_made(workspace)]
    verified = list(verify_rows(rows, known, refused, ask=ask).rows)
    taxonomy = load_taxonomy()
    made: dict[str, SyntheticExample] = {}
    for each, row, result in zip(came, rows, verified[: len(rows)], strict=True):
        if not _is_rejected(result):
            example = outside_example(each.example, row, each.about, taxonomy, result)
            made.setdefault(example.id, example)
    return verified, list(made.values())


def _is_rejected(row: VerifiedRow) -> bool:
    return row.standing == "rejected"


def _why(row: VerifiedRow) -> str:
    return next(each.check for each in row.judgements if each.verdict == "fail")


def _keep(workspace: Workspace, made: Sequence[SyntheticExample]) -> Path | None:
    if not made:
        return None
    data = row_lines(made)
    folder = workspace.synth / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"examples-{hashlib.sha256(data).hexdigest()[:16]}.jsonl"
    write_whole(path, data)
    return path
