"""Documents, issues, pull requests and decisions as rows of lists. These names are stable."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Record


class DocumentRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A document, or the header in which a file lists its issues, as it stood last."""

    id: str
    """Derived from where it stands: it stays when the document changes."""
    kind: str
    path: str
    title: str | None
    status: str | None
    outcome: str | None
    """How far it says that the work is, as a label judges it."""
    branch: str | None
    open_issues: int | None
    """For a header: how many issues it says are open."""
    versions: int
    change: str
    """What the last version did to it."""
    commit: str | None
    first_at: datetime | None
    last_at: datetime | None
    input_id: str
    uri: str


class IssueRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An issue as it stood last."""

    id: str
    tracker: str
    repository: str | None
    name: str
    """What it goes by: its number, or the tracker's own id."""
    state: str
    issue_type: str | None
    priority: int | None
    title: str | None
    parts: int
    """How many issues are parts of it."""
    rolled_up: bool | None
    """Whether its state follows from that of its parts; None where it has none."""
    comments: int
    created: datetime | None
    at: datetime | None
    uri: str


class PullRequestRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A pull request as it stood last."""

    id: str
    repository: str | None
    number: int | None
    state: str
    title: str | None
    head_branch: str | None
    base_branch: str | None
    merge_commit: str | None
    reviews: int
    approvals: int
    changes_requested: int
    comments: int
    added: int | None
    deleted: int | None
    created: datetime | None
    merged: datetime | None
    at: datetime | None
    uri: str


class DecisionRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A decision that a tool keeps, as it stood last."""

    id: str
    tracker: str
    name: str
    status: str | None
    statement: str | None
    supersedes: str | None
    related: tuple[str, ...]
    at: datetime | None
    uri: str
