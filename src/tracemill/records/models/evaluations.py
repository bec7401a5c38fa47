"""Evaluation: cases that a model never saw, what it did on them, and what two models differ by.

A case asks for one decision: the next message, after everything that was said before. It is judged
by what the message does, call by call and value by value; length and wording count for nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from tracemill.records.datasets.examples import Message
from tracemill.records.models.conduct import ConductRule
from tracemill.records.refs import Count, Ratio, Record

CheckKind = Literal[
    "decision", "tool", "arguments", "order", "earlier_result", "fields", "recovery", "stop",
    "by_meaning", "conduct", "choice", "edit_place", "validation", "hand_over",
]  # fmt: skip
"""What is looked at: whether to call at all, which tool, with which values, which tool after
another one's result, a value that an earlier result gave, the fields of results that code reads,
what follows a failing call, whether it stops when the work is done, whether code is looked up by
what it means and not by its letters, and whether an answer in words does what its questions ask; of
single skills, which of several statements is chosen, which files are edited, whether a change is
checked, and whether words that hand work over hold what the real ones did."""

ArgumentMatch = Literal["exact", "words", "path", "shell", "python", "present", "nested"]
"""How a value is compared: as typed JSON; words whatever their case and spacing; a path in its
shortest form; a command by its words; Python by its syntax tree; whether anything stands there;
or an object each of whose values has a list of right ones."""

ComparisonVerdict = Literal["better", "worse", "equivalent", "inconclusive"]
"""What a comparison shows; `inconclusive` where it shows nothing."""


class WantedArgument(Record, frozen=True, kw_only=True):
    """What is right for one argument."""

    values: tuple[Any, ...]
    """Any of these is right."""
    match: ArgumentMatch = "exact"
    """How they are compared."""
    is_optional: bool = False
    """Whether leaving it out is right too."""


class WantedCall(Record, frozen=True, kw_only=True):
    """A call that is right."""

    name: str
    """Name of the tool."""
    arguments: dict[str, WantedArgument] = msgspec.field(default_factory=dict)
    """What is right for each argument; any other argument is wrong."""


class HandedThing(Record, frozen=True, kw_only=True):
    """One thing that words hold which hand work over."""

    kind: Literal["item", "file", "command"]
    """What it is."""
    text: str
    """The entry, path or command as it was said."""


class Case(Record, frozen=True, kw_only=True):
    """One decision to take."""

    id: str
    """Derived from everything else here."""
    messages: Annotated[tuple[Message, ...], msgspec.Meta(min_length=1)]
    """What was said before."""
    tools: tuple[dict[str, Any], ...] = ()
    """JSON Schemas of the tools on offer."""
    wanted: tuple[WantedCall, ...] = ()
    """The calls that are right, in their order; none where an answer in words is."""
    checks: Annotated[tuple[CheckKind, ...], msgspec.Meta(min_length=1)]
    """What is looked at."""
    carried: tuple[str, ...] = ()
    """For `earlier_result`: arguments whose values stand only in earlier results."""
    failed: WantedCall | None = None
    """For `recovery`: the call that failed just before."""
    fields: tuple[str, ...] = ()
    """For `fields`: fields of results that the code must read."""
    files: tuple[str, ...] = ()
    """For `edit_place`: files that were edited, all of which and no others are right."""
    programs: tuple[str, ...] = ()
    """For `validation`: what checks that were run are called, as `pytest` or `go test`."""
    handed: tuple[HandedThing, ...] = ()
    """For `hand_over`: what the real words held, most of which is right."""
    handed_chars: Count = 0
    """For `hand_over`: length of the real words; who copies all of a session hands nothing over."""
    choice: str | None = None
    """For `choice`: the letter of the statement that is right."""
    questions: tuple[str, ...] = ()
    """For `conduct`: questions about the answer to which yes is right; a judge answers them."""
    rule: ConductRule | None = None
    """For `conduct`: what must hold before a judge is asked."""
    group: str
    """What it shares with cases that stand and fall together: a session, or itself alone."""
    slices: tuple[str, ...] = ()
    """Parts of the suite that it belongs to, for example `bfcl:irrelevance`."""
    example_id: str | None = None
    """The held-out example that it was made from."""


class Suite(Record, frozen=True, kw_only=True):
    """Cases that are frozen: another case makes another suite."""

    id: str
    """Derived from the ids of its cases."""
    name: str
    """What it is called."""
    origin: str
    """What its cases were made from: a dataset version, or another benchmark and its version."""
    version: int
    """Version of the rules that made and judge its cases."""
    n_cases: Count
    """Cases in it."""
    n_groups: Count
    """Groups of cases that stand and fall together."""
    checks: dict[str, Count] = msgspec.field(default_factory=dict)
    """Cases by what is looked at."""
    slices: dict[str, Count] = msgspec.field(default_factory=dict)
    """Cases by part."""
    drops: dict[str, Count] = msgspec.field(default_factory=dict)
    """Decisions that became no case, counted by reason."""
    checked_against: tuple[str, ...] = ()
    """Training sets of which no case was found to be part, by id."""


Fault = Literal[
    "called", "not_called", "unreadable_call", "said_nothing", "wrong_tool", "wrong_number",
    "missing_argument", "unknown_argument", "wrong_value", "wrong_order", "not_from_result",
    "field_not_read", "repeated_failure", "no_reply", "wrong_choice", "unclear_choice",
    "other_file", "not_checked", "text_search", "asked_nothing", "not_shown", "unjudged",
    "left_out", "made_up", "too_much",
]  # fmt: skip
"""What is wrong with a decision; `unjudged` where a judge cannot tell, which is no pass."""


class CaseResult(Record, frozen=True, kw_only=True):
    """What a model did on one case."""

    case_id: str
    """The case."""
    group: str
    """The case's group."""
    slices: tuple[str, ...] = ()
    """The case's parts."""
    faults: dict[CheckKind, Fault | None]
    """For each check what was wrong, None where it passed."""
    covered: Ratio | None = None
    """For `hand_over`: share of what the real words held that the answer holds; None for others."""
    message: Message | None = None
    """What the model said; None where only the verdict is known."""
    n_answer_tokens: Count | None = None
    """Tokens of it; None where nobody counted."""
    seconds: float | None = None
    """How long it took."""

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return not any(self.faults.values())


class SliceScore(Record, frozen=True, kw_only=True):
    """How many cases of one part passed."""

    name: str
    """`all`, `check:` and a check, or a part of the suite."""
    n: Count
    """Cases in it."""
    passed: Count
    """Cases that passed."""
    low: Ratio
    """Lower end of the 95 % interval of the share."""
    high: Ratio
    """Upper end."""


class Evaluation(Record, frozen=True, kw_only=True):
    """What one model did on one suite."""

    id: str
    """Derived from the suite, the model with its format and bytes, and the results."""
    suite_id: str
    """The suite."""
    suite: str
    """Its name."""
    subject: str
    """What the model is called."""
    format: str | None = None
    """Fingerprint of the template that it was spoken to in; None where nobody knows it."""
    weights_sha256: str | None = None
    """Hash of the model's bytes as they were then, of its adapter where it has one; None where they
    were elsewhere, as behind an endpoint."""
    at: datetime
    """When it was made."""
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    """How answers were drawn."""
    slices: tuple[SliceScore, ...] = ()
    """How many cases of each part passed."""
    faults: dict[str, Count] = msgspec.field(default_factory=dict)
    """What was wrong, counted."""
    confusions: dict[str, Count] = msgspec.field(default_factory=dict)
    """What was done in place of what, as `read -> search` or `read -> answer`, most often first;
    only of cases whose parts tell what was wanted."""
    covered: Ratio | None = None
    """Mean share of what real words handed over that the model's held; None where none is asked."""
    n_unanswered: Count = 0
    """Cases on which the model could not be asked; they count as failed."""
    origin: str | None = None
    """The file that it was read from, where another harness ran it."""


class SliceComparison(Record, frozen=True, kw_only=True):
    """What two models differ by on one part, case by case."""

    name: str
    """The part."""
    n: Count
    """Cases of which both results are known."""
    n_groups: Count
    """Groups among them."""
    base: Count
    """Cases that the base passed."""
    candidate: Count
    """Cases that the candidate passed."""
    gains: Count
    """Cases that only the candidate passed."""
    losses: Count
    """Cases that only the base passed."""
    difference: float
    """The candidate's share less the base's."""
    low: float
    """Lower end of the 90 % interval of the difference, which makes two one-sided tests at 5 %."""
    high: float
    """Upper end."""
    p_value: Ratio
    """How often chance alone does as much, exactly, with groups kept together."""
    p_adjusted: Ratio
    """The same, as it counts when all parts are asked: Holm's correction."""
    smallest_effect: float | None = None
    """The smallest gain that so many groups show with a power of 80 %; None where none is."""
    verdict: ComparisonVerdict
    """What is shown."""


class Comparison(Record, frozen=True, kw_only=True):
    """What a candidate differs by from a base on the same cases."""

    suite_id: str
    """The suite."""
    suite: str
    """Its name."""
    base_id: str
    """The base's evaluation."""
    candidate_id: str
    """The candidate's evaluation."""
    base: str
    """What the base is called."""
    candidate: str
    """What the candidate is called."""
    margin: Ratio
    """Differences up to this count as none."""
    slices: tuple[SliceComparison, ...] = ()
    """Every part, `all` first."""


LeakReason = Literal["same_example", "same_group", "same_request", "shared_words"]
"""How a case is known from training: its example, its session, its request with the same answer,
or thirteen words in a row of what its user asks."""


class Leak(Record, frozen=True, kw_only=True):
    """A case that was trained on."""

    case_id: str
    """The case."""
    reason: LeakReason
    """How that is known."""
    example_id: str | None = None
    """The example trained on, where one is meant."""


class LeakReport(Record, frozen=True, kw_only=True):
    """Whether cases of a suite stand in a training set."""

    suite_id: str
    """The suite."""
    training: str
    """The training set."""
    n_cases: Count
    """Cases looked at."""
    n_examples: Count
    """Examples looked at."""
    leaks: tuple[Leak, ...] = ()
    """Cases that were trained on."""


class EndToEndTask(Record, frozen=True, kw_only=True):
    """Work to do in a folder, and a command that says whether it was done."""

    id: str
    """What it is called."""
    request: str
    """What is asked for."""
    files: dict[str, str] = msgspec.field(default_factory=dict)
    """Files of the folder, by path."""
    check: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    """A command that ends with 0 where the work is done, and with something else before it."""
    hidden: dict[str, str] = msgspec.field(default_factory=dict)
    """Files that are put in place for the check alone, for example its tests."""
    max_steps: Annotated[int, msgspec.Meta(ge=1)] = 12
    """Messages that the model may need."""


RolloutEnd = Literal["answered", "too_many_steps", "too_long", "no_reply"]
"""How an attempt ended: in words, or at the end of its steps, of its room, or of the model."""


class Rollout(Record, frozen=True, kw_only=True):
    """One attempt of a model at a task."""

    task_id: str
    """The task."""
    passed: bool
    """Whether the check passed afterwards."""
    end: RolloutEnd
    """How it ended."""
    n_steps: Count
    """Messages of the model."""
    n_calls: Count
    """Calls that it made."""
    n_failed_calls: Count
    """Calls that failed, or that could not be read."""
    messages: tuple[Message, ...] = ()
    """Everything that was said."""
