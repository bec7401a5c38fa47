"""Like requests that were answered in unlike ways, and requests between two ways."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record

Margin = Annotated[float, msgspec.Meta(ge=-1, le=1)]


class TurnWay(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was asked in one turn, and what was done about it first."""

    trajectory_id: str
    """The session."""
    step: Count
    """Index of the person's step."""
    request: str
    """What was asked, redacted."""
    action: str | None
    """What was called first; None where the agent answered in words alone."""


class ContrastingPair(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Two requests that are alike, and were not dealt with alike."""

    differ: Literal["call_or_answer", "which_tool"]
    """Whether one was answered in words, or another tool was called first."""
    similarity: Ratio
    """How alike the requests are: the cosine of their words, rare ones counting more."""
    one: TurnWay
    """The one."""
    other: TurnWay
    """The other."""


class BoundaryTurn(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A request that stands between being answered in words and being answered by calls."""

    margin: Margin
    """How much more of its neighbours, by nearness, went its way than the other: 1 if all did, 0 if
    as many did either, below 0 where most went the other way."""
    n_neighbours: Count
    """The nearest requests that were asked."""
    n_answered: Count
    """Of those, the ones that were answered in words."""
    way: TurnWay
    """The request, and what was done."""


class ContrastList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What there is to learn from like requests."""

    pairs: tuple[ContrastingPair, ...]
    """Pairs, those that differ in whether anything was called first."""
    boundaries: tuple[BoundaryTurn, ...]
    """Requests between two ways, the narrowest first."""
    n_pairs: Count
    """How many pairs there are."""
    n_boundaries: Count
    """How many requests stand between two ways."""
    n_compared: Count
    """Requests that were compared."""
    n_turns: Count
    """Turns that were looked at; the others were taken badly, or are too long or too short."""
