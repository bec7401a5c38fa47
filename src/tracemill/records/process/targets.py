"""What was hoped for, beside what was measured. A hope is never a result."""

from __future__ import annotations

import msgspec

from tracemill.records.process.patterns import Measure, Unit
from tracemill.records.refs import Record


class Aim(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One step of what was hoped for."""

    at: str
    """When, for example `after 10 projects`."""
    value: float
    """What was hoped for."""


class Target(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was hoped for in one number."""

    what: str
    """What is counted, in a few words."""
    metric: str | None = None
    """The metric that counts it; None where none does."""
    part: str | None = None
    """The part of suites that shows it in a model, as `check:tool`; None where none does."""
    only: dict[str, str] = msgspec.field(default_factory=dict)
    """Facts that the work must have of which the metric is; empty for all of it."""
    unit: Unit
    """Whether it is a share or a mean."""
    before: float | None = None
    """What it was thought to be without any of this; None where nobody said."""
    aims: tuple[Aim, ...]
    """What was hoped for, the soonest first."""


class MeasuredTarget(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A hope with what was measured."""

    target: Target
    """What was hoped for."""
    measured: Measure | None
    """The metric of all that is held, or what the model in use does, or else the one evaluated
    last; None where nothing is, or nothing counts it."""
    models: tuple[Measure, ...] = ()
    """For a part of suites: the latest evaluation of each model, the oldest first."""


class TargetList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything that was hoped for."""

    targets: tuple[MeasuredTarget, ...]
    """In the order of their file."""
