"""One document, issue, pull request or decision, with all that is held of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from tracemill.base.clock import moment_key
from tracemill.base.errors import NotFoundError
from tracemill.flows.held.forge import Thing, thing_of
from tracemill.flows.held.lookup import find_row
from tracemill.flows.held.rows import DecisionRow, DocumentRow, IssueRow, PullRequestRow
from tracemill.label.learning import header_changes
from tracemill.records.events.documents import FileIssue
from tracemill.records.events.event import (
    Comment,
    Decision,
    DocumentVersion,
    Event,
    Issue,
    IssueHeader,
    PullRequest,
    Review,
)
from tracemill.records.labels import Label
from tracemill.records.refs import Record
from tracemill.store.lake import Lake, contains, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

R = TypeVar("R", Review, Comment)


class DocumentVersionRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One version of a document in short."""

    id: str
    """The event that tells of it."""
    at: datetime | None
    """When it was made."""
    change: str
    """What it did to the document."""
    commit: str | None
    """Hash of the commit that made it."""
    object_id: str | None
    """Hash of its content."""
    opened: tuple[FileIssue, ...] | None = None
    """Issues that it opened in a header; None where this is no header."""
    resolved: tuple[FileIssue, ...] | None = None
    """Issues that it resolved, as the version before listed them."""
    renumbered: tuple[FileIssue, ...] | None = None
    """Issues that got another number."""


class ShownDocument(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A document with its versions, and one of them whole."""

    row: DocumentRow
    """The document as it stands in lists."""
    versions: list[DocumentVersionRow]
    """All versions, the newest first."""
    document: DocumentVersion | None
    """The version that was asked for, or the newest; None where this is a header."""
    header: IssueHeader | None
    """The same of a header."""
    labels: list[Label]
    """Labels on that version."""


class ShownIssue(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An issue with what was said on it."""

    row: IssueRow
    """The issue as it stands in lists."""
    issue: Issue
    """The issue."""
    comments: list[Comment]
    """What was said on it, the oldest first."""
    labels: list[Label]
    """Labels on it."""


class ShownPullRequest(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A pull request with what was decided and said about it."""

    row: PullRequestRow
    """The pull request as it stands in lists."""
    pull_request: PullRequest
    """The pull request."""
    reviews: list[Review]
    """What reviewers decided, the oldest first."""
    comments: list[Comment]
    """What was said on it and on its code, the oldest first."""


class ShownDecision(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A decision."""

    row: DecisionRow
    """The decision as it stands in lists."""
    decision: Decision
    """The decision."""


def show_document(workspace: Workspace, name: str, version: str | None) -> ShownDocument:
    """Return a document; `version` is how the hash of the commit that made a version begins.

    Raises:
        NotFoundError: none or several answer to `name`, or none to `version`.
    """
    row = find_row(workspace, "document", name, DocumentRow)
    kind = IssueHeader if row.kind == "issue_header" else DocumentVersion
    path = msgspec.json.encode(row.path).decode()
    where = contains("record", f'"path":{path}')
    lake = Lake(workspace.lake)
    found = [
        event
        for event in lake.records(TABLES["events"], owners={row.input_id}, where=where)
        if isinstance(event, kind) and event.path == row.path
    ]
    found.sort(key=_moment, reverse=True)
    wanted = [each for each in found if version is None or (each.commit or "").startswith(version)]
    if not wanted:
        raise NotFoundError(f"no version of {row.path!r} was made by a commit {version!r}")
    shown = wanted[0]
    return ShownDocument(
        row=row,
        versions=_versions(found),
        document=shown if isinstance(shown, DocumentVersion) else None,
        header=shown if isinstance(shown, IssueHeader) else None,
        labels=_labels(lake, shown.id),
    )


def _versions(found: Sequence[DocumentVersion | IssueHeader]) -> list[DocumentVersionRow]:
    """Return versions, the newest first, those of a header with what each of them changed."""
    headers = [each for each in reversed(found) if isinstance(each, IssueHeader)]
    changes = {change.version.id: change for change in header_changes(headers)}
    return [
        msgspec.structs.replace(
            _version(each),
            opened=changes[each.id].opened,
            resolved=changes[each.id].resolved,
            renumbered=changes[each.id].renumbered,
        )
        if each.id in changes
        else _version(each)
        for each in found
    ]


def _version(event: DocumentVersion | IssueHeader) -> DocumentVersionRow:
    return DocumentVersionRow(
        id=event.id,
        at=event.at,
        change=event.change,
        commit=event.commit,
        object_id=event.object_id,
    )


def show_issue(workspace: Workspace, name: str) -> ShownIssue:
    """Return an issue.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    row = find_row(workspace, "issue", name, IssueRow)
    lake = Lake(workspace.lake)
    (issue,) = lake.records(TABLES["events"], where=equals("id", row.id))
    assert isinstance(issue, Issue)
    thing = thing_of(issue.origin, issue.repository, issue.number, issue.native_id)
    said = _said_on(lake, thing, issue.number)
    comments = _newest(event for event in said if isinstance(event, Comment))
    return ShownIssue(row=row, issue=issue, comments=comments, labels=_labels(lake, issue.id))


def show_pull_request(workspace: Workspace, name: str) -> ShownPullRequest:
    """Return a pull request.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    row = find_row(workspace, "pr", name, PullRequestRow)
    lake = Lake(workspace.lake)
    (pull,) = lake.records(TABLES["events"], where=equals("id", row.id))
    assert isinstance(pull, PullRequest)
    said = list(_said_on(lake, thing_of(pull.origin, pull.repository, pull.number), pull.number))
    return ShownPullRequest(
        row=row,
        pull_request=pull,
        reviews=_newest(event for event in said if isinstance(event, Review)),
        comments=_newest(event for event in said if isinstance(event, Comment)),
    )


def show_decision(workspace: Workspace, name: str) -> ShownDecision:
    """Return a decision.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    row = find_row(workspace, "decision", name, DecisionRow)
    (decision,) = Lake(workspace.lake).records(TABLES["events"], where=equals("id", row.id))
    assert isinstance(decision, Decision)
    return ShownDecision(row=row, decision=decision)


def _said_on(lake: Lake, thing: Thing, number: int | None) -> Iterator[Review | Comment]:
    """Yield what was said on an issue or pull request; on one without a number nothing can be."""
    if number is None:
        return
    for event in lake.records(TABLES["events"], where=contains("record", f'"number":{number}')):
        if (
            isinstance(event, Review | Comment)
            and thing_of(event.origin, event.repository, event.number) == thing
        ):
            yield event


def _newest(events: Iterator[R]) -> list[R]:
    """Return each thing that was said as it stood last, the oldest first."""
    newest: dict[str, R] = {}
    for event in sorted(events, key=_moment):
        newest[event.native_id or event.id] = event
    return sorted(newest.values(), key=_moment)


def _labels(lake: Lake, event_id: str) -> list[Label]:
    return list(lake.records(TABLES["labels"], owners={event_id}))


def _moment(event: Event) -> tuple[float, str]:
    return moment_key(event.at), event.id
