"""Where a model fails, beside how much it was shown of that, and how often work asks for it."""

from __future__ import annotations

import msgspec

from tracemill.records.refs import Count, Record


class Gap(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One part of what models are asked: a tool, answers in words, or what examples show."""

    part: str
    """`tool:` and a tool, `answer`, or a tag of examples such as `builder:recovery`."""
    n_cases: Count
    """Cases of it that the model was asked."""
    n_failed: Count
    """Of those, the ones that it failed."""
    n_examples: Count
    """Examples to train on that show it."""
    n_sessions: Count | None
    """Sessions of recorded work that call the tool; None of what is no tool."""
    instead: dict[str, Count] = msgspec.field(default_factory=dict)
    """What the model did in its place, three at most."""


class GapReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The gaps of one model."""

    subject: str
    """What the model is called."""
    suite: str
    """The suite that it was asked."""
    dataset_id: str
    """The dataset version whose examples are counted."""
    n_sessions: Count
    """Sessions of recorded work."""
    gaps: tuple[Gap, ...]
    """What it failed most often first; at equal numbers what has fewest examples. Tools that no
    case asks for stand behind them, those of most sessions first."""
