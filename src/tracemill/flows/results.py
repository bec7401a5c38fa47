"""What flows return: one record a command, which the shell prints as text or JSON.

Each becomes the document `{"schema": "tracemill.<name>/1", …, "next": […]}`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tracemill.records.datasets.versions import FunnelStage
from tracemill.records.inputs import Quarantined
from tracemill.records.refs import Record


class Failure(Record, frozen=True, kw_only=True):
    """An input that could not be read whole."""

    uri: str
    """Its address, with personal parts pseudonymised."""
    reason: str
    """Why, in one word."""
    detail: str
    """What was expected and what was found."""


class StoreCounts(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the store holds."""

    sessions: int = 0
    """Trajectories that a person began."""
    subagents: int = 0
    """Trajectories that another agent spawned."""
    copies: dict[str, int] = msgspec.field(default_factory=dict)
    """Sessions that further inputs hold: `no_more` than what stands for them, or `other_steps`,
    which are kept beside it and counted nowhere."""
    steps: int = 0
    """Steps of all trajectories."""
    tool_calls: int = 0
    """Tool calls of all trajectories."""
    commits: int = 0
    """Commits of all repositories."""
    documents: dict[str, int] = msgspec.field(default_factory=dict)
    """Versions of instructions, prompts, plans, decisions and other files of process, by kind."""
    reports: dict[str, int] = msgspec.field(default_factory=dict)
    """Reports and told events of the team's own process, by kind."""
    forge: dict[str, int] = msgspec.field(default_factory=dict)
    """Pull requests, reviews, issues, comments and decisions that a forge or tracker tells of."""
    quarantined: int = 0
    """Lines that could not be read; they stay in the archive."""
    findings: dict[str, int] = msgspec.field(default_factory=dict)
    """Sensitive places that were replaced, by kind."""
    rules: dict[str, int] = msgspec.field(default_factory=dict)
    """The same, by the rule that found them."""
    gates: dict[str, int] = msgspec.field(default_factory=dict)
    """Gate runs by verdict."""
    fixed_tests: int = 0
    """Tests that failed in one gate run and passed in a later one."""
    flaky_tests: int = 0
    """Tests that failed and passed on the same code."""
    links: dict[str, int] = msgspec.field(default_factory=dict)
    """Links by method."""
    episodes: dict[str, int] = msgspec.field(default_factory=dict)
    """Episodes by outcome."""
    examples: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples by kind and split."""
    funnel: tuple[FunnelStage, ...] = ()
    """From all trajectories to the examples of the dataset, stage by stage."""
    drops: dict[str, int] = msgspec.field(default_factory=dict)
    """Candidates for examples that were left out, by reason."""


class StageTime(Record, frozen=True, kw_only=True):
    """What a stage of this run cost."""

    seconds: float
    """Wall-clock time."""
    n_bytes: int = 0
    """Bytes that it read."""


class RunResult(Record, frozen=True, kw_only=True):
    """One turn of the wheel."""

    workspace: str
    """The folder that holds everything."""
    places: tuple[str, ...]
    """Where inputs were looked for."""
    is_example: bool
    """Whether the bundled example history was used, since no sessions were found."""
    changed: bool
    """Whether anything was new."""
    inputs: dict[str, int]
    """Files and repositories looked at: `read`, `unchanged`, and a count per reason to skip."""
    records: dict[str, int]
    """Records read in this run, by kind."""
    skipped_lines: dict[str, int]
    """Lines that made no record, by reason, in this run."""
    failures: tuple[Failure, ...]
    """Inputs that could not be read whole."""
    unread: tuple[Quarantined, ...]
    """Lines that are kept unread, the first hundred; told by a run that met some."""
    store: StoreCounts
    """What the store holds, as it was last derived."""
    is_derived: bool
    """Whether `store` and `dataset` count all that was read."""
    dataset: str | None
    """Folder of the dataset version; None where there is no example."""
    stages: dict[str, StageTime]
    """What each stage cost."""


class PlanResult(Record, frozen=True, kw_only=True):
    """What a run would do."""

    workspace: str
    """The folder that would hold everything."""
    places: tuple[str, ...]
    """Where inputs were looked for."""
    is_example: bool
    """Whether the bundled example history would be used."""
    to_read: int
    """New or changed inputs."""
    to_skip: dict[str, int]
    """New or changed inputs that would not be read, by reason."""
    unchanged: int
    """Inputs that stand as they were."""
    n_bytes: int
    """Bytes to read."""


class StatusResult(Record, frozen=True, kw_only=True):
    """What there is."""

    workspace: str
    """The folder that holds everything."""
    exists: bool
    """Whether something was ever kept there."""
    synced: datetime | None
    """When inputs were last looked at."""
    store: StoreCounts
    """What the store holds, as it was last derived."""
    dataset: str | None
    """Folder of the newest dataset version."""
    is_derived: bool
    """Whether `store` and `dataset` count all that was read."""
    is_outdated: bool = False
    """Whether they were made by rules of another version, so that a `run` makes them anew."""
    erased: int = 0
    """Subjects that were erased, and are refused when they come again."""


class SessionRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One session in a list; these names are stable."""

    id: str
    source: str
    uri: str
    started: datetime | None
    ended: datetime | None
    agent: str
    model: str | None
    cwd: str | None
    branch: str | None
    user_steps: int
    tool_calls: int
    tool_errors: int | None
    """Calls that failed; None where its log says of no call whether it did."""
    rejections: int | None
    """Calls that a person refused; None where its log records no refusal of anybody."""
    interruptions: int | None
    """How often a person stopped the agent; None where its log records no such thing."""
    input_tokens: int | None
    output_tokens: int | None
    outcome: str
    outcome_confidence: float | None
    session_id: str
    parent_id: str | None
    is_subagent: bool
    steps: int
    tool_results: int
    compactions: int
    todo_changes: int
    title: str | None


class FailureRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One failure in a list, with what became of it; these names are stable."""

    id: str
    session: str
    kind: str
    cause: str
    action: str
    symptom: str
    attempts: tuple[int, ...]
    edits: tuple[int, ...]
    resolved_step: int | None
    change: str | None
    at: datetime | None
    seconds: float | None


class EpisodeRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One episode in a list; these names are stable."""

    id: str
    kind: str
    started: datetime | None = None
    goal: str
    sessions: tuple[str, ...]
    commits: tuple[str, ...]
    outcome: str
    confidence: float
    quality: float | None
    rollback: str | None = None
    kept_week: float | None = None
    kept_head: float | None = None


class BranchRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one branch brought, in a list; these names are stable."""

    id: str
    repository: str
    branch: str
    state: str
    commits: tuple[str, ...]
    merge: str | None
    started: datetime | None
    merged: datetime | None
    files: int | None
    added: int | None
    deleted: int | None
    uncounted: int | None = None
    plans: tuple[str, ...]
    sessions: tuple[str, ...]
    rollback: str | None
    kept_week: float | None
    kept_head: float | None


class LinkRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One link in a list; these names are stable."""

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    method: str
    confidence: float


class Check(Record, frozen=True, kw_only=True):
    """One thing that `doctor` looked at."""

    name: str
    """What was looked at."""
    status: str
    """`ok`, `warn` or `fail`."""
    detail: str
    """What was found, and what to do."""


class AgentSessions(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one agent keeps on this machine, and how long it will."""

    agent: str
    """The agent."""
    places: tuple[str, ...]
    """Folders in which its sessions lie."""
    n_files: int
    """Files there, empty ones left aside."""
    n_bytes: int
    """Their size."""
    newest: datetime | None
    """When a file was last written to."""
    oldest: datetime | None
    """When the file that has waited longest was last written to."""
    kept_days: float | None
    """Days after which the agent deletes a session; None where it deletes none."""
    days_left: int | None
    """Whole days until the oldest goes; None where none goes."""
    n_going: int
    """Files that go within a week."""
    n_waiting: int
    """Files that are new or changed since inputs were last looked at."""
    advice: str | None
    """The edit that keeps the originals; None where none is needed."""


class DoctorResult(Record, frozen=True, kw_only=True):
    """Whether this machine is ready."""

    checks: tuple[Check, ...]
    """What was looked at."""
    agents: tuple[AgentSessions, ...] = ()
    """The agents that have sessions on this machine."""


class Explained(Record, frozen=True, kw_only=True):
    """Where something came from, from the thing itself down to the bytes."""

    id: str
    """What was asked for."""
    kind: str
    """What kind of thing it is."""
    summary: str
    """What it is, in one line."""
    chain: tuple[dict[str, Any], ...]
    """Each thing it was made from, nearest first."""


class RestoredInput(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One input whose original bytes came back."""

    input_id: str
    """The input."""
    source: str | None
    """The source that read it; None for a copy of another file."""
    kind: str
    """`file`, `folder`, or `stream` for what a source read of a repository."""
    n_bytes: int
    """How many bytes it has."""
    content: str
    """SHA-256 of them."""


class RestoreResult(Record, frozen=True, kw_only=True):
    """What was written out of the archive."""

    folder: str
    """The folder that holds it."""
    inputs: tuple[RestoredInput, ...]
    """What came back, or would."""
    n_bytes: int
    """How many bytes that is."""
    failures: tuple[Failure, ...]
    """Inputs that could not be written, by id."""


class HookChange(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A change of an agent's settings."""

    agent: str
    """The agent."""
    settings: str
    """Its settings file."""
    diff: str
    """What changes there; empty where nothing does."""
    advice: str | None
    """What a person must do besides."""
    is_written: bool
    """Whether the file was written."""
    backup: str | None
    """The copy of what it held before; None where there was nothing to copy."""


class HookStatus(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Whether an agent tells us of its sessions."""

    agent: str
    """The agent."""
    settings: str
    """Its settings file."""
    events: tuple[str, ...]
    """Events at which our hook runs."""
    missing: tuple[str, ...]
    """Events at which it does not."""
    is_runnable: bool | None
    """Whether the Python that it names is there; None where no hook is."""


class CaptureStatus(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What is captured live."""

    agents: tuple[HookStatus, ...]
    """The agents that have hooks."""
    inbox: str
    """Where captured events wait until they are read."""
    n_bytes: int
    """How much waits there."""
    dropped: dict[str, int]
    """Events that were ever dropped, by reason."""


class UiResult(Record, frozen=True, kw_only=True):
    """Where the pages are."""

    address: str
    """What lets one browser in, once."""


class ServeResult(Record, frozen=True, kw_only=True):
    """Where the receiver listens."""

    address: str
    """What exporters send to."""
    token_file: str
    """The file that holds the token that they must know."""
