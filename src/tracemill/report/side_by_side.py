"""Two texts side by side as one page that needs no other file and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from importlib import resources
from itertools import zip_longest
from typing import Final

from tracemill.base.text import printable

_CONTEXT: Final = 3
_CLASSES: Final = {"equal": "", "replace": "changed", "delete": "removed", "insert": "added"}


def side_by_side(title: str, old_name: str, new_name: str, old: str, new: str) -> str:
    """Return a page with what differs between two texts, each side with its line numbers."""
    style = resources.files("tracemill.report").joinpath("learning.css").read_text()
    rows = "".join(_rows(old.splitlines(), new.splitlines()))
    body = rows or '<tr><td colspan="4">No line differs.</td></tr>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{_shown(title)}</title><style>{style}</style></head><body><main>"
        f'<h1>{_shown(title)}</h1><table class="sides">'
        "<colgroup><col><col><col><col></colgroup><thead><tr>"
        f'<th colspan="2" scope="col">{_shown(old_name)}</th>'
        f'<th colspan="2" scope="col">{_shown(new_name)}</th>'
        f"</tr></thead><tbody>{body}</tbody></table></main></body></html>\n"
    )


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    groups = SequenceMatcher(None, old, new).get_grouped_opcodes(_CONTEXT)
    for number, group in enumerate(groups):
        if number:
            yield '<tr class="gap"><td colspan="4">…</td></tr>'
        for tag, first, last, new_first, new_last in group:
            left, right = range(first, last), range(new_first, new_last)
            for at, new_at in zip_longest(left, right):
                yield (
                    f"<tr>{_cells(old, at, tag, 'delete')}{_cells(new, new_at, tag, 'insert')}</tr>"
                )


def _cells(lines: Sequence[str], at: int | None, tag: str, alone: str) -> str:
    """Return the cells of one side: a number and a line, or nothing beside a line of the other."""
    if at is None:
        return "<td></td><td></td>"
    kind = _CLASSES["equal" if tag == "equal" else alone]
    mark = {"added": "ins", "removed": "del"}.get(kind, "span")
    return f'<td class="line">{at + 1}</td><td><{mark}>{_shown(lines[at])}</{mark}></td>'


def _shown(text: str) -> str:
    return escape(printable(text))
