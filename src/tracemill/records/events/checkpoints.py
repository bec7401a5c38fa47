"""What a checkpoint tool saved of a session when work was committed.

Such a tool keeps the session beside the repository, names it in a trailer of the commit, counts
which of the committed lines a person wrote, and may let a model sum the session up.
"""

from __future__ import annotations

from datetime import datetime

from tracemill.records.events.base import EventBase
from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.sessions.trajectory import Usage


class Attribution(Record, frozen=True, kw_only=True):
    """Who wrote the lines that were committed, as the tool counted them."""

    agent_lines: Count | None = None
    """Committed lines that the agent wrote."""
    human_added: Count | None = None
    """Lines that a person added."""
    human_modified: Count | None = None
    """Lines of the agent that a person changed."""
    human_removed: Count | None = None
    """Lines of the agent that a person took out."""
    total_committed: Count | None = None
    """Lines that were committed."""
    agent_share: Ratio | None = None
    """Share of the committed lines that is the agent's."""
    at: datetime | None = None
    """When it was counted."""


class CodeFinding(Record, frozen=True, kw_only=True):
    """Something learnt about one place in the code."""

    path: str
    """The file."""
    line: Count | None = None
    """First line of the place."""
    end_line: Count | None = None
    """Last line of the place."""
    text: str = ""
    """What was learnt."""


class SessionSummary(Record, frozen=True, kw_only=True):
    """A session summed up by a model. It is a model's word, and proves nothing."""

    intent: str | None = None
    """What was to be done."""
    outcome: str | None = None
    """What came of it."""
    about_repository: tuple[str, ...] = ()
    """What was learnt about the repository."""
    about_code: tuple[CodeFinding, ...] = ()
    """What was learnt about places in the code."""
    about_workflow: tuple[str, ...] = ()
    """What was learnt about the way of working."""
    friction: tuple[str, ...] = ()
    """What went wrong or cost time."""
    open_items: tuple[str, ...] = ()
    """What is left to do."""


class Checkpoint(EventBase, frozen=True, kw_only=True, tag="checkpoint"):
    """One session's part in one commit. `at` is when it was saved."""

    checkpoint_id: str
    """The name by which a trailer of the commit refers to it."""
    session_id: str
    """The session's own id."""
    agent: str | None = None
    """The agent program, as the tool names it."""
    model: str | None = None
    """The model, where the tool names one."""
    tool_version: str | None = None
    """Version of the tool that saved it."""
    strategy: str | None = None
    """What made the tool save it, for example `manual-commit`."""
    branch: str | None = None
    """Branch that was committed to."""
    files: tuple[str, ...] = ()
    """Files that the session had touched."""
    n_saves: Count | None = None
    """How often the session had been saved since the commit before."""
    first_line: Count | None = None
    """Lines that the session's log already had at the commit before."""
    first_native_id: str | None = None
    """The log's own id of its newest message at the commit before."""
    usage: Usage | None = None
    """Tokens that the session used for this commit."""
    n_model_calls: Count | None = None
    """Model calls that the session made for this commit."""
    attribution: Attribution | None = None
    """Who wrote the committed lines."""
    summary: SessionSummary | None = None
    """What a model says about the session."""
