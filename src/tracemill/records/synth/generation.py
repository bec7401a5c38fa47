"""Examples requested from a model: each question, answer and draft, and the totals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.synth.made_up import TaskStep
from tracemill.records.synth.verification import Rung, Standing

Purpose = Literal["request", "turn", "follow_up"]
"""`request`: what a developer might ask; `turn`: what the agent does next; `follow_up`: what the
developer says to that."""
DraftFault = Literal[
    "cut", "not_json", "no_request", "no_turn", "unknown_tool", "same_again", "no_end",
    "no_sandbox", "not_carried_out",
]  # fmt: skip
"""Why a draft came to nothing: an answer ran out of room; is no JSON; holds no request; neither
calls nor answers; calls a tool that there is none of; does what it just did; never comes to an
answer; calls where nothing may be run; the sandbox gave no results."""

Usd = Annotated[float, msgspec.Meta(ge=0)]


class ModelExchange(Record, frozen=True, kw_only=True):
    """One question to a model, and what it said: redacted, and kept in the order of answers."""

    job: str
    """The draft that it was asked for."""
    purpose: Purpose
    """What was wanted."""
    messages: tuple[Message, ...]
    """What it was asked."""
    answer: str
    """What it said."""
    finish: str
    """Why it stopped."""
    n_prompt_tokens: Count | None = None
    """Tokens of what it was asked; None where nobody counted."""
    n_answer_tokens: Count | None = None
    """Tokens of what it said; None where nobody counted."""
    seconds: float | None = None
    """How long it took; None where nobody measured."""
    at: datetime
    """When it had answered."""
    seed_inputs: tuple[str, ...] = ()
    """Inputs that hold the real work which it was shown a fragment of; it goes with them."""


class Draft(Record, frozen=True, kw_only=True):
    """What became of one job."""

    job: str
    """Which one."""
    part: str
    """The sub-category that it is for."""
    seed_example: str | None = None
    """The real example from which its fragment is; None without one."""
    seed_inputs: tuple[str, ...] = ()
    """Inputs that hold that; it goes with them."""
    fault: DraftFault | None = None
    """Why there is no example; None where there is one."""
    messages: tuple[Message, ...] = ()
    """The example, as far as it came."""
    steps: tuple[TaskStep, ...] = ()
    """Its calls, with what they really returned."""
    n_requests: Count = 0
    """How often the model was asked."""


class GenerationRun(Record, frozen=True, kw_only=True):
    """What a run asks for: equal runs go on where they were."""

    id: str
    """Derived from everything below."""
    definition: str
    """Name of the definition."""
    version: int
    """Its version."""
    digest: str
    """Hash of its text."""
    category: str
    """The category that it fills."""
    subject: str
    """The model, and the door to it."""
    endpoint: str | None = None
    """Where it answers; None where it runs here."""
    max_tokens: int
    """Longest answer."""
    temperature: float
    """How freely it was drawn."""
    seed: int
    """Seed of the first job."""
    synth_version: int
    """Version of the room."""


class RungYield(Record, frozen=True, kw_only=True):
    """How many drafts a rung lets pass."""

    rung: Rung
    """Which one."""
    n_passed: Count
    """Drafts that pass it."""
    n_failed: Count
    """Drafts that fail it."""
    n_unknown: Count
    """Drafts of which nobody can tell."""
    n_standing: Count
    """Drafts that failed neither here nor further down."""


class GenerationReport(Record, frozen=True, kw_only=True):
    """What a model's drafts come to, however little that is."""

    run: GenerationRun
    """What was asked for."""
    folder: str
    """Where questions, answers, drafts and examples lie."""
    n_jobs: Count
    """Drafts that were wanted."""
    n_done: Count
    """Jobs that came to an end, in this run or before."""
    n_before: Count = 0
    """Of these, jobs that were done before."""
    n_failed: Count = 0
    """Jobs for which the model could not be asked; they are tried again next time."""
    stopped_by: str | None = None
    """The limit that ended the run early; None where none did."""
    faults: dict[str, Count] = msgspec.field(default_factory=dict)
    """Jobs without a draft, by reason."""
    n_drafts: Count
    """Jobs with a draft."""
    rungs: tuple[RungYield, ...] = ()
    """The ladder over the drafts."""
    objections: dict[str, Count] = msgspec.field(default_factory=dict)
    """Drafts that are rejected, by the first check that objected."""
    standings: dict[Standing, Count] = msgspec.field(default_factory=dict)
    """Drafts by what the ladder says of them."""
    n_kept: Count = 0
    """Examples that are kept: no check refused them."""
    kept_share: Ratio | None = None
    """Examples that are kept for each job that was done; None where none was."""
    n_requests: Count = 0
    """Times that the model was asked, before included."""
    n_prompt_tokens: Count | None = None
    """Tokens of all questions; None where somebody did not count."""
    n_answer_tokens: Count | None = None
    """Tokens of all answers; None where somebody did not count."""
    seconds: float | None = None
    """Time of all answers; None where nobody measured."""
    cost_usd: Usd | None = None
    """What they cost; None where no price is known."""
