"""Reviews on their way to other tools and back: files out through the gate, judgements in.

What comes back is filed like any review, so it is durable, redacted and can be taken back. What
was said before and comes back as it went is known, and not filed again.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tracemill.base.errors import DataError, NotFoundError, UsageError
from tracemill.base.named_files import read_named
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.held.review_rows import ReviewRow, form_of
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.reviews.desk import Desk
from tracemill.records.events.reviews import ReviewForm, ReviewItem
from tracemill.records.privacy.receipts import Receipt
from tracemill.records.refs import Count, Record
from tracemill.review import TOOLS
from tracemill.review.exchange import Judgement, Tool
from tracemill.store.workspace import Workspace

_EMPTY: Final = "empty"
_KNOWN: Final = "known"
_NOT_KEPT: Final = "not_kept"
_NAMES_NOTHING: Final = "names_no_record"


class ExportedReviews(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Items and reviews that were handed to a tool."""

    folder: str
    """The folder that holds them."""
    tool: str
    """The tool."""
    files: tuple[str, ...]
    """Their paths below the folder."""
    n_items: Count
    """Things that are to be reviewed, or were."""
    n_reviews: Count
    """Reviews that went along."""
    receipt: Receipt
    """What they went through before."""


class ImportedReviews(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What came back from a tool."""

    tool: str
    """The tool."""
    filed: Count
    """Reviews that are new."""
    left_out: dict[str, int]
    """The others, by reason: known before, empty, of something that is not kept, of no record."""


def export_reviews(
    desk: Desk, workspace: Workspace, folder: Path, tool: str, *, is_forced: bool
) -> ExportedReviews:
    """Write what waits, and what was said, for a tool.

    Raises:
        NotFoundError: nothing waits, and nothing was said.
        UsageError: the folder holds something, and nobody forced it.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    require_elsewhere(workspace, folder)
    new_folder(folder, is_forced=is_forced)
    judged: defaultdict[str, list[Judgement]] = defaultdict(list)
    for row in reversed(desk.reviews()):
        if row.standing and row.step is None:
            judged[row.subject].append(_judgement(row))
    items = list(_items(desk, judged))
    if not items:
        raise NotFoundError("nothing waits, and nothing was reviewed; see: tracemill review next")
    files = TOOLS.load(tool)().write(items, desk.checklist, judged)
    data = {file.path: file.data for file in files}
    receipt = Gate(workspace).write_out("reviews", tool, folder, data)
    return ExportedReviews(
        folder=str(folder),
        tool=tool,
        files=tuple(file.path for file in files),
        n_items=len(items),
        n_reviews=sum(map(len, judged.values())),
        receipt=receipt,
    )


def import_reviews(
    workspace: Workspace, path: Path, tool: str | None, at: datetime
) -> ImportedReviews:
    """File what people said in a tool.

    Args:
        workspace: the workspace.
        path: the file that the tool exports.
        tool: the tool; None to tell it by what the file holds.
        at: when a review was given of which the tool does not say it.

    Raises:
        UsageError: the file cannot be read, or no tool is known that writes its like.
        DataError: it is not what the tool exports.
    """
    document = _document(path)
    name = tool or _tool_of(document, path)
    found: Tool = TOOLS.load(name)()
    left_out: Counter[str] = Counter()
    n_filed = 0
    by_person: defaultdict[str, list[Judgement]] = defaultdict(list)
    for one in found.read(document):
        by_person[one.reviewer].append(one)
    for person, judgements in by_person.items():
        with Desk(workspace, person) as desk:
            for one in judgements:
                reason = _file(desk, one, at)
                left_out.update([reason] if reason else [])
                n_filed += reason is None
    return ImportedReviews(tool=name, filed=n_filed, left_out=dict(sorted(left_out.items())))


def _file(desk: Desk, one: Judgement, at: datetime) -> str | None:
    """File one judgement; return why it is left out, or None."""
    if one.form == ReviewForm():
        return _EMPTY
    if not one.subject_id:
        return _NAMES_NOTHING
    try:
        entry = desk.entry(one.subject_id)
    except NotFoundError:
        return _NOT_KEPT
    said = desk.last_of(entry.item.id)
    if said is not None and form_of(said) == desk.redacted_form(one.form):
        return _KNOWN
    desk.submit(entry.item.id, one.form, one.at or at, seconds=one.seconds)
    return None


def _items(desk: Desk, judged: dict[str, list[Judgement]]) -> Iterator[ReviewItem]:
    seen = set()
    for row in desk.queue():
        seen.add(row.id)
        yield desk.entry(row.id).item
    for name in sorted(judged.keys() - seen):
        try:
            yield desk.entry(name).item
        except NotFoundError:
            continue


def _judgement(row: ReviewRow) -> Judgement:
    return Judgement(row.subject, row.reviewer, form_of(row), row.at, row.seconds)


def _document(path: Path) -> Any:
    data = read_named(path, "file of reviews")
    try:
        if path.suffix in (".md", ".markdown"):
            return data
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in data.split("\n") if line.strip()]
        return json.loads(data)
    except (ValueError, RecursionError):
        raise DataError(f"{str(path)!r}: expected JSON, found something else") from None


def _tool_of(document: Any, path: Path) -> str:
    names = list(TOOLS.names())
    known = [name for name in names if TOOLS.load(name)().recognises(document)]
    if len(known) != 1:
        raise UsageError(
            f"{str(path)!r}: expected an export of {', '.join(names)}, found none that is known; "
            "name the tool with --tool"
        )
    return known[0]
