"""What is known of a session beyond its own steps, for formats that have a place for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from tracemill.records.sessions.activity import Ending
from tracemill.records.sessions.decision_points import DecisionPoint
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.shown_tools import ShownTool
from tracemill.records.sessions.value_flows import ValueFlow
from tracemill.records.work.episodes import Outcome


class Known(NamedTuple):
    """What labels and observation say of one trajectory; None is not known."""

    outcome: Outcome = "unknown"
    """What became of the work."""
    ending: Ending = "unknown"
    """Who had the last word."""
    is_liked: bool | None = None
    """Whether the log states that a person was content with the whole."""
    reactions: tuple[Reaction, ...] = ()
    """What people said and did about the work."""
    flows: tuple[ValueFlow, ...] | None = None
    """Where the values of its calls came from."""
    decisions: tuple[DecisionPoint, ...] | None = None
    """Which results decided what was called next."""
    fields: Mapping[int, tuple[str, ...]] = MappingProxyType({})
    """By the index of a step that ran code: the fields of results that the code read."""
    tools: Mapping[str, ShownTool] = MappingProxyType({})
    """By the id of a call: what of the called tool the session shows beyond its source."""
    labels: Mapping[str, bool | int | float | str] = MappingProxyType({})
    """What is said of it, by name."""
    quality: float | None = None
    """How good the work is, 0 to 1, as its branch shows; None where too little is known."""


NOTHING_KNOWN: Final = Known()
