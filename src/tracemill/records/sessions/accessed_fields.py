"""What the code of a session's tool calls does with the fields of results."""

from __future__ import annotations

from typing import Literal

from tracemill.base.python_code.iteration_kinds import IterationKind
from tracemill.records.refs import Count, Record


class AccessedField(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the code of one trajectory does with one field of what one function returns."""

    call: str
    """Name of the function, or tool, whose result holds the field."""
    field: str | None
    """The way from the result to it, as `errors[].line`; None for the result itself."""
    n_reads: Count
    """How often code reads it."""
    n_tests: Count
    """How many tests of `if` and `while` ask for it."""
    n_full: Count
    """Loops over all that it holds."""
    n_limited: Count
    """Loops over the first of what it holds."""
    n_filtered: Count
    """Loops over what passes a test."""
    n_grouped: Count
    """Loops that put together by a key what it holds."""
    limits: tuple[Count, ...]
    """The limits of its loops, as far as they stand in the code, each once, sorted."""


class FieldTest(Record, frozen=True, kw_only=True):
    """A test of `if` or `while` that asks for fields."""

    step: Count
    """Index of the step whose call runs the code."""
    call_id: str
    """That call."""
    keyword: Literal["if", "while"]
    """Which statement; a conditional expression counts as `if`."""
    test: str
    """The test as Python writes it, redacted, at most 200 characters."""
    fields: tuple[tuple[str, str], ...]
    """Function and field of each that it asks for, once, in order."""
    chosen: tuple[str, ...] = ()
    """Functions that its branches call, once, in order."""


class FieldLoop(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A loop over a result, or over one of its fields."""

    step: Count
    """Index of the step whose call runs the code."""
    call_id: str
    """That call."""
    call: str
    """Name of the function, or tool, whose result it is."""
    field: str | None
    """What is looped over; None for the result itself."""
    kind: IterationKind
    """Which elements."""
    limit: Count | None
    """How many at most, where that stands in the code."""


class AccessedFields(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the code of one trajectory's tool calls does with fields."""

    trajectory_id: str
    """The trajectory."""
    fields: tuple[AccessedField, ...]
    """What is read most often first."""
    tests: tuple[FieldTest, ...]
    """In the order in which they stand, at most 10,000."""
    loops: tuple[FieldLoop, ...]
    """In the order in which they stand, at most 10,000."""
    n_codes: Count
    """Pieces of Python that calls run."""
    n_reading: Count
    """Of those, the ones that read a field of a result."""
    n_unparsed: Count
    """Of those, the ones that do not parse; nothing is known of what they read."""
    n_unfollowed: Count
    """Fields read of values of which no call is known, as of a function's parameters."""
