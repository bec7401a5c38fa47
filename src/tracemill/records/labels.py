"""A judgement about a record: its value, who made it, and on what evidence."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tracemill.records.refs import Ratio, Record, Ref, Stamp

LabelName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
"""Dotted, for example `quality.tests_passed`."""


class Label(Record, frozen=True, kw_only=True):
    """One named value on one target: a bool asserts, a number scores, a text categorises."""

    target: Ref
    """What is judged."""
    name: LabelName
    """What is said about it."""
    value: bool | int | float | str
    """The value; a label that cannot be known is not given at all."""
    reason: str
    """Why, in one sentence that holds nothing of the content."""
    confidence: Ratio = 1.0
    """How sure the rule is."""
    evidence: tuple[Ref, ...] = ()
    """Records and steps that show it."""
    stamp: Stamp
    """Who says so."""
