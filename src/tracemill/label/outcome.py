"""What became of a piece of work, from what the record itself proves.

The first rule that applies decides:

| what is known                                              | outcome   | sure |
|------------------------------------------------------------|-----------|------|
| all of its commits were undone later                       | failed    | .95  |
| some of its commits were undone later                      | partial   | .70  |
| a person gave up, and nothing was committed after          | abandoned | .85  |
| a person stopped the agent last, and nothing was committed | abandoned | .60  |
| committed, last tests failed                               | partial   | .60  |
| committed, last tests passed                               | achieved  | .95  |
| committed, no tests told anything                          | achieved  | .75  |
| committed by its own words, but in no known repository     | achieved  | .65  |
| last tests failed                                          | failed    | .70  |
| last tests passed after the last edit, and a person agreed | achieved  | .75  |
| last tests passed after the last edit                      | achieved  | .60  |
| a person agreed with the last answer                       | achieved  | .55  |
| anything else                                              | unknown   | 0    |

A commit that is known to have stood for a week makes `achieved` surer by .03. Silence proves
nothing, and a refused tool call is not a failure of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.base.ids import make_id
from tracemill.label.final_checks import FinalCheck, final_check, final_checks
from tracemill.label.goal import kind_of_work
from tracemill.label.history import History
from tracemill.records.activity import Activity
from tracemill.records.episodes import Episode, Outcome
from tracemill.records.events import Commit
from tracemill.records.links import Link
from tracemill.records.refs import Ref, Stamp
from tracemill.records.trajectory import Trajectory

OUTCOME_STAMP: Final = Stamp(by="outcome", version=1)
_WORK: Final = frozenset({"commit_output", "git_operation", "checkpoint_trailer", "files_and_time"})
_SURE: Final = 0.7
_SURVIVED: Final = 0.03


class Verdict(NamedTuple):
    """An outcome and what proves it."""

    outcome: Outcome
    confidence: float
    reason: str
    evidence: tuple[Ref, ...] = ()


class Work(NamedTuple):
    """All that is known of one piece of work."""

    trajectories: Sequence[Trajectory]
    """In the order of their start."""
    activities: Sequence[Activity]
    """Of the same trajectories."""
    commits: Sequence[Commit]
    """Commits linked to it as its work, oldest first."""
    history: History
    """All known commits."""

    @property
    def last(self) -> Activity | None:
        """The activity of the last trajectory that a person began."""
        mains = [
            activity
            for trajectory, activity in zip(self.trajectories, self.activities, strict=True)
            if not trajectory.is_subagent
        ]
        return mains[-1] if mains else None

    @property
    def has_committed(self) -> bool:
        """Whether it committed, by its own output at least."""
        return bool(self.commits) or any(activity.commits for activity in self.activities)


def commits_of(group: Iterable[str], links: Iterable[Link], history: History) -> list[Commit]:
    """Return the commits that are the work of a group of trajectories, oldest first."""
    members = set(group)
    found = {
        link.target.id
        for link in links
        if link.source.id in members
        and link.method in _WORK
        and link.confidence >= _SURE
        and link.target.id in history.commits
    }
    commits = [history.commits[commit_id] for commit_id in found]
    return sorted(commits, key=lambda c: (c.at is None, c.at, c.sha))


def judge(work: Work) -> Verdict:
    """Apply the rules of this module, in order."""
    for rule in _RULES:
        if (verdict := rule(work)) is not None:
            return verdict
    return Verdict("unknown", 0.0, "nothing in the record proves how it ended")


def _by_reverts(work: Work) -> Verdict | None:
    undone = [c for c in work.commits if work.history.undoing(c.id) is not None]
    if not undone:
        return None
    undoings = [work.history.undoing(commit.id) for commit in undone]
    evidence = tuple(_event(found.commit) for found in undoings if found is not None)
    if len(undone) == len(work.commits):
        return Verdict("failed", 0.95, "all of its commits were undone later", evidence)
    return Verdict("partial", 0.7, "some of its commits were undone later", evidence)


def _by_giving_up(work: Work) -> Verdict | None:
    last = work.last
    if last is None:
        return None
    last_commit = max((commit.step for commit in last.commits), default=-1)
    given_up = [step for step in last.given_up if step > last_commit]
    if given_up:
        proof = (_step(last, given_up[-1]),)
        return Verdict("abandoned", 0.85, "a person gave up, with no commit after", proof)
    if last.ending == "interruption" and not work.has_committed:
        evidence = tuple(_step(last, step) for step in last.interrupted_steps[-1:])
        return Verdict(
            "abandoned", 0.6, "a person stopped the agent, and nothing followed", evidence
        )
    return None


def _by_commit(work: Work) -> Verdict | None:
    if not work.has_committed:
        return None
    evidence = tuple(map(_event, work.commits)) or tuple(
        _step(activity, commit.step) for activity in work.activities for commit in activity.commits
    )
    tests = final_check(work.activities, "test")
    if tests is not None and not tests.run.passed:
        proof = (*evidence, _run(tests))
        return Verdict("partial", 0.6, "committed, but the last tests failed", proof)
    survived = _SURVIVED if any(work.history.has_survived(c.id) for c in work.commits) else 0.0
    if tests is not None:
        proof = (*evidence, _run(tests))
        return Verdict("achieved", 0.95 + survived, "committed, and the last tests passed", proof)
    if work.commits:
        return Verdict("achieved", 0.75 + survived, "committed; no tests told anything", evidence)
    reason = "committed by its own output, in no repository that is known"
    return Verdict("achieved", 0.65, reason, evidence)


def _by_tests(work: Work) -> Verdict | None:
    tests = final_check(work.activities, "test")
    if tests is None:
        return None
    if not tests.run.passed:
        return Verdict("failed", 0.7, "the last tests failed", (_run(tests),))
    last = work.last
    if last is not None and _is_disliked_after(last, tests):
        return None
    if last is not None and _agreed(last):
        reason = "the last tests passed after the last edit, and a person agreed"
        return Verdict("achieved", 0.75, reason, (_run(tests), _step(last, last.thanks[-1])))
    return Verdict("achieved", 0.6, "the last tests passed after the last edit", (_run(tests),))


def _by_agreement(work: Work) -> Verdict | None:
    last = work.last
    if last is None or not _agreed(last):
        return None
    evidence = (_step(last, last.thanks[-1]),)
    return Verdict("achieved", 0.55, "a person agreed with the last answer", evidence)


_RULES: Final[tuple[Callable[[Work], Verdict | None], ...]] = (
    _by_reverts,
    _by_giving_up,
    _by_commit,
    _by_tests,
    _by_agreement,
)


def _agreed(activity: Activity) -> bool:
    """Tell whether the last thing that a person said was agreement."""
    return bool(activity.thanks) and activity.thanks[-1] == activity.last_user_step


def _is_disliked_after(activity: Activity, tests: FinalCheck) -> bool:
    """Tell whether a person refused, stopped or corrected something after the last tests."""
    steps = [*activity.rejected_steps, *activity.interrupted_steps]
    steps += [correction.step for correction in activity.corrections]
    return tests.trajectory_id == activity.trajectory_id and any(s > tests.run.step for s in steps)


def _event(commit: Commit) -> Ref:
    return Ref(kind="event", id=commit.id)


def _step(activity: Activity, step: int) -> Ref:
    return Ref(kind="trajectory", id=activity.trajectory_id, step=step)


def _run(found: FinalCheck) -> Ref:
    return Ref(kind="trajectory", id=found.trajectory_id, step=found.run.step)


def judge_episode(
    group: Sequence[str],
    trajectories: Mapping[str, Trajectory],
    activities: Mapping[str, Activity],
    links: Iterable[Link],
    history: History,
) -> Episode:
    """Return the episode that a group of trajectories makes, with its outcome."""
    commits = commits_of(group, links, history)
    known = [trajectories[trajectory_id] for trajectory_id in group]
    observed = [activities[trajectory_id] for trajectory_id in group]
    verdict = judge(Work(known, observed, commits, history))
    goal = next((activity.goal for activity in observed if activity.goal), "")
    moments = [t.started for t in known if t.started], [t.ended for t in known if t.ended]
    return Episode(
        id=make_id("ep", *sorted(group)),
        kind=kind_of_work(goal, commits, has_edits=any(a.files_edited for a in observed)),
        goal=goal,
        session_ids=tuple(dict.fromkeys(trajectory.session_id for trajectory in known)),
        trajectory_ids=tuple(group),
        event_ids=tuple(commit.id for commit in commits),
        commits=tuple(dict.fromkeys(commit.sha for commit in commits)),
        started=min(moments[0], default=None),
        ended=max(moments[1], default=None),
        outcome=verdict.outcome,
        confidence=round(verdict.confidence, 2),
        reason=verdict.reason,
        evidence=verdict.evidence,
        quality=_quality(observed),
        stamp=OUTCOME_STAMP,
    )


def _quality(activities: Sequence[Activity]) -> float | None:
    """Return the share of checks, one for each kind, that passed in the end."""
    checks = final_checks(activities)
    if not checks:
        return None
    return sum(bool(found.run.passed) for found in checks.values()) / len(checks)
