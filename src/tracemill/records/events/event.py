"""Dated facts outside the steps: what people, todo lists, gates and repositories did.

`Event` is a tagged union on `kind`. An event that happened within a session names its
trajectory and step; one that did not, such as a commit, names neither. Each family of events
has a module of its own; this one joins them.
"""

from __future__ import annotations

from tracemill.base.heading_roles import SectionRole
from tracemill.records.events.base import EventBase
from tracemill.records.events.captured import Captured, CapturedKind
from tracemill.records.events.checkpoints import (
    Attribution,
    Checkpoint,
    CodeFinding,
    SessionSummary,
)
from tracemill.records.events.commits import (
    BareLines,
    ChangeUndone,
    CoAuthor,
    Commit,
    FileChange,
    LineFate,
    LinesAdded,
    LinesMoved,
)
from tracemill.records.events.decisions import Decision
from tracemill.records.events.documents import (
    Change,
    DocumentKind,
    DocumentVersion,
    FileIssue,
    FileVersion,
    IssueHeader,
    Phase,
    Section,
)
from tracemill.records.events.forge import (
    CiJob,
    CiRun,
    Comment,
    CommitStatus,
    Issue,
    PullRequest,
    Push,
    Review,
)
from tracemill.records.events.gates import GateRun
from tracemill.records.events.in_session import (
    Compaction,
    Feedback,
    FeedbackKind,
    PullRequestLink,
    StatedOutcome,
    Todo,
    TodoChange,
    TodoStatus,
)
from tracemill.records.events.reviews import HumanReview, ReviewUndone
from tracemill.records.events.team import TeamReport

Event = (
    Feedback
    | TodoChange
    | Compaction
    | PullRequestLink
    | StatedOutcome
    | Commit
    | ChangeUndone
    | LinesAdded
    | LineFate
    | Checkpoint
    | Captured
    | GateRun
    | PullRequest
    | Review
    | Comment
    | Issue
    | Push
    | CiRun
    | CiJob
    | CommitStatus
    | DocumentVersion
    | IssueHeader
    | TeamReport
    | Decision
    | HumanReview
    | ReviewUndone
)
"""Any event."""

__all__ = [
    "Attribution",
    "BareLines",
    "Captured",
    "CapturedKind",
    "Change",
    "ChangeUndone",
    "Checkpoint",
    "CiJob",
    "CiRun",
    "CoAuthor",
    "CodeFinding",
    "Comment",
    "Commit",
    "CommitStatus",
    "Compaction",
    "Decision",
    "DocumentKind",
    "DocumentVersion",
    "Event",
    "EventBase",
    "Feedback",
    "FeedbackKind",
    "FileChange",
    "FileIssue",
    "FileVersion",
    "GateRun",
    "HumanReview",
    "Issue",
    "IssueHeader",
    "LineFate",
    "LinesAdded",
    "LinesMoved",
    "Phase",
    "PullRequest",
    "PullRequestLink",
    "Push",
    "Review",
    "ReviewUndone",
    "Section",
    "SectionRole",
    "SessionSummary",
    "StatedOutcome",
    "TeamReport",
    "Todo",
    "TodoChange",
    "TodoStatus",
]
