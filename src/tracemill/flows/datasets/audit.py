"""An audit of anyone's dataset files: nothing of them is kept or changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import orjson

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.lines import OversizeLine, split_lines
from tracemill.base.named_files import missing, read_named, unread
from tracemill.curate.checks import Checked, run_checks
from tracemill.curate.checks.protocol import MAX_SHOWN, at_most, share
from tracemill.curate.checks.wording import everything_said
from tracemill.export.trainers.dataset_format import Part
from tracemill.flows.datasets.versions import LINEAGE_FILE, MANIFEST
from tracemill.flows.executors.protocol import Executor
from tracemill.records.datasets.audits import AuditReport, CheckResult, FailingRow, TrainingRow
from tracemill.sources.building.training_rows import read_training_row
from tracemill.sources.reading.json_lines import BadShapeError

if TYPE_CHECKING:
    from tracemill.curate.copies.near_duplicates import Pair, Text
    from tracemill.curate.copies.word_runs import EvaluationRuns

_BLOCK_BYTES: Final = 2**20
_ENDINGS: Final = (".jsonl", ".json")
_KINDS: Final = " or ".join(_ENDINGS)
_BESIDE_ROWS: Final = frozenset({
    "croissant.json", "dataset_infos.json", LINEAGE_FILE, MANIFEST, "receipt.json",
    "rejects.jsonl",
})  # fmt: skip
"""What tells of a dataset's rows in its folder, and holds none of them."""
_NAMED_FOLDERS: Final = 3


def audit_files(
    places: Sequence[Path],
    before: Sequence[Path] = (),
    against: Sequence[Path] = (),
    executor: Executor | None = None,
    *,
    tools: Path | None = None,
) -> AuditReport:
    """Read rows from files, or from the files of folders, and run every check on them.

    Every row is held to the tools that a file names, where one is given, whatever it declares.

    Raises:
        NotFoundError: a place does not exist, holds no dataset file, or no line.
        UsageError: no place was named, or a file cannot be read.
    """
    if not places:
        raise UsageError(f"expected {_KINDS} files to check, or folders that hold them")
    files = list(dataset_files(places))
    rows: list[TrainingRow] = []
    unread: list[FailingRow] = []
    for path in files:
        rows.extend(rows_of(path, unread, _kept_apart(path)))
    if not rows and not unread:
        raise NotFoundError(f"no row to check in {', '.join(repr(str(path)) for path in files)}")
    if tools is not None:
        held = read_tools(tools)
        rows = [msgspec.structs.replace(row, tools=held) if any(row.calls) else row for row in rows]
    earlier: list[TrainingRow] = []
    for path in dataset_files(before):
        earlier.extend(rows_of(path, [], _kept_apart(path)))
    return AuditReport(
        files=tuple(map(str, files)),
        rows=dict(sorted(Counter(row.split or "unnamed" for row in rows).items())),
        checks=(
            readable(len(rows), unread),
            *run_checks(
                Checked(
                    rows,
                    earlier,
                    evaluated=evaluation_runs(against),
                    compare=None if executor is None else _comparing(executor),
                )
            ),
        ),
    )


def read_tools(path: Path) -> tuple[dict[str, Any], ...]:
    """Return the tools that a JSON file names: an array of schemas or of names alone.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it is no such array.
    """
    text = read_named(path, "list of tools")
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{str(path)!r}: expected JSON, {error}") from error
    if not isinstance(found, list):
        found = [None]
    named = [{"function": {"name": each}} if isinstance(each, str) else each for each in found]
    if not all(map(_names_tool, named)):
        raise UsageError(f"{str(path)!r}: expected an array of names or of schemas with names")
    return tuple(named)


def _names_tool(tool: Any) -> bool:
    function = tool.get("function", tool) if isinstance(tool, dict) else None
    return isinstance(function, dict) and isinstance(function.get("name"), str)


def _comparing(
    executor: Executor,
) -> Callable[[Sequence[Text], float, Sequence[bool]], Sequence[Pair]]:
    from tracemill.flows.datasets.near_duplicates import near_duplicates_on

    return partial(near_duplicates_on, executor)


def evaluation_runs(places: Sequence[Path]) -> EvaluationRuns | None:
    """Return what models are judged on; None where none is named, or nothing installed to compare.

    Raises:
        NotFoundError: a place does not exist, or holds no row.
    """
    if not places:
        return None
    rows = [row for path in dataset_files(places) for row in rows_of(path, [])]
    if not rows:
        raise NotFoundError(f"no row to compare with in {', '.join(map(str, places))}")
    try:
        from tracemill.curate.copies.word_runs import EvaluationRuns
    except ModuleNotFoundError:
        return None
    return EvaluationRuns(list(map(everything_said, rows)))


def dataset_files(places: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that places mean: themselves, or the files of rows that a folder holds.

    Raises:
        NotFoundError: a place does not exist, or holds no file of rows.
    """
    for place in places:
        if place.is_dir():
            found = sorted(path for path in place.iterdir() if _holds_rows(path))
            if not found:
                raise NotFoundError(f"{str(place)!r} holds no {_KINDS} file{_deeper(place)}")
            yield from found
        elif place.exists():
            yield place
        else:
            raise missing(place, "dataset")


def _holds_rows(path: Path) -> bool:
    return path.suffix in _ENDINGS and path.name not in _BESIDE_ROWS


def _deeper(place: Path) -> str:
    """Say which folders further down hold dataset files: each is a dataset of its own."""
    found = sorted({path.parent for path in place.rglob("*") if _holds_rows(path)})
    if not found:
        return ""
    named = ", ".join(repr(str(folder)) for folder in found[:_NAMED_FOLDERS])
    more = f" and {len(found) - _NAMED_FOLDERS} more" if len(found) > _NAMED_FOLDERS else ""
    return f" itself; name one of its folders that do: {named}{more}"


def _kept_apart(path: Path) -> Part | None:
    """Return the part of a dataset version that a file is; None where it is of no version."""
    return Part.of_file(path.name) if (path.parent / MANIFEST).is_file() else None


Lines = Iterator[tuple[int, object]]
"""The number of each line, and what its JSON says; an error stands for a line that is no JSON."""


def rows_of(
    path: Path,
    unread: list[FailingRow],
    part: Part | None = None,
    through: Callable[[Path, Lines], Lines] | None = None,
) -> Iterator[TrainingRow]:
    """Yield the rows of a file, which are of one part; what is no row is noted in `unread`.

    What its lines say goes `through` whoever looks at it as well, where one is named.
    """
    kind = part.kind if part else ""
    for number, value in through(path, _values(path)) if through else _values(path):
        try:
            if isinstance(value, BadShapeError):
                raise value
            row = read_training_row(value, path.name, number)
            yield msgspec.structs.replace(row, part=kind) if kind else row
        except BadShapeError as error:
            unread.append(FailingRow(file=path.name, line=number, detail=str(error)))


def _values(path: Path) -> Lines:
    """Yield each row with its number."""
    try:
        with path.open("rb") as opened:
            start = opened.read(64).lstrip()
            opened.seek(0)
            if start.startswith(b"["):
                yield from _items(opened.read())
                return
            blocks = iter(lambda: opened.read(_BLOCK_BYTES), b"")
            for number, line in enumerate(split_lines(blocks), 1):
                if isinstance(line, OversizeLine):
                    yield number, BadShapeError("expected a shorter line")
                elif not line.raw.isspace():
                    yield number, _value(line.raw)
    except OSError as error:
        raise unread(path, "dataset file", error) from error


def _items(data: bytes) -> Lines:
    from tracemill.sources.reading.documents import NotADocumentError, take_apart

    try:
        found = take_apart(data, ())
    except NotADocumentError as error:
        yield 1, BadShapeError(str(error))
        return
    for number, item in enumerate(found.items, 1):
        yield number, _value(item.data)


def _value(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return BadShapeError("expected JSON, found something else")


def readable(n_rows: int, unread: list[FailingRow]) -> CheckResult:
    """Return how many lines are no row."""
    n_lines = n_rows + len(unread)
    measured = share(len(unread), n_lines)
    return CheckResult(
        name="readable_rows",
        verdict=at_most(measured, 0.0),
        measured=measured,
        threshold=0.0,
        n_rows=n_lines,
        n_failing=len(unread),
        says=f"{len(unread):,} of {n_lines:,} lines are no row that a trainer reads",
        failing=tuple(unread[:MAX_SHOWN]),
    )
