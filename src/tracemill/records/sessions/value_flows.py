"""Where the values in tool calls came from: earlier results, or a person's words."""

from __future__ import annotations

from typing import Literal

from tracemill.records.refs import Count, Record

ValuePart = Literal["said", "result", "argument"]
"""Which text of a step: what a person said, what a call returned, or an argument of a call."""


class ValuePlace(Record, frozen=True, kw_only=True):
    """Where a value stands in a trajectory."""

    step: Count
    """Index of the step."""
    part: ValuePart
    """Which of its texts."""
    call_id: str | None = None
    """The call whose argument or result it is; None for what was said."""
    tool: str | None = None
    """Name of the tool that was called; None for what was said, or where no step holds the call."""
    argument: str | None = None
    """Path of the argument, as `edits.0.path`; None where it is none."""
    start: Count
    """First character within that text."""
    end: Count
    """The character after the last."""


class ValueFlow(Record, frozen=True, kw_only=True):
    """That a value of a tool call was known from an earlier step."""

    value: str
    """The value as it stands in the argument, redacted, at most 200 characters."""
    use: ValuePlace
    """Where it is used."""
    source: ValuePlace
    """Where it stood first."""
    is_first: bool
    """Whether no call before used it."""
    n_turns: Count
    """How often a person spoke in between: from 1 on, it was carried over into another request."""


class ValueFlows(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The values of one trajectory's calls, as far as they are distinctive."""

    trajectory_id: str
    """The trajectory."""
    flows: tuple[ValueFlow, ...]
    """In the order of use, at most 10,000."""
    n_values: Count
    """Distinctive values that calls used, each counted once in an argument."""
    n_from_results: Count
    """Of those, the ones that a result had shown first."""
    n_from_person: Count
    """Of those, the ones that a person had said first."""
    n_carried: Count
    """Of both, the ones that come from before the request that is worked on."""
    n_undone_steps: Count = 0
    """Steps that were left out, since a person went back before them."""
    n_unheld: Count = 0
    """Values that stood behind the first 500,000 and were not followed, each time they stood."""
