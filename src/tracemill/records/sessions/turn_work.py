"""What a person asked for in one turn, what was called for it, and how they took that."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.base.python_code.iteration_kinds import IterationKind
from tracemill.records.refs import Count, Record
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.trajectory import ResultStatus, ToolLevel

RequestForm = Literal["steps", "condition", "sequence", "joined", "implied"]
"""How words ask for several operations: in numbered or first and last steps; one only if something
holds; one after another; several beside each other; or by a word such as `review` that stands for
several."""

TurnFamily = Literal["cross_tool", "field_access", "tool_choice", "uncertainty"]
"""What can be learned from a turn: work over several tools, the use of what tools return, which
tool to choose, or what to do where one does not know."""

TurnPoint = Literal[
    "joining_word", "several_calls", "calls_in_a_row", "reaction_to_several",
    "reads_fields", "asks_for_field", "missing_field", "corrected_values",
    "names_lookup", "stated_sureness", "corrected_choice", "asked_which", "voiced_doubt",
]  # fmt: skip
"""Why a turn is worth to be looked at.

Work over several tools: the request says `and`, `then`, `after` or `if`; several calls were made,
or two with no word between; a person reacted to several calls. What tools return: code reads
fields; the request names a field; a field was missing or empty; a person corrected what was made of
fields. Which tool: the request names what is looked up (`definition`, `references`); the agent says
how sure it is; a correction names a tool; the agent asked which of several was meant. What is not
known: the agent says that it does not know, only supposes, is surprised, or looks to find out."""

FAMILY_OF: dict[TurnPoint, TurnFamily] = {
    "joining_word": "cross_tool",
    "several_calls": "cross_tool",
    "calls_in_a_row": "cross_tool",
    "reaction_to_several": "cross_tool",
    "reads_fields": "field_access",
    "asks_for_field": "field_access",
    "missing_field": "field_access",
    "corrected_values": "field_access",
    "names_lookup": "tool_choice",
    "stated_sureness": "tool_choice",
    "corrected_choice": "tool_choice",
    "asked_which": "tool_choice",
    "voiced_doubt": "uncertainty",
}
"""The family of each."""


class TurnCall(Record, frozen=True, kw_only=True):
    """One call of a turn."""

    step: Count
    """Index of the step that called."""
    tool: str
    """Name of the tool."""
    action: str
    """What was called: the tool, or a command of the shell such as `git status`."""
    status: ResultStatus | None = None
    """How it ended; None where nothing came back."""
    is_wrong: bool = False
    """Whether it failed by itself: an answer such as that of `grep`, which finds nothing, is no
    failure."""
    tool_level: ToolLevel | None = None
    """What was called: a tool that was there, code, or what the model itself wrote before; None
    where nothing is kept of what was called with."""
    tool_version: str | None = None
    """Version of the tool, as the source or a result of the session told it last before the call
    ended; None where neither did."""


AccessPattern = Literal[
    "count_then_iterate", "state_then_read", "test_then_iterate", "iterate", "test", "read"
]
"""What code does with a result: it tests a count and loops over the rest; it tests whether the
call succeeded and then reads; it tests another field and loops; or only loops, tests or reads."""


class FieldLog(Record, frozen=True, kw_only=True):
    """What one piece of code does with the result of one function."""

    step: Count
    """Index of the step whose call runs the code."""
    tool: str
    """The function whose result it is."""
    fields_accessed: tuple[str, ...]
    """The fields that are read, as `errors[].line`, each once, in order."""
    access_pattern: AccessPattern
    """What it does with them."""
    iteration: IterationKind | None = None
    """Which elements its narrowest loop takes; None where there is no loop."""
    iteration_limit: Count | None = None
    """How many at most, where that stands in the code."""
    conditional: str | None = None
    """The first test that asks for a field, as Python writes it; None where there is none."""


class Complaint(Record, frozen=True, kw_only=True):
    """That a person said of a turn's work that something does not do what it should."""

    step: Count
    """Index of the step in which they said it."""
    says: str
    """The sentence that says so, redacted, at most 200 characters."""
    action: str | None = None
    """What was called in the turn and is named in the sentence; None where nothing is."""


class TurnWork(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One turn of a person: the request, the calls, and how it was taken."""

    trajectory_id: str
    """The trajectory."""
    step: Count
    """Index of the person's step."""
    at: datetime | None = None
    """When it was said."""
    request: str
    """What was said, redacted, at most 2,000 characters."""
    form: RequestForm | None = None
    """How it asks for several operations; None where it asks for one, or for none."""
    calls: tuple[TurnCall, ...] = ()
    """The calls, in their order."""
    accesses: tuple[FieldLog, ...] = ()
    """What code of the calls does with fields of results."""
    doubts: tuple[Count, ...] = ()
    """Indexes of the steps in which the agent voices doubt, in order."""
    points: tuple[TurnPoint, ...] = ()
    """Why the turn is worth to be looked at; none where nothing speaks for it."""
    reaction: ReactionKind | None = None
    """What the person said or did about it that speaks most clearly and is sure."""
    strength: float | None = None
    """How good or bad that is for the turn, from -1 to 1."""
    seconds: float | None = None
    """From the request to the last step for it; None where a moment is unknown."""
    complaint: Complaint | None = None
    """What the person said next to be broken, missing or wrong in what came of it; None where they
    said nothing of the sort."""
    instead: str | None = None
    """What was called first after a person had corrected the one action of this turn, where that
    is another action."""

    @property
    def actions(self) -> tuple[str, ...]:
        """What was called, each once, in its order."""
        return tuple(dict.fromkeys(call.action for call in self.calls))

    @property
    def families(self) -> tuple[TurnFamily, ...]:
        """What can be learned from it."""
        return tuple(dict.fromkeys(FAMILY_OF[point] for point in self.points))


class SeenField(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One field of what an action returns, as far as it returns JSON objects."""

    action: str
    """What was called."""
    field: str
    """The field's name; those within are written `outer.inner`, of lists `outer[].inner`."""
    n: Count
    """How often it was there."""
    n_empty: Count
    """How often it was null."""
    kinds: dict[str, Count] = msgspec.field(default_factory=dict)
    """How often it held what: `text`, `number`, `true`, `false`, `list`, `empty list`, `object`."""


class TurnsOfSession(Record, frozen=True, kw_only=True):
    """What is read off one session, turn by turn."""

    trajectory_id: str
    """The trajectory."""
    person: str | None = None
    """Whose home folder it began in, by the stand-in of the name; None where it began elsewhere, or
    nobody knows."""
    turns: tuple[TurnWork, ...] = ()
    """Turns of a person, those of branches that were left out."""
    unasked: tuple[TurnCall, ...] = ()
    """Calls before a person's first word, and all of a subagent."""
    seen: tuple[SeenField, ...] = ()
    """Fields of results."""
