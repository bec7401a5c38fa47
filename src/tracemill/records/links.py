"""A claim that two records belong together, with the method and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from tracemill.records.refs import Ratio, Record, Ref, Stamp

SURE_ENOUGH: Final = 0.7
"""From which confidence on a link to a commit counts, where nobody says otherwise."""

LinkMethod = Literal[
    "commit_output",
    "git_operation",
    "checkpoint_trailer",
    "pull_request",
    "base_commit",
    "commit_subject",
    "subagent_commit",
    "planned_commit",
    "edited_lines",
    "files_and_time",
    "branch_and_time",
    "tag_range",
    "spawned",
    "same_session",
    "same_messages",
    "same_branch",
    "named_session",
    "same_run",
    "checked",
    "checked_after",
    "edited_document",
    "declared_branch",
    "named_like",
    "opened",
    "names",
    "head_branch",
    "brought_by",
    "closes",
    "reverts",
    "undoes",
    "same_change",
    "squashes",
    "refines",
]
"""How it is known; `METHODS` says it in words."""

METHODS: Final[Mapping[str, str]] = MappingProxyType({
    "commit_output": "the session printed its hash as it committed",
    "git_operation": "a tool's result in the session names it",
    "checkpoint_trailer": "the commit's trailer names the session",
    "pull_request": "both name one pull request",
    "base_commit": "the session began at the commit",
    "commit_subject": "the session asked for a commit of this subject, or made one since replaced",
    "subagent_commit": "made while a subagent of the session worked, or named in its answer",
    "planned_commit": "the session planned what another one, which began with the plan, committed",
    "edited_lines": "the commit holds files that the session edited, and lines that it wrote",
    "files_and_time": "the commit holds files that the session had edited; its lines are not known",
    "branch_and_time": "only branch and time agree",
    "tag_range": "the first tag that released the session's commits",
    "spawned": "one agent started the other",
    "same_session": "both carry one session id",
    "same_messages": "one begins with the other's messages",
    "same_branch": "both worked on one branch that is not the main one",
    "named_session": "a person named the earlier one in the later one",
    "same_run": "both are reports of one run of the tests",
    "checked": "the gate run says that it looked at the commit",
    "checked_after": "the gate ran when this was the last commit",
    "edited_document": "the session wrote to the document and made the commit of this version",
    "declared_branch": "the commit was made on the branch that the plan names",
    "named_like": "the commit was made on a branch that is called as the plan's file is",
    "opened": "the session opened the pull request",
    "names": "a person or a command of the session names it",
    "head_branch": "the session began on the branch that the pull request brings",
    "brought_by": "the commit came by the pull request",
    "closes": "the commit says that it closes the issue",
    "reverts": "the commit says that it takes the other back",
    "undoes": "the commit changes back what the other changed",
    "same_change": "made again: rebased, amended or cherry-picked",
    "squashes": "the commit says that it holds the other among several",
    "refines": "it corrects a commit of the day before, and goes on with it",
})  # fmt: skip
"""What shows it, of each method."""

WORK: Final[frozenset[LinkMethod]] = frozenset({
    "commit_output", "git_operation", "checkpoint_trailer", "commit_subject", "pull_request",
    "edited_lines", "files_and_time", "subagent_commit",
})  # fmt: skip
"""Links that make a commit the work of a session; `base_commit` is only where it began."""


class Link(Record, frozen=True, kw_only=True):
    """`source` and `target` belong together."""

    id: str
    """Derived from both ends and the method."""
    source: Ref
    """One end: the trajectory, or the later commit."""
    target: Ref
    """The other end."""
    method: LinkMethod
    """How it is known."""
    confidence: Ratio
    """How sure the method is."""
    evidence: tuple[Ref, ...] = ()
    """Steps that show it."""
    stamp: Stamp
    """The linker."""
