"""A piece of work as something to learn from, from problem to outcome.

Every text stands in the record as it was said or printed, with the place where it stands; what is
put together of facts says so. What the record does not say stays open.
"""

from __future__ import annotations

from typing import Literal

from tracemill.records.refs import Count, Ratio, Record, Ref, Stamp
from tracemill.records.work.episodes import Outcome

LearningKind = Literal["fix", "feature", "release", "project", "session", "change", "account"]
"""What there is to learn from: a mended fault, something new, a release, work over several sessions
and days, a session of any other kind, commits of any other kind, or what a document tells."""

TeacherKind = Literal["sessions", "commits", "document"]
"""What tells of a piece of work: its sessions; where none is known, its commits; or a document."""

WordsOrigin = Literal[
    "thinking", "said", "asked", "plan", "todo", "choice", "printed", "commit", "document", "record"
]
"""Where words come from: the model's stored thinking, what the agent said, what a person asked or
said, a plan, a todo list, the words of a tool call, output, a commit message, a document; `record`
is put together of facts, and quotes nobody."""


class Words(Record, frozen=True, kw_only=True):
    """Some words, and where they stand."""

    text: str
    """The words, verbatim but redacted; put together of facts where the origin is `record`. Of
    commits and documents, whose lines are broken anywhere, white space is one space."""
    origin: WordsOrigin
    """Where they come from."""
    source: Ref
    """The step or event that holds them."""
    start: Count | None = None
    """Where they begin in the step's text or thinking, the commit's body or the document, in
    characters; None for other places."""
    end: Count | None = None
    """Where they end."""
    command: str | None = None
    """The command of a check, where they tell how one ended."""


class ThinkingCoverage(Record, frozen=True, kw_only=True):
    """How much of the thinking can be seen at all."""

    steps: Count
    """Steps of the agent."""
    thinking: Ratio | None
    """Share of them whose thinking is stored in the clear; None where there is no step."""
    words: Ratio | None
    """Share of them that say anything in words: thinking, text, a plan or a described call."""


class LearningEpisode(Record, frozen=True, kw_only=True):
    """One piece of work as something to learn from."""

    episode_id: str
    """The episode; an id of its own where commits or a document tell of the work."""
    told_by: TeacherKind = "sessions"
    """What tells of it."""
    kind: LearningKind
    """What there is to learn from."""
    problem: tuple[Words, ...] = ()
    """What was wrong or wanted, in the person's words; empty where nobody said."""
    context: tuple[Words, ...] = ()
    """Where it was, and what else was known."""
    thought_process: tuple[Words, ...] = ()
    """How the agent came to its approach, in order; quotes only."""
    thinking: ThinkingCoverage
    """How much of the thinking can be seen."""
    solution_approach: tuple[Words, ...] = ()
    """What was done about it."""
    implementation_steps: tuple[Words, ...] = ()
    """In which steps."""
    validation: tuple[Words, ...] = ()
    """How that was tried, and what came out."""
    outcome: Outcome
    """What became of it."""
    outcome_words: tuple[Words, ...] = ()
    """What proves that."""
    stamp: Stamp
    """The rule that put it together."""
