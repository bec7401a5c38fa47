"""Which fields of a record hold foreign text.

Every field that can hold text does unless `VERBATIM` lists it, so a new field is redacted
until somebody decides otherwise.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple, cast

from msgspec import inspect

from tracemill.records.events.event import (
    BareLines,
    Captured,
    ChangeUndone,
    Checkpoint,
    CiJob,
    CiRun,
    CoAuthor,
    Comment,
    Commit,
    CommitStatus,
    EventBase,
    Feedback,
    FileChange,
    FileVersion,
    GateRun,
    HumanReview,
    Issue,
    LineFate,
    LinesAdded,
    LinesMoved,
    PullRequest,
    Push,
    Review,
    ReviewUndone,
    TeamReport,
    Todo,
)
from tracemill.records.events.forge import Actor
from tracemill.records.events.gates import GateResult
from tracemill.records.inputs import Input
from tracemill.records.process.experiments import ExperimentEvent
from tracemill.records.process.suggestions import Refusal
from tracemill.records.refs import Origin, Record, Ref
from tracemill.records.sessions.trajectory import Remainder, Step, ToolCall, ToolResult, Trajectory
from tracemill.records.work.changes import ChangedText, StepChanges

VERBATIM: Final[Mapping[type[Record], frozenset[str]]] = {
    Origin: frozenset({"source", "input_id"}),
    Step: frozenset({"trajectory_id", "model", "native_id", "native_parent_id"}),
    ToolCall: frozenset({"id"}),
    ToolResult: frozenset({"commit", "call_id"}),
    Remainder: frozenset({"format"}),
    Trajectory: frozenset({"id", "session_id", "parent_id", "agent", "models", "base_commit"}),
    EventBase: frozenset({"id", "trajectory_id"}),
    Feedback: frozenset({"call_id"}),
    Todo: frozenset({"native_id"}),
    Commit: frozenset({"sha", "parents", "cherry_picked", "checkpoints"}),
    CoAuthor: frozenset({"agent"}),
    ChangeUndone: frozenset({"commit", "undone"}),
    BareLines: frozenset({"commit"}),
    LinesAdded: frozenset({"commit"}),
    LineFate: frozenset({"commit"}),
    LinesMoved: frozenset({"commit"}),
    Checkpoint: frozenset({"checkpoint_id", "session_id", "model", "first_native_id"}),
    FileVersion: frozenset({"commit", "object_id"}),
    FileChange: frozenset({"status", "object_id", "old_object_id"}),
    ChangedText: frozenset({"status"}),
    StepChanges: frozenset({"episode_id", "commit"}),
    Captured: frozenset({"session_id"}),
    PullRequest: frozenset({"head_commit", "merge_commit", "commits"}),
    Review: frozenset({"native_id", "commit"}),
    Comment: frozenset({"native_id", "commit", "review_id", "reply_to"}),
    Issue: frozenset({"native_id"}),
    Push: frozenset({"before", "after", "commits"}),
    CiRun: frozenset({"run_id", "commit"}),
    CiJob: frozenset({"run_id", "native_id", "commit"}),
    CommitStatus: frozenset({"native_id", "commit"}),
    GateRun: frozenset({"tool", "commit", "run_id"}),
    GateResult: frozenset({"id", "gate_run_id", "commit"}),
    TeamReport: frozenset({"session_id"}),
    Ref: frozenset({"id"}),
    HumanReview: frozenset({"review_id", "basis", "session_ids"}),
    ReviewUndone: frozenset({"review_id"}),
    Input: frozenset({"id", "source", "content", "n_records"}),
    ExperimentEvent: frozenset({"experiment_id", "suggestion_id", "pattern"}),
    Refusal: frozenset({"suggestion_id"}),
}
"""Ids, hashes and names of our own or that links depend on, by the class that declares them."""

IDENTITIES: Final[Mapping[type[Record], frozenset[str]]] = {
    Commit: frozenset({"author"}),
    Actor: frozenset({"person"}),
    CoAuthor: frozenset({"name"}),
    ExperimentEvent: frozenset({"by"}),
    Refusal: frozenset({"by"}),
}
"""Fields whose whole value names a person."""


class Fields(NamedTuple):
    """The fields of one record type that hold foreign text."""

    names: tuple[str, ...]
    """Their names."""
    values: operator.attrgetter[tuple[Any, ...]]
    """Gets their values, in the order of the names; it may give more."""
    people: frozenset[str]
    """Those of them whose whole value names a person."""


@cache
def fields_of(kind: type[Record]) -> Fields:
    """Return what of a record type is to be redacted."""
    names = foreign_fields(kind)
    people = frozenset().union(*(IDENTITIES.get(base, ()) for base in kind.__mro__))
    # attrgetter returns a bare value for one name, so one name is asked for twice
    return Fields(names, operator.attrgetter(*(names if len(names) > 1 else names * 2)), people)


def foreign_fields(kind: type[Record]) -> tuple[str, ...]:
    """Return the fields of a record type that can hold foreign text."""
    verbatim = frozenset().union(*(VERBATIM.get(base, ()) for base in kind.__mro__))
    described = cast("inspect.StructType", inspect.type_info(kind))
    return tuple(
        field.name
        for field in described.fields
        if field.name not in verbatim and can_hold_text(field.type)
    )


def can_hold_text(described: inspect.Type) -> bool:
    """Tell whether a value of a type can hold text that is not one of a closed set."""
    if isinstance(described, inspect.StructType):
        return bool(foreign_fields(cast("type[Record]", described.cls)))
    if isinstance(described, inspect.StrType | inspect.AnyType):
        return True
    return any(can_hold_text(part) for part in _parts(described))


def _parts(described: inspect.Type) -> tuple[inspect.Type, ...]:
    match described:
        case inspect.UnionType(types=types):
            return types
        case inspect.TupleType(item_types=items):
            return items
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return (item,)
        case inspect.DictType(key_type=key, value_type=value):
            return (key, value)
    return ()
