"""Where a result decided what was done next, and where a person took up what an agent offered."""

from __future__ import annotations

from typing import Literal

from tracemill.records.refs import Count, Record
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.trajectory import ResultStatus

DecisionBasis = Literal["value", "failure", "words", "code"]
"""What shows that the result decided: the call uses a value that it was the first to show; it
failed; what the agent said in between names a part of it; code tests its fields."""


class DecidingResult(Record, frozen=True, kw_only=True):
    """The result that decided."""

    step: Count
    """Index of the step whose call returned it."""
    call_id: str
    """That call."""
    action: str
    """What was called: a tool, a command of the shell such as `git status`, a function of code."""
    status: ResultStatus | None = None
    """Whether the call failed; None for a function that code calls."""
    fields: tuple[str, ...] = ()
    """Its fields that decided, as `staged_count` or `errors[].line`, where it has fields."""
    value: str | None = None
    """What of it was taken up, redacted, at most 200 characters; None where nothing was."""


class ChosenCall(Record, frozen=True, kw_only=True):
    """What was called next."""

    step: Count
    """Index of the step that called."""
    call_id: str
    """The call; in code, the call that runs it."""
    action: str
    """What was called, as above."""


class Offer(Record, frozen=True, kw_only=True):
    """What an agent offered or asked, and a person agreed to."""

    step: Count
    """Index of the agent's step."""
    start: Count
    """Where the question begins in the step's text."""
    end: Count
    """Where it ends."""
    answered: Count
    """Index of the person's step."""
    reaction: ReactionKind
    """How the person took it."""


class DecisionPoint(Record, frozen=True, kw_only=True):
    """That something was called because of a result."""

    deciding: DecidingResult
    """The result."""
    basis: DecisionBasis
    """What shows that it decided."""
    condition: str | None = None
    """The test as code writes it, or the sentence in which the agent names what it saw, at most
    200 characters; None where it does neither."""
    reasoning: str | None = None
    """What the agent said or thought in between, verbatim, at most 400 characters; None where it
    did neither."""
    offer: Offer | None = None
    """What the person agreed to in between; None where the agent went on by itself."""
    chosen: tuple[ChosenCall, ...] = ()
    """What was called: one call, or all functions that the branches of code call."""


class Transition(Record, frozen=True, kw_only=True):
    """How often one action followed the result of another."""

    action: str
    """What returned the result."""
    failed: bool
    """Whether that failed."""
    then: str
    """What was called next."""
    n: Count
    """How often."""


class DecisionPoints(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The decision points of one trajectory."""

    trajectory_id: str
    """The trajectory."""
    points: tuple[DecisionPoint, ...]
    """In the order of what was chosen, at most 10,000."""
    transitions: tuple[Transition, ...]
    """What followed what, the most frequent first, at most 200."""
    n_transitions: Count
    """Calls that came behind a result."""
    n_unshown: Count
    """Of those, the ones of which nothing shows which result decided."""
    n_offers: Count
    """Offers and questions of the agent that a person agreed to."""
    n_undone_steps: Count
    """Steps of branches that a person went back before, which are left out."""
