"""A claim that two records belong together, with the method and how sure it is."""

from __future__ import annotations

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
"""How it is known:

`commit_output` the session printed the commit's hash when it committed; `git_operation` the
tool result names the commit; `checkpoint_trailer` the commit's trailer names the session;
`pull_request` both name one pull request; `base_commit` the session began at the commit;
`commit_subject` the session asked for a commit of that subject, or made one whose hash is gone;
`subagent_commit` it was made while a subagent of the session was at work, or its answer names it;
`planned_commit` the session proposed a plan, and another one that began with it made the commit;
`edited_lines` the commit holds files that the session edited before and lines that it wrote;
`files_and_time` it holds such files, and its lines are not known; `branch_and_time` only branch
and time agree;
`tag_range` the session made commits that this tagged commit was the first to release;
`spawned` one agent started the other; `same_session` both carry one session id;
`same_messages` one begins with the other's messages; `same_branch` both worked on one branch that
is not the main one; `named_session` a person named the earlier one in the later one, as when work
is handed on; `same_run` both are reports of one run of the tests, and the latter stands for it;
`checked` a gate run says that it looked at the commit; `checked_after` it ran when
that was the last one; `edited_document` the session made the commit of that version of the
document, and wrote to the file; `declared_branch` the commit was made on the branch that a plan
names; `named_like` on one that is called as the plan's file is; `opened` the session opened the
pull request; `names` a person or a command of it names the pull request or issue; `head_branch` it
began on the branch that the pull request brings; `brought_by` the commit came by the pull request;
`closes` the commit says that it closes the issue;
`reverts` a commit says so; `undoes` a commit changes back what the other changed; `same_change`
a commit was made again by a rebase, an amendment or a cherry-pick; `squashes` a commit says that
it holds the other among several; `refines` it corrects, and goes on with the matter of another
of the day before.
"""


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
