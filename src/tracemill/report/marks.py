"""Marks of Markdown that every report makes alike: code spans, names of records, shares."""

from __future__ import annotations

from collections.abc import Iterable

from tracemill.base.text import measured, one_line
from tracemill.records.process.patterns import Measure
from tracemill.records.refs import Ref


def code_span(text: str, width: int = 400) -> str:
    """Return the beginning of foreign text as a code span, in which nothing is obeyed."""
    inside = one_line(text, width).replace("`", "'")
    return f"`{inside}`"


def named(refs: Iterable[Ref]) -> str:
    """Return the names of records, each as a code span."""
    return " ".join(f"`{ref.name}`" for ref in refs)


def share(side: Measure | None) -> str:
    """Return a share with the number of cases that it is of."""
    return "none" if side is None else f"{measured('share', side.value)} of {side.n:,}"
