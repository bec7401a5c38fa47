"""What a forge says of the work: pull requests, reviews, comments, issues, pushes, and CI.

An event states how a thing stood when it was said. A webhook says it again at each change, so
one pull request may stand in many events: the newest counts. Repository and number, or
repository and run, tell which of them are of one thing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.events.base import EventBase
from tracemill.records.events.gates import GateStatus
from tracemill.records.refs import Count, Record

PullRequestState = Literal["open", "merged", "closed", "unknown"]
"""Where a pull request stands; `closed` is closed without a merge."""

ReviewState = Literal[
    "approved", "changes_requested", "commented", "dismissed", "pending", "unknown"
]
"""What a reviewer decided."""

IssueState = Literal["open", "in_progress", "closed", "deleted", "unknown"]
"""Where an issue stands."""

CommentPlace = Literal["issue", "pull_request", "code", "commit"]
"""What a comment is on; `code` is a line of a pull request under review."""

CommitStatusForm = Literal["check_run", "check_suite", "status"]
"""In which of its three ways a forge says what a service found out about a commit."""


class Actor(Record, frozen=True, kw_only=True):
    """Who did something: a person or a program."""

    person: str | None = None
    """Pseudonym of the person's account; None for a program."""
    app: str | None = None
    """Name of the program; None for a person."""
    association: str | None = None
    """What the account is to the repository, for example `MEMBER`."""


class PullRequest(EventBase, frozen=True, kw_only=True, tag="pull_request"):
    """A pull request as it stood. `at` is when it was last changed."""

    repository: str | None = None
    """The repository as `owner/name`."""
    number: Count | None = None
    """Its number."""
    action: str | None = None
    """What had just happened to it, for example `closed`."""
    state: PullRequestState = "unknown"
    """Where it stood."""
    is_draft: bool | None = None
    """Whether it was a draft."""
    title: str | None = None
    """Its title."""
    body: str | None = None
    """Its description."""
    author: Actor | None = None
    """Who opened it."""
    merged_by: Actor | None = None
    """Who merged it."""
    head_branch: str | None = None
    """Branch that it brings."""
    base_branch: str | None = None
    """Branch that it goes to."""
    head_commit: str | None = None
    """Hash of the last commit that it brings."""
    merge_commit: str | None = None
    """Hash of the commit that merged it, or of a trial merge where it is not merged."""
    commits: tuple[str, ...] = ()
    """Hashes of its commits, where they are listed."""
    labels: tuple[str, ...] = ()
    """Its labels."""
    n_added: Count | None = None
    """Lines added."""
    n_deleted: Count | None = None
    """Lines deleted."""
    n_files: Count | None = None
    """Files changed."""
    review_decision: str | None = None
    """What the reviews amount to, in the forge's word."""
    created: datetime | None = None
    """When it was opened."""
    merged: datetime | None = None
    """When it was merged."""
    closed: datetime | None = None
    """When it was closed or merged."""
    url: str | None = None
    """Its address."""


class Review(EventBase, frozen=True, kw_only=True, tag="review"):
    """What a reviewer decided about a pull request. `at` is when it was handed in."""

    repository: str | None = None
    """The repository as `owner/name`."""
    number: Count | None = None
    """Number of the pull request."""
    action: str | None = None
    """What had just happened to it, for example `submitted`."""
    native_id: str | None = None
    """The forge's id of it."""
    state: ReviewState = "unknown"
    """What was decided."""
    author: Actor | None = None
    """Who decided."""
    text: str | None = None
    """What was said with it."""
    commit: str | None = None
    """Hash of the commit that was reviewed."""
    url: str | None = None
    """Its address."""


class Comment(EventBase, frozen=True, kw_only=True, tag="comment"):
    """What was said on an issue, a pull request, or a line of code under review."""

    repository: str | None = None
    """The repository as `owner/name`."""
    number: Count | None = None
    """Number of the issue or pull request."""
    action: str | None = None
    """What had just happened to it, for example `deleted`."""
    native_id: str | None = None
    """The forge's id of it."""
    on: CommentPlace
    """What it is on."""
    author: Actor | None = None
    """Who said it."""
    text: str | None = None
    """What was said."""
    path: str | None = None
    """For code: the file."""
    line: Count | None = None
    """For code: the line in the new file, from 1."""
    commit: str | None = None
    """For code: hash of the commit that was looked at."""
    hunk: str | None = None
    """For code: the part of the diff above it."""
    review_id: str | None = None
    """For code: the forge's id of the review that it belongs to."""
    reply_to: str | None = None
    """The forge's id of the comment that it answers."""
    created: datetime | None = None
    """When it was first said."""
    url: str | None = None
    """Its address."""


class IssueLink(Record, frozen=True, kw_only=True):
    """How one issue depends on another."""

    issue: str
    """The other issue."""
    relation: str | None = None
    """How, in the tracker's word, for example `blocks`."""


class Issue(EventBase, frozen=True, kw_only=True, tag="issue"):
    """An issue as it stood. `at` is when it was last changed."""

    tracker: Literal["github", "beads", "autoforge"]
    """Which tracker it is in."""
    repository: str | None = None
    """The repository as `owner/name`."""
    number: Count | None = None
    """Its number, where the tracker counts."""
    native_id: str | None = None
    """The tracker's own id of it."""
    action: str | None = None
    """What had just happened to it, for example `assigned`."""
    state: IssueState = "unknown"
    """Where it stood."""
    title: str | None = None
    """Its title."""
    body: str | None = None
    """What is to be done, and why."""
    acceptance: str | None = None
    """When it is done."""
    notes: str | None = None
    """What was written down while it was worked on."""
    issue_type: str | None = None
    """What kind of work it is, in the tracker's word."""
    priority: int | None = None
    """How urgent it is, in the tracker's scale."""
    author: Actor | None = None
    """Who opened it."""
    assignees: tuple[Actor, ...] = ()
    """Who is to do it."""
    labels: tuple[str, ...] = ()
    """Its labels."""
    links: tuple[IssueLink, ...] = ()
    """The issues that it depends on."""
    created: datetime | None = None
    """When it was opened."""
    closed: datetime | None = None
    """When it was closed."""
    close_reason: str | None = None
    """Why it was closed."""
    url: str | None = None
    """Its address."""


class CiStep(Record, frozen=True, kw_only=True):
    """One step of a CI job."""

    name: str
    """Its name."""
    status: GateStatus = "unknown"
    """How it ended."""
    conclusion: str | None = None
    """The same in the forge's word; None while it runs."""
    started: datetime | None = None
    """When it began."""
    ended: datetime | None = None
    """When it ended."""


class CiRun(EventBase, frozen=True, kw_only=True, tag="ci_run"):
    """One run of a CI workflow as it stood. `at` is when it was last changed.

    A re-run keeps the run's id and raises the attempt: attempts of one run on one commit that
    ended differently show that something is flaky.
    """

    repository: str | None = None
    """The repository as `owner/name`."""
    run_id: str | None = None
    """The forge's id of it."""
    attempt: Count | None = None
    """Which attempt it was, from 1."""
    number: Count | None = None
    """Which run of its workflow it was."""
    action: str | None = None
    """What had just happened to it, for example `completed`."""
    workflow: str | None = None
    """Name of the workflow."""
    title: str | None = None
    """What the forge shows as its title."""
    trigger: str | None = None
    """What set it off, for example `push`."""
    state: str | None = None
    """Where it stood, for example `completed`."""
    conclusion: str | None = None
    """How it ended, in the forge's word; None while it runs."""
    status: GateStatus = "unknown"
    """The verdict."""
    commit: str | None = None
    """Hash of the commit that it looked at."""
    branch: str | None = None
    """Branch that it looked at."""
    pull_requests: tuple[int, ...] = ()
    """Numbers of the pull requests that it ran for."""
    actor: Actor | None = None
    """Who set it off."""
    started: datetime | None = None
    """When this attempt began."""
    ended: datetime | None = None
    """When it ended; None while it runs."""
    url: str | None = None
    """Its address."""


class CiJob(EventBase, frozen=True, kw_only=True, tag="ci_job"):
    """One job of a CI run as it stood. `at` is when it ended or began."""

    repository: str | None = None
    """The repository as `owner/name`."""
    run_id: str | None = None
    """The forge's id of the run."""
    attempt: Count | None = None
    """Which attempt of the run it belongs to."""
    native_id: str | None = None
    """The forge's id of it."""
    action: str | None = None
    """What had just happened to it, for example `completed`."""
    name: str | None = None
    """Its name."""
    workflow: str | None = None
    """Name of the workflow."""
    state: str | None = None
    """Where it stood, for example `completed`."""
    conclusion: str | None = None
    """How it ended, in the forge's word; None while it runs."""
    status: GateStatus = "unknown"
    """The verdict."""
    commit: str | None = None
    """Hash of the commit that it looked at."""
    branch: str | None = None
    """Branch that it looked at."""
    steps: tuple[CiStep, ...] = ()
    """Its steps, in order."""
    started: datetime | None = None
    """When it began."""
    ended: datetime | None = None
    """When it ended; None while it runs."""
    url: str | None = None
    """Its address."""


class CommitStatus(EventBase, frozen=True, kw_only=True, tag="commit_status"):
    """What a service says about a commit. `at` is when it said so."""

    repository: str | None = None
    """The repository as `owner/name`."""
    form: CommitStatusForm
    """In which way it is said."""
    native_id: str | None = None
    """The forge's id of it."""
    action: str | None = None
    """What had just happened to it, for example `completed`."""
    name: str | None = None
    """What it is about, for example the name of a linter."""
    service: str | None = None
    """The service that says so."""
    state: str | None = None
    """Where it stood, for example `completed`."""
    conclusion: str | None = None
    """How it ended, in the forge's word; None while it runs."""
    status: GateStatus = "unknown"
    """The verdict."""
    commit: str | None = None
    """Hash of the commit."""
    branch: str | None = None
    """Branch that the commit is on."""
    title: str | None = None
    """What the service says, in short."""
    text: str | None = None
    """What it says at length."""
    started: datetime | None = None
    """When it began."""
    ended: datetime | None = None
    """When it ended; None while it runs."""
    url: str | None = None
    """Its address."""


class Push(EventBase, frozen=True, kw_only=True, tag="push"):
    """Commits came to a branch or tag, or it was made or deleted."""

    repository: str | None = None
    """The repository as `owner/name`."""
    ref: str | None = None
    """Name of the branch or tag, as `refs/heads/main`."""
    before: str | None = None
    """Hash that it stood at; None where it did not exist."""
    after: str | None = None
    """Hash that it stands at; None where it was deleted."""
    is_forced: bool | None = None
    """Whether history was rewritten."""
    commits: tuple[str, ...] = ()
    """Hashes of the commits that came."""
    actor: Actor | None = None
    """Who pushed."""
