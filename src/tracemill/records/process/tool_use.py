"""What all sessions together say of tools: how each fares, what follows what, who asks for what."""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.base.python_code.iteration_kinds import IterationKind
from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.sessions.trajectory import ToolLevel
from tracemill.records.sessions.turn_work import (
    AccessPattern,
    RequestForm,
    TurnFamily,
    TurnPoint,
)

ToolShare = Literal["against", "failed", "in_favour"]
"""What a share of calls or turns is of: turns that were taken badly or well, calls that failed."""


class ToolRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How one action fared: a tool, or a command of the shell such as `git status`."""

    action: str
    """What was called."""
    n_calls: Count
    """Calls."""
    n_sessions: Count
    """Sessions in which it was called."""
    n_known: Count
    """Calls of which it is known how they ended."""
    n_failed: Count
    """Of those, the ones that failed by themselves."""
    low: float | None
    """Lower end of the 95 % interval of the share that failed; None where nothing is known."""
    high: float | None
    """Upper end."""
    n_turns: Count
    """Turns in which it was called and to which a person surely reacted."""
    n_against: Count
    """Of those, turns that the person corrected, refused, rephrased or gave up."""
    n_in_favour: Count
    """Of those, turns that the person accepted or went on from."""
    levels: dict[ToolLevel, Count] = msgspec.field(default_factory=dict)
    """Calls by what they call; those of which nothing tells are left out."""
    versions: dict[str, Count] = msgspec.field(default_factory=dict)
    """Calls by the version that was called, as far as that was shown."""


class ToolSequence(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Actions that follow one another within a turn; the same one in a row counts once."""

    actions: tuple[str, ...]
    """The actions, in their order."""
    n_turns: Count
    """Turns in which they do."""
    n_sessions: Count
    """Sessions in which they do."""
    support: Ratio
    """Share of the sessions that call several actions in one turn."""
    n_asked: Count
    """Those sessions."""
    n_people: Count
    """People in whose sessions they do, as far as home folders tell them apart."""
    people: Ratio | None
    """Share of the people whose sessions call several actions in one turn; None where no home
    folder tells of anybody."""
    n_everybody: Count
    """Those people."""
    confidence: Ratio
    """How often the last action came next where the ones before it had been called."""
    usual: Ratio
    """How often the last action comes next whatever was before."""


class ToolPhrase(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Words of a request and the action that was called first."""

    words: str
    """The words; names, paths and quotes are `X`."""
    action: str
    """What was called first."""
    n: Count
    """Requests with the words that led to it."""
    n_words: Count
    """Requests with the words that led to any call."""
    usual: Ratio
    """How often any request leads to it."""
    q_value: Ratio
    """How often chance alone does as much, corrected for all phrases that were looked at."""
    others: dict[str, Count] = msgspec.field(default_factory=dict)
    """What else was called first behind these words, three at most."""


class ToolConfusion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What came in the place of an action when a person had corrected it."""

    action: str
    """What was called, as the only one of its turn."""
    instead: str
    """What was called first after the correction."""
    n: Count
    """How often."""
    requests: tuple[str, ...]
    """How the turns that went wrong were asked for, three at most, redacted and cut."""


class FieldUse(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What code does with one field of what a function returns, and what actions return in it."""

    tool: str
    """The function, or the action that returned it."""
    field: str
    """The field."""
    n_codes: Count
    """Pieces of code that read it."""
    share: Ratio | None
    """Of all that read a field of this function's results; None where no code reads any."""
    n_seen: Count
    """How often a result held it."""
    n_empty: Count
    """How often it was null."""
    kinds: dict[str, Count] = msgspec.field(default_factory=dict)
    """What it held, by kind."""


class AccessUse(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What code does with the results of one function."""

    tool: str
    """The function."""
    n_codes: Count
    """Pieces of code that use its results."""
    patterns: dict[AccessPattern, Count]
    """What they do, by pattern."""
    iterations: dict[IterationKind, Count]
    """Which elements their loops take."""
    limits: tuple[Count, ...]
    """The limits of loops, each once, sorted."""


ToolKind = Literal["tools", "sequences", "phrases", "confusions", "fields", "accesses"]
"""What can be listed."""


class ToolUse(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything that sessions say of tools."""

    n_sessions: Count
    """Sessions that were looked at."""
    n_turns: Count
    """Turns of people in them."""
    n_calls: Count
    """Calls."""
    n_answered: Count
    """Calls that something came back for."""
    n_known: Count
    """Calls of which it is known how they ended."""
    n_failed: Count
    """Of those, the ones that failed by themselves."""
    n_several: Count
    """Turns with two different actions or more."""
    n_several_taken: Count
    """Of those, the ones to which a person surely reacted."""
    n_several_in_favour: Count
    """Of those, the ones that the person accepted or went on from."""
    n_taken: Count
    """Turns to which a person surely reacted."""
    n_in_favour: Count
    """Of those, turns that the person accepted or went on from."""
    n_against: Count
    """Of those, turns that the person corrected, refused, stopped, edited, asked again or gave
    up."""
    between: dict[ToolShare, tuple[Ratio, Ratio]]
    """How low and how high the share of what failed, or was taken badly or well, may lie at 95 %,
    where calls and turns of one session say less than those of many."""
    n_timed: Count
    """Turns with calls of which it is known how long they took."""
    median_seconds: float | None
    """How long the middle one of them took; None where there is none."""
    families: dict[TurnFamily, Count]
    """Turns from which something can be learned, by what; one may count in several."""
    points: dict[TurnPoint, Count]
    """Why, turn by turn."""
    forms: dict[RequestForm, Count]
    """How requests ask for several operations."""
    n_said_several: Count
    """Turns with several calls whose request asks for several operations."""
    n_called_several: Count
    """Turns with several calls."""
    levels: dict[ToolLevel, Count]
    """Calls by what they call: tools that were there, code, tools that models wrote; those of which
    nothing tells are left out."""
    tools: tuple[ToolRow, ...]
    """Actions, the most frequent first."""
    sequences: tuple[ToolSequence, ...]
    """Those that stand in most sessions first."""
    phrases: tuple[ToolPhrase, ...]
    """The surest first."""
    confusions: tuple[ToolConfusion, ...]
    """The most frequent first."""
    fields: tuple[FieldUse, ...]
    """By function, what is read most first."""
    accesses: tuple[AccessUse, ...]
    """By function, the most used first."""
