"""A stretch of a list that is held whole, where `browsing` asks the index for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from tracemill.flows.held.lookup import open_index
from tracemill.flows.views.browsing import Asked, Stretch
from tracemill.store.workspace import Workspace

R = TypeVar("R")


def stretch_of(
    rows: Sequence[R], asked: Asked, chosen: tuple[str, ...], searched: tuple[str, ...]
) -> Stretch[R]:
    """Return the rows that are asked for, in the order in which they come.

    Args:
        rows: all rows.
        asked: which of them.
        chosen: fields of which a person may choose a value.
        searched: fields in which a person's words are looked for.
    """
    words = asked.text.strip().lower()
    found = [
        row
        for row in rows
        if all(_said(row, field) == value for field, value in asked.only.items())
        and (not words or any(words in (_said(row, f) or "").lower() for f in searched))
    ]
    tallies = {
        field: dict(Counter(filter(None, (_said(row, field) for row in rows))).most_common())
        for field in chosen
    }
    end = asked.first + asked.limit
    return Stretch(found[asked.first : end], asked.first, len(found), tallies)


def _said(row: Any, field: str) -> str | None:
    value = getattr(row, field)
    return None if value is None else str(value)


def session_titles(workspace: Workspace, names: Iterable[str | None]) -> dict[str, str]:
    """Return by id what sessions are called; one that has no title is not there."""
    wanted = sorted({name for name in names if name is not None})
    with open_index(workspace) as index:
        found = {name: index.find("session", name) for name in wanted}
    return {name: rows[0]["title"] for name, rows in found.items() if rows and rows[0]["title"]}
