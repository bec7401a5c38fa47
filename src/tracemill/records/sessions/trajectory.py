"""One agent session as ordered steps, shaped after ATIF v1.8.

A trajectory can be larger than memory, so its steps are records of their own that carry
the trajectory's id and their index; the `Trajectory` record is the header, which a source
yields after the last step.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from tracemill.records.refs import Count, Origin, Record, Span

TRAJECTORY_VERSION: Final = 1
"""Raise on any change that a stored trajectory could not be read through, and add a migration."""

Speaker = Literal["system", "user", "agent", "tool"]
"""Who speaks: text put in by the harness, a person, the agent, or a tool whose call is unknown."""

ResultStatus = Literal["ok", "error", "rejected", "interrupted", "unknown"]
"""How a tool call ended: `rejected` by a person, `interrupted` by a person, or by itself."""

ToolLevel = Literal["fixed", "code", "generated", "self_improved"]
"""What is called: `fixed`, a tool that was there; `code`, code that the model wrote for the call,
which calls in its turn; `generated`, a tool that the model wrote before, or the writing of one;
`self_improved`, a tool of which a model wrote a better version out of how it fared."""

IMAGE: Final = "[image]"
"""What stands in texts where a picture was."""


class ToolCall(Record, frozen=True, kw_only=True):
    """One tool that the agent asked for."""

    id: str
    """The call's id in its trajectory."""
    name: str
    """The tool's name, as the agent said it."""
    arguments: dict[str, Any] = msgspec.field(default_factory=dict)
    """The arguments; a text that is no JSON object stands under the key `input`."""
    tool_level: ToolLevel = "fixed"
    """What is called, as far as the source tells; what it does not tell may show in the arguments
    and in calls before."""
    tool_version: str | None = None
    """Version of the tool, or of the service behind it, where the source tells it."""
    tool_config: dict[str, Any] | None = None
    """How the tool was set up for the call, where the source tells it, in the source's words."""


class ToolResult(Record, frozen=True, kw_only=True):
    """What came back for one tool call."""

    call_id: str
    """Id of the call that this answers."""
    content: str = ""
    """The text that the agent saw; pictures stand as `[image]`."""
    status: ResultStatus = "unknown"
    """How the call ended, as far as the source tells."""
    exit_code: int | None = None
    """The command's exit code, where one was recorded."""
    feedback: str | None = None
    """What the person said when rejecting the call."""
    user_modified: bool = False
    """Whether a person changed the proposal before it was applied."""
    commit: str | None = None
    """Hash of the commit that the call made, where a structured result names it."""


class Usage(Record, frozen=True, kw_only=True):
    """Tokens of one model call as the provider reported them; None where it did not."""

    input_tokens: Count | None = None
    """Prompt tokens read fresh, so without those served from the cache."""
    output_tokens: Count | None = None
    """Tokens that the model wrote, reasoning included."""
    cache_read_tokens: Count | None = None
    """Prompt tokens served from the cache."""
    cache_write_tokens: Count | None = None
    """Prompt tokens written to the cache."""
    reasoning_tokens: Count | None = None
    """Of the output tokens, those spent on reasoning."""


class Remainder(Record, frozen=True, kw_only=True):
    """What a foreign format says that no field of ours holds, so that it can be written again."""

    format: str
    """Name of the format whose words these are."""
    values: dict[str, Any] = msgspec.field(default_factory=dict)
    """What stands beyond our fields, in the format's own shape."""
    absent: tuple[str, ...] = ()
    """What our fields fill in and the format did not say, as paths such as `agent/version`."""


class Step(Record, frozen=True, kw_only=True):
    """One message by one speaker, with the calls that it made and what they returned."""

    trajectory_id: str
    """The trajectory that it belongs to."""
    index: Count
    """Position in the trajectory, from 0 without gaps."""
    speaker: Speaker
    """Who speaks."""
    text: str = ""
    """What was said."""
    reasoning: str | None = None
    """What the model thought before it spoke, where the source keeps that in the clear."""
    calls: tuple[ToolCall, ...] = ()
    """Tools that the step asked for."""
    results: tuple[ToolResult, ...] = ()
    """What came back; a result whose call stands in no open step makes a `tool` step."""
    model: str | None = None
    """The model that spoke."""
    usage: Usage | None = None
    """Tokens of the model call that made the step."""
    at: datetime | None = None
    """When it was said, aware UTC."""
    is_replayed: bool = False
    """Copied in by compaction or resume: never trained on."""
    is_error: bool = False
    """An error text of the harness that stands where the agent would speak."""
    n_images: Count = 0
    """Pictures in the message; their bytes stay in the archive."""
    native_id: str | None = None
    """The source's own id of the message."""
    native_parent_id: str | None = None
    """The source's own id of the message that this one follows."""
    span: Span
    """Bytes of the input that it was read from, from its first line to its last."""
    remainder: Remainder | None = None
    """What its format says of it that stands in no other field."""


class Trajectory(Record, frozen=True, kw_only=True):
    """The header of all that one agent did in one session."""

    version: Literal[1] = TRAJECTORY_VERSION
    """Version of this record's shape."""
    id: str
    """Derived from source, session, agent and first line: a growing file keeps its id."""
    session_id: str
    """The run id that trajectories may share: subagents, continuations."""
    parent_id: str | None = None
    """The trajectory that spawned this one, for a subagent; None where that is not known."""
    is_subagent: bool = False
    """Whether another agent spawned it."""
    agent: str
    """The agent program, for example `claude-code`."""
    agent_version: str | None = None
    """Version of the agent program."""
    title: str | None = None
    """The session's title, where the source keeps one."""
    models: tuple[str, ...] = ()
    """Models that spoke, in the order of their first word."""
    cwd: str | None = None
    """Folder in which the session began."""
    other_folders: tuple[str, ...] = ()
    """Other folders that it worked in, as far as its source tells, in the order of their first
    mention: it moved there, or a call was carried out there."""
    branch: str | None = None
    """Git branch on which the session began."""
    base_commit: str | None = None
    """Git commit at which the session began."""
    repository: str | None = None
    """Address of the repository, where the source records it."""
    started: datetime | None = None
    """Earliest moment in it, aware UTC."""
    ended: datetime | None = None
    """Latest moment in it, aware UTC."""
    n_steps: Count = 0
    """How many steps it has."""
    total_usage: Usage | None = None
    """Tokens of the whole trajectory by the source's own rule against double counting."""
    origin: Origin
    """Where it was read."""
    remainder: Remainder | None = None
    """What its format says of it, besides the steps, that stands in no other field."""

    @property
    def folders(self) -> tuple[str, ...]:
        """Every folder that it is known to have worked in, first the one in which it began."""
        return self.other_folders if self.cwd is None else (self.cwd, *self.other_folders)
