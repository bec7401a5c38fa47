"""What is known about one piece of work, gathered from its trajectories and commits.

What came last is read off the last main trajectory, since steps of different trajectories have
no common order. Commits count wherever in the work they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from tracemill.label.outcomes.final_checks import FinalCheck, final_check
from tracemill.label.outcomes.history import CERTAIN, WEEK, History
from tracemill.label.outcomes.left_open import is_done_as_asked, is_shown_before, open_request
from tracemill.label.outcomes.survival import Lines, undoings
from tracemill.records.events.event import Commit
from tracemill.records.links import SURE_ENOUGH, WORK
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

_DAY: Final = timedelta(days=1)
_WANTING: Final = frozenset({"continuation", "refinement", "correction"})
"""What a person's turn may be that wants work done."""
_FEW_LINES: Final = 5
"""Below so many lines, that they went says little."""


class Work(NamedTuple):
    """All that is known of one piece of work."""

    trajectories: Sequence[Trajectory]
    """In the order of their start."""
    activities: Sequence[Activity]
    """Of the same trajectories."""
    history: History
    """All known commits, and the links to them."""

    @property
    def last(self) -> Activity:
        """The activity of the last trajectory that a person began, or of the last of all."""
        pairs = zip(self.trajectories, self.activities, strict=True)
        mains = [activity for trajectory, activity in pairs if not trajectory.is_subagent]
        return (mains or self.activities)[-1]


class Evidence(NamedTuple):
    """What the rules of outcome look at."""

    commits: tuple[Commit, ...]
    """Commits that are the work, by time."""
    refs: tuple[Ref, ...]
    """Steps and events from which all this was read."""
    n_undone: int
    """How many of the commits were reverted; by the work itself only where none stands."""
    n_standing: int
    """How many of the commits were not."""
    days_until_undone: float | None
    """How long the first undone one had stood."""
    undone_sureness: float
    """How sure it is that they were reverted, against the surest that there can be."""
    kept_week: float | None
    """Share of its lines that stood a week after they landed; None where hardly any are known."""
    has_survived: bool
    """Whether all of them stood for a week."""
    sureness: float
    """How sure the surest link to one of them is, against the surest that there can be."""
    is_said_to_be_committed: bool
    """Whether git printed commits or pushes, while no repository is known to look for them in."""
    solved: bool | None
    """Whether the log itself states that the task was solved; None where it states neither."""
    liked: bool | None
    """Whether the log states that a person was content with the whole."""
    tests: bool | None
    """Whether the last tests passed; None where that is unknown, or an edit made it stale."""
    build: bool | None
    """The same of builds and type checks together."""
    lint: bool | None
    """The same of linters."""
    has_edits: bool
    """Whether files were edited at all."""
    is_taken_back: bool
    """Whether a person took back the last edits."""
    n_edits_left: int
    """Edits that no person took back."""
    is_rerun: bool
    """Whether a program that was run again after the last edit said something else, no error."""
    is_run: bool
    """Whether a program that was run after the last edit told of no error."""
    is_unpushed: bool
    """Whether the last try to push failed, and no commit and no tests that passed came after."""
    is_offered: bool
    """Whether a pull request was opened after the last edit, in a place of which no repository is
    known, and nobody said since that it is wrong."""
    is_stopped: bool
    """Whether the last thing that happened was that a person stopped the agent."""
    is_given_up: bool
    """Whether a person said to leave it, and nothing came after."""
    has_edits_after_commit: bool
    """Whether files were edited after the last commit."""
    has_request_after_commit: bool
    """Whether a person said more after the last commit."""
    is_wrong_after_commit: bool
    """Whether a person said after the last commit that it is wrong, and nothing kinder later."""
    is_wrong_after_tests: bool
    """The same after the last tests, refusals and stops included."""
    is_wrong_after_checks: bool
    """The same after the last check of any kind."""
    is_left_wrong: bool
    """Whether a person said of edited files that they are wrong, and nothing was edited since."""
    is_accepted: bool
    """Whether a person praised edited files last, and at most asked since."""
    is_thanked: bool
    """The same where no file was edited."""
    is_left_open: bool
    """Whether a request came after all that was shown done, and the log breaks off within it."""
    is_approved: bool
    """Whether a person praised what was talked through in a chat that shows no calls."""
    is_approved_then_wrong: bool
    """Whether a person praised it, and found fault after that."""
    is_unmade: bool
    """Whether editing tools were called, none could do its work, and the agent went on without
    and came to an end."""
    is_done_as_asked: bool
    """Whether a command by itself was what a person had asked for, and nobody found fault since."""
    is_shown_before: bool
    """Whether a person praised an earlier request, or a check showed it done and nobody found fault
    since, and the agent came to an end with what came after."""


def commits_of(group: Iterable[str], history: History) -> list[Commit]:
    """Return the commits that are the work of a group of trajectories, oldest first."""
    found = {
        link.target.id: history.commits[link.target.id]
        for trajectory_id in group
        for link in history.links_from(trajectory_id)
        if link.method in WORK
        and link.confidence >= SURE_ENOUGH
        and link.target.id in history.commits
    }
    return sorted(found.values(), key=lambda c: (c.at is None, c.at, c.sha, c.id))


def gather(work: Work) -> Evidence:
    """Return what is known about a piece of work."""
    history, last = work.history, work.last
    commits = commits_of((trajectory.id for trajectory in work.trajectories), history)
    undone = undoings(commits, history)
    counted = [found.undoing for found in undone.counted]
    spans = [found.after / _DAY for found in counted if found.after is not None]
    stood = Lines(commits, history).after(WEEK)
    tests = final_check(work.activities, "test")
    builds = [final_check(work.activities, "build"), final_check(work.activities, "types")]
    told = [bool(found.run.passed) for found in builds if found is not None]
    lint = final_check(work.activities, "lint")
    commit_step = max((*(m.step for m in last.commits), *last.pushed_steps), default=-1)
    test_step = tests.run.step if tests and tests.trajectory_id == last.trajectory_id else -1
    return Evidence(
        commits=tuple(commits),
        refs=tuple(_refs(last, (*commits, *(found.commit for found in counted)), tests)),
        n_undone=len(counted),
        n_standing=len(undone.standing),
        days_until_undone=min(spans, default=None),
        undone_sureness=min((found.sureness for found in counted), default=1.0),
        kept_week=None if stood is None or stood.n_of < _FEW_LINES else stood.share,
        has_survived=bool(commits) and all(history.has_survived(c.id) for c in commits),
        sureness=_sureness(work, commits),
        is_said_to_be_committed=not commits and _is_unseen(work),
        solved=last.stated_solved,
        liked=last.stated_liked,
        tests=tests.run.passed if tests else None,
        build=all(told) if told else None,
        lint=lint.run.passed if lint else None,
        is_run=max(last.ran_steps, default=-1) >= max(_last_code_edit(last), 0),
        is_rerun=max(last.rerun_steps, default=-1) >= max(_last_code_edit(last), 0),
        has_edits=_last_edit(last) >= 0,
        is_taken_back=_is_taken_back(last),
        n_edits_left=sum(a.n_edits - len(a.taken_back_steps) for a in work.activities),
        is_unpushed=_is_unpushed(last, commit_step, tests),
        is_offered=_is_offered(work),
        is_stopped=last.ending == "interruption",
        is_given_up=_is_given_up(last, commit_step),
        has_edits_after_commit=_last_edit(last) > commit_step,
        has_request_after_commit=(last.last_user_step or -1) > commit_step,
        is_wrong_after_commit=_is_wrong_after(last, commit_step, with_refusals=False),
        is_wrong_after_tests=_is_wrong_after(last, test_step, with_refusals=True),
        is_wrong_after_checks=_is_wrong_after(last, _last_check(last), with_refusals=True),
        is_left_wrong=_last_edit(last) >= 0
        and _is_wrong_after(last, _last_edit(last), with_refusals=False),
        is_accepted=_is_accepted(last),
        is_thanked=_is_thanked(last),
        is_approved=_is_approved(last),
        is_approved_then_wrong=_is_approved_then_wrong(last),
        is_unmade=_is_unmade(last),
        is_done_as_asked=is_done_as_asked(last),
        is_shown_before=is_shown_before(last),
        is_left_open=open_request(last) is not None,
    )


def _sureness(work: Work, commits: Sequence[Commit]) -> float:
    known = {commit.id for commit in commits}
    surest = (
        link.confidence
        for trajectory in work.trajectories
        for link in work.history.links_from(trajectory.id)
        if link.target.id in known and link.method in WORK
    )
    return min(max(surest, default=0.0) / CERTAIN, 1.0)


def _is_unseen(work: Work) -> bool:
    """Tell whether git printed a commit or push in a place of which no repository is known."""
    return any(
        (activity.commits or activity.pushed_steps)
        and not work.history.knows_repository(trajectory.cwd)
        for trajectory, activity in zip(work.trajectories, work.activities, strict=True)
    )


def _is_offered(work: Work) -> bool:
    last = work.last
    cwds = {known.id: known.cwd for known in work.trajectories}
    step = max((each.step for each in last.mentions if each.is_opened), default=0)
    is_left = step > max(_last_code_edit(last), 0)
    is_wrong = _is_wrong_after(last, step, with_refusals=True)
    return is_left and not is_wrong and not work.history.knows_repository(cwds[last.trajectory_id])


def _last_edit(activity: Activity) -> int:
    return -1 if activity.last_edit_step is None else activity.last_edit_step


def _last_code_edit(activity: Activity) -> int:
    """Return the last edit after which a program's word is old: notes on code leave it standing."""
    code = activity.last_code_edit_step
    return _last_edit(activity) if code is None else code


def _is_given_up(activity: Activity, commit_step: int) -> bool:
    if not activity.given_up:
        return False
    said = activity.given_up[-1]
    asked = -1 if activity.last_user_step is None else activity.last_user_step
    later = (commit_step, _last_edit(activity), asked, *activity.thanks[-1:])
    return all(step <= said for step in later)


def _last_check(activity: Activity) -> int:
    return max((*(run.step for run in activity.checks), *activity.ran_steps), default=-1)


def _is_taken_back(activity: Activity) -> bool:
    return max(activity.taken_back_steps, default=-1) >= max(_last_edit(activity), 0)


def _is_wrong_after(activity: Activity, step: int, *, with_refusals: bool) -> bool:
    """Tell whether a person's last word after a step was that it is wrong.

    A refusal that they then spoke about, and after which the agent had the last word, is a step
    on the way.
    """
    bad = [each.step for each in activity.corrections if each.is_sure]
    refusals = [*activity.rejected_steps, *activity.interrupted_steps]
    is_settled = activity.ending == "agent" and (activity.last_user_step or -1) > max(
        refusals, default=-1
    )
    if with_refusals and not is_settled:
        bad += refusals
    last_bad = max(bad, default=-1)
    return last_bad > step and last_bad > max(activity.thanks, default=-1)


def _is_accepted(activity: Activity) -> bool:
    said, edited = _last_praise(activity), activity.last_edit_step
    return said is not None and edited is not None and said > edited


def _is_thanked(activity: Activity) -> bool:
    has_worked = activity.n_calls > activity.n_errors
    is_praised = _last_praise(activity) is not None
    return is_praised and activity.last_edit_step is None and has_worked


def _is_approved(activity: Activity) -> bool:
    """Tell whether praise came after wishes, in a log that shows none of what the agent did.

    Who praises and asks for more approves of what was there, unless the same words find fault.
    Praise that is the last word of all needs no wishes before it.
    """
    said = max(activity.thanks, default=None)
    if said is None or activity.n_calls:
        return False
    is_last = activity.ending == "user" and said == activity.last_user_step
    is_work = any(each.kind in _WANTING and each.step < said for each in activity.reactions)
    against = max((_last_fault(activity), *_stops(activity)), default=-1)
    return (is_work or is_last) and against < said


def _is_approved_then_wrong(activity: Activity) -> bool:
    said = max(activity.thanks, default=None)
    return said is not None and not activity.n_calls and _last_fault(activity) > said


def _last_fault(activity: Activity) -> int:
    return max((each.step for each in activity.corrections if each.is_sure), default=-1)


def _stops(activity: Activity) -> tuple[int, ...]:
    return (*activity.rejected_steps, *activity.interrupted_steps)


def _is_unmade(activity: Activity) -> bool:
    failed, was_edited = activity.failed_edit_steps, activity.n_edits or _last_edit(activity) >= 0
    is_ended = activity.ending == "agent" and not activity.is_cut_off
    went_on = is_ended and activity.n_steps - 1 > max(failed, default=-1)
    return bool(failed) and not was_edited and went_on


def _is_unpushed(activity: Activity, commit_step: int, tests: FinalCheck | None) -> bool:
    is_own = tests is not None and tests.trajectory_id == activity.trajectory_id
    tested = tests.run.step if tests is not None and is_own and tests.run.passed else -1
    return max(activity.unpushed_steps, default=-1) > max(commit_step, tested)


def _last_praise(activity: Activity) -> int | None:
    """Return the step of praise that is a person's last word, but for questions, or None."""
    said = max(activity.thanks, default=None)
    if said is None:
        return None
    later = [each for each in activity.reactions if each.step > said]
    only_asks = all(each.kind == "clarification" for each in later)
    heard = max((each.step for each in later), default=said)
    return said if only_asks and heard == activity.last_user_step else None


def _refs(last: Activity, commits: Sequence[Commit], tests: FinalCheck | None) -> Iterator[Ref]:
    for commit_id in dict.fromkeys(commit.id for commit in commits):
        yield Ref(kind="event", id=commit_id)
    if tests is not None:
        yield Ref(kind="trajectory", id=tests.trajectory_id, step=tests.run.step)
    steps = {
        *(mention.step for mention in last.commits[-1:]),
        *last.pushed_steps[-1:],
        *last.unpushed_steps[-1:],
        *last.rerun_steps[-1:],
        *last.failed_edit_steps[-1:],
        *last.checked_turns[-1:],
        *last.granted_turns[-1:],
        *last.done_steps[-1:],
        *last.given_up[-1:],
        *last.thanks[-1:],
        *last.interrupted_steps[-1:],
        *last.rejected_steps[-1:],
        *(correction.step for correction in last.corrections[-1:]),
        *(step for step in [open_request(last)] if step is not None),
    }
    for step in sorted(steps):
        yield Ref(kind="trajectory", id=last.trajectory_id, step=step)
