"""Conduct: what is asked of answers in words, as people write it down for a suite."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracemill.records.datasets.recipes import Name
from tracemill.records.refs import Record

ConductRule = Literal["asks_back"]
"""What a rule looks for before a judge is asked: that a person is asked something."""

Words = Annotated[str, msgspec.Meta(min_length=1)]


class ConductCase(Record, frozen=True, kw_only=True):
    """A request, and what its answer should do."""

    shows: Name
    """What it is about; a part of the suite is called so."""
    request: Words
    """What is asked for."""
    asks: Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
    """Questions about the answer, to each of which yes is right."""
    rule: ConductRule | None = None
    """What must hold besides, by a rule; None for nothing."""
    fits: Words
    """An answer that does what is asked of it, by which a judge is tried."""
    misses: Words
    """One that does not, though it looks like one."""


class ConductFile(Record, frozen=True, kw_only=True):
    """The cases of a file."""

    case: Annotated[tuple[ConductCase, ...], msgspec.Meta(min_length=1)]
    """Each of them."""
