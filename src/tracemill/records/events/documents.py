"""What a team writes down about its work, version by version: plans, decisions, issue headers.

A version is what a commit made of a file. Its text stands in sections, which joined together
are the text as it was; what is said in phases, checklists and headers stands beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from tracemill.base.heading_roles import SectionRole
from tracemill.records.events.base import EventBase
from tracemill.records.events.in_session import Todo
from tracemill.records.refs import Count, Record

DocumentKind = Literal[
    "instructions",
    "prompt",
    "recipe",
    "spec",
    "plan",
    "decision",
    "design",
    "report",
    "account",
]
"""What a document is for: standing orders to agents, a text that a program gives to a model, a
recipe for a team's process, what is to be built, in which steps, what was decided and why, how
it shall work, what was found or done, or an account of a problem and what came of it that is none
of these by its place."""

Change = Literal["added", "modified", "deleted"]
"""What a commit did to a file."""


class Section(Record, frozen=True, kw_only=True):
    """A heading and what stands under it, up to the next heading."""

    heading: str = ""
    """The heading without its marks; empty for what stands before the first."""
    level: Count = 0
    """Depth of the heading, from 1; 0 where there is none."""
    role: SectionRole | None = None
    """What the section tells; None where its heading does not say."""
    text: str = ""
    """The section as written, its heading line included."""


class Phase(Record, frozen=True, kw_only=True):
    """One phase, stage or task of a plan, or what a document says of it afterwards."""

    label: str
    """The word and number that name it, for example `phase 1`."""
    title: str = ""
    """The rest of its heading."""
    is_done: bool | None = None
    """Whether it is said to be complete; None where nothing is said."""
    items: tuple[Todo, ...] = ()
    """Its list items, in order, those of deeper lists left out."""


class FileVersion(EventBase, frozen=True, kw_only=True):
    """A file as one commit left it. `at` is the commit's time.

    One that lies in no repository has one version, as it stands, and nothing tells since when.
    """

    path: str
    """Path within the repository; outside of one, its name and the folder that it lies in."""
    commit: str | None = None
    """Hash of the commit; None where it lies in no repository."""
    change: Change
    """What the commit did to the file."""
    object_id: str | None = None
    """Hash of the content, which equal contents share; None where the file was deleted. Git's own
    while it is read; what is kept is under the workspace's key, so that nobody can test a guess."""


class DocumentVersion(FileVersion, frozen=True, kw_only=True, tag="document"):
    """A document as one commit left it."""

    document: DocumentKind
    """What it is for."""
    title: str | None = None
    """Its first heading of the first level, or what its front matter calls it."""
    status: str | None = None
    """Where it says it stands, as written, for example `Accepted`."""
    branch: str | None = None
    """The branch that it says the work is done on."""
    sections: tuple[Section, ...] | None = None
    """Its text; None where it was deleted or cannot be read."""
    phases: tuple[Phase, ...] = ()
    """Phases that it plans or reports, in order; one label may come twice."""
    todos: tuple[Todo, ...] = ()
    """Entries of its checklists, in order."""


class FileIssue(Record, frozen=True, kw_only=True):
    """One issue that a file's header lists."""

    text: str = ""
    """What is wrong or to be done, with the lines that explain it."""
    number: Count | None = None
    """Its number, where it has one."""
    group: str | None = None
    """The heading that it stands under, in small letters, for example `critical`."""
    is_open: bool
    """Whether it is still to be dealt with."""
    form: Literal["issue", "todo", "remark"]
    """Whether it is listed as an issue, as a thing to do, or only remarked on as done."""
    word: str | None = None
    """The word that says it is done, in small letters, for example `fixed`."""


class IssueHeader(FileVersion, frozen=True, kw_only=True, tag="issue_header"):
    """The header in which a file counts and lists its own issues, as one commit left it."""

    declared_open: Count
    """How many issues the header says are open."""
    updated: date | None = None
    """The day on which the header says it was last updated."""
    note: str | None = None
    """What else its first line says, for example where the rules are."""
    issues: tuple[FileIssue, ...] = ()
    """The issues that it lists, in order."""
