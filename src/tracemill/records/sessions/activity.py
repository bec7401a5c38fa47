"""What one trajectory did, in small: the evidence that linkers and labelers work from.

A trajectory can be larger than memory; its activity never is. It is a pure function of
the trajectory's steps and events.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.records.refs import Count, Record
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.recoveries import Recovery

CheckKind = Literal["test", "lint", "types", "build"]
"""What a command checked."""

Ending = Literal["agent", "user", "open_call", "interruption", "error", "unknown"]
"""Who had the last word: `open_call` is a tool call that never came back."""


MentionKind = Literal["pull_request", "issue"]
"""What a number of a forge stands for."""


class ForgeMention(Record, frozen=True, kw_only=True):
    """A pull request or issue that the session opened or named."""

    kind: MentionKind | None = None
    """Which of both it is; None where only a number was given."""
    number: Count | None = None
    """Its number, where the tracker counts."""
    native_id: str | None = None
    """The tracker's own id of it, where it does not count."""
    repository: str | None = None
    """The repository as `owner/name`; None where that was not said."""
    step: Count
    """Index of the step that first did so."""
    is_opened: bool = False
    """Whether the session opened it, or its log says that it is the session's."""


class CommitMention(Record, frozen=True, kw_only=True):
    """A commit that the session made, by its own output."""

    sha: str
    """Hash as printed, often abbreviated."""
    step: Count
    """Index of the step that made it."""
    is_structured: bool = False
    """Whether a structured result names it, and not only printed text."""
    branch: str | None = None
    """Branch as printed."""
    subject: str | None = None
    """First line of its message as printed."""


class AskedCommit(Record, frozen=True, kw_only=True):
    """A commit that a command of the session asked git for, whatever git printed of it."""

    subject: str
    """First line of the message that the command gives."""
    step: Count
    """Index of the step that asked."""
    at: datetime | None = None
    """When the step was said."""


class Request(Record, frozen=True, kw_only=True):
    """What a person asked for in one turn."""

    opening: str
    """How it begins, on one line, redacted, at most 100 characters."""
    step: Count
    """Index of the person's step."""
    at: datetime
    """When it was said."""


class ProposedPlan(Record, frozen=True, kw_only=True):
    """A plan that the agent proposed before it set to work."""

    opening: str
    """How it begins, on one line, redacted, at most 100 characters."""
    step: Count
    """Index of the step that proposed it."""


class PlanVerdict(Record, frozen=True, kw_only=True):
    """What a person said to a plan that the agent proposed."""

    step: Count
    """Index of the step that proposed it."""
    is_approved: bool
    """Whether the agent may carry it out."""
    opening: str = ""
    """How the plan begins, as for `ProposedPlan`."""
    said: str | None = None
    """What the person said with it, on one line, redacted, at most 300 characters."""
    at: datetime | None = None
    """When it was proposed."""


class EditedFile(Record, frozen=True, kw_only=True):
    """A file that the session wrote or edited, and when."""

    path: str
    """Path as the session named it."""
    at: tuple[datetime, ...] = ()
    """When, at most once a minute and 100 times, in order; edits of unknown moment are left out."""


class Delegation(Record, frozen=True, kw_only=True):
    """Work that the session handed to a subagent."""

    step: Count
    """Index of the step that handed it on."""
    at: datetime | None = None
    """When that step was said."""
    until: datetime | None = None
    """When the session went on after the subagent had answered, or ended before it had; None where
    neither is known."""
    shas: tuple[str, ...] = ()
    """What may be hashes of commits in the subagent's answer, as written, at most 50."""


class CheckRun(Record, frozen=True, kw_only=True):
    """A command that tested, linted, type-checked or built."""

    step: Count
    """Index of the step that ran it."""
    check: CheckKind
    """What it checked."""
    passed: bool | None = None
    """Whether it passed; None where the output does not tell."""
    at: datetime | None = None
    """When the step was said."""


UsedKind = Literal["command", "agent"]
"""What is used: a command or skill, which agents call alike, or a kind of subagent."""


class UsedText(Record, frozen=True, kw_only=True):
    """A command, skill or subagent that the session used, as its log names it."""

    kind: UsedKind
    """What it is."""
    name: str
    """Its name, without slash and plug-in."""
    step: Count
    """Index of the step that first used it."""


class UndoneSteps(Record, frozen=True, kw_only=True):
    """A branch that a person went back before: no step behind it was said in its sight."""

    first: Count
    """Index of its first step."""
    last: Count
    """Index of its last step."""
    is_apart: bool = False
    """Whether what stands before it was out of its sight: a branch to which a person returned."""

    def holds(self, step: int) -> bool:
        """Tell whether a step lies in it."""
        return self.first <= step <= self.last


class Activity(Record, frozen=True, kw_only=True):
    """What one trajectory did."""

    trajectory_id: str
    """The trajectory."""
    input_id: str
    """The input it was read from."""
    goal: str = ""
    """What the person first asked for, verbatim but redacted, at most 2,000 characters."""
    first_native_id: str | None = None
    """The source's id of the first step that has one: copies of a session share it."""
    n_steps: Count = 0
    """Steps."""
    n_user_steps: Count = 0
    """Steps that a person typed."""
    n_calls: Count = 0
    """Tool calls."""
    n_results: Count = 0
    """Tool results."""
    n_ended: Count = 0
    """Results of which the log says whether they failed."""
    n_errors: Count = 0
    """Results that failed by themselves: no rejections, no interruptions, no answers of `grep`."""
    n_rejections: Count = 0
    """Tool calls that a person refused."""
    n_interruptions: Count = 0
    """Times that a person stopped the agent."""
    n_compactions: Count = 0
    """Times that the context was summarised."""
    n_todo_changes: Count = 0
    """Times that the agent changed its todo list."""
    commits: tuple[CommitMention, ...] = ()
    """Commits that it made, in order."""
    asked_commits: tuple[AskedCommit, ...] = ()
    """Commits that its commands asked for, made or not, in order, at most 500."""
    requests: tuple[Request, ...] = ()
    """What people asked for and when, in order, at most 500; a tool that commits for the agent may
    take their words for its subject."""
    plans: tuple[ProposedPlan, ...] = ()
    """Plans that it proposed, in order, the last 50."""
    plan_verdicts: tuple[PlanVerdict, ...] = ()
    """What a person said to its plans, in order, the last 50; a plan of which nobody knows what
    became of it is not there."""
    pull_requests: tuple[int, ...] = ()
    """Pull requests that it opened, or that its log says are its own."""
    mentions: tuple[ForgeMention, ...] = ()
    """Pull requests and issues that it opened, or that a person or a command named, at most 100."""
    named_sessions: tuple[str, ...] = ()
    """Ids that a person named and that may be those of other sessions, at most 20."""
    used_texts: tuple[UsedText, ...] = ()
    """Commands, skills and subagents that it used, each once, in order, at most 100."""
    checks: tuple[CheckRun, ...] = ()
    """Checks that it ran, in order."""
    checked_turns: tuple[int, ...] = ()
    """Indexes of a person's steps before which a check or a program had run well, after the last
    edit of code and since the person's step before, in order, at most 500."""
    done_steps: tuple[int, ...] = ()
    """Indexes of steps at which a command by itself was what a person had asked for, and ended
    well, in order, at most 100."""
    recoveries: tuple[Recovery, ...] = ()
    """Failures and what became of them, in the order in which they began, at most 500."""
    ignored_failures: dict[str, int] = msgspec.field(default_factory=dict)
    """Results that failed and are no failure of the work, by why (`IgnoredFailure`)."""
    reactions: tuple[Reaction, ...] = ()
    """What people said and did about the work, in the order of steps, at most 2,000."""
    granted_turns: tuple[int, ...] = ()
    """Indexes of a person's steps that begin by saying that something is well, where files were
    edited since the person's step before, whatever else they say, in order, at most 500."""
    rejected_steps: tuple[int, ...] = ()
    """Indexes of steps of which a person refused a call or that they took back, in order."""
    interrupted_steps: tuple[int, ...] = ()
    """Indexes of steps at which a person stopped the agent, in order, each once."""
    compacted_steps: tuple[int, ...] = ()
    """Indexes of steps before which the context was summarised, in order, each once."""
    undone: tuple[UndoneSteps, ...] = ()
    """Steps that a person went back before and that the log still holds, in order; branches may
    lie within one another."""
    stated_solved: bool | None = None
    """Whether the log itself states that its task was solved; None where it states neither."""
    stated_liked: bool | None = None
    """Whether the log states that a person was content with the whole; None where it does not."""
    delegations: tuple[Delegation, ...] = ()
    """Work that it handed to subagents which answered, or were at work when it ended, in order, at
    most 200."""
    files_edited: tuple[str, ...] = ()
    """Paths that it wrote or edited, sorted, at most 1,000."""
    edits: tuple[EditedFile, ...] = ()
    """The same files with the moments of their edits."""
    added_lines: bytes = b""
    """Sketch of the lines that it wrote, sealed with the workspace's key: `base.line_sketch`."""
    last_edit_step: int | None = None
    """Index of the last step that wrote or edited a file, notes in scratch folders left aside."""
    last_code_edit_step: int | None = None
    """The same of files other than Markdown and its like."""
    last_edit_at: datetime | None = None
    """When the last step that edited any of them was said."""
    n_edits: Count = 0
    """Calls of editing tools that were carried out."""
    failed_edit_steps: tuple[int, ...] = ()
    """Indexes of steps at which an editing tool that was given a file failed, one for each call, in
    order, at most 100."""
    taken_back_steps: tuple[int, ...] = ()
    """Indexes of steps at which a person took back an edit, one for each edit, in order."""
    rerun_steps: tuple[int, ...] = ()
    """Indexes of steps that ran a program again after an edit, which said something else and no
    error, in order, at most 100."""
    ran_steps: tuple[int, ...] = ()
    """Indexes of steps that ran a program after an edit, which told of no error, in order, at most
    100."""
    pushed_steps: tuple[int, ...] = ()
    """Indexes of steps that pushed or merged, by git's own word, in order."""
    unpushed_steps: tuple[int, ...] = ()
    """Indexes of steps that tried to push and could not, in order, at most 100."""
    ending: Ending = "unknown"
    """Who had the last word."""
    is_cut_off: bool = False
    """Whether it ends with calls of the agent, though they came back: it would have said more."""
    is_waiting: bool = False
    """Whether it ends with a question to a person, put by a tool, that nobody answered."""
    last_user_step: int | None = None
    """Index of the last step that a person typed."""
    started: datetime | None = None
    """Earliest moment."""
    ended: datetime | None = None
    """Latest moment."""

    @property
    def corrections(self) -> tuple[Reaction, ...]:
        """Times that a person said that the work or its understanding was wrong, in order."""
        return tuple(reaction for reaction in self.reactions if reaction.kind == "correction")

    @property
    def thanks(self) -> tuple[int, ...]:
        """Indexes of steps in which a person accepted or praised the work."""
        return self._steps_of("acceptance")

    @property
    def given_up(self) -> tuple[int, ...]:
        """Indexes of steps in which a person said that the work is not to be finished here."""
        return self._steps_of("abandonment")

    def _steps_of(self, kind: ReactionKind) -> tuple[int, ...]:
        return tuple(reaction.step for reaction in self.reactions if reaction.kind == kind)
