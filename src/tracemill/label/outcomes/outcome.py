"""What became of a piece of work, as an episode that says which rule decided.

The table of rules is the docstring of `outcome_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tracemill.base.ids import make_id
from tracemill.label import LABEL_VERSION
from tracemill.label.outcomes.evidence import Work, gather
from tracemill.label.outcomes.final_checks import final_checks
from tracemill.label.outcomes.goal import kind_of_work
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome_rules import RULES_NAME, UNKNOWN, judge
from tracemill.records.refs import Stamp
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode

_STAMP: Final = Stamp(by=RULES_NAME, version=LABEL_VERSION)


def judge_episode(
    group: Sequence[str],
    trajectories: Mapping[str, Trajectory],
    activities: Mapping[str, Activity],
    history: History,
) -> Episode:
    """Return the episode that a group of trajectories makes, in the order of their start."""
    known = [trajectories[trajectory_id] for trajectory_id in group]
    observed = [activities[trajectory_id] for trajectory_id in group]
    evidence = gather(Work(known, observed, history))
    rule = judge(evidence)
    commits = evidence.commits
    goal = next((activity.goal for activity in observed if activity.goal), "")
    moments = [t.started for t in known if t.started], [t.ended for t in known if t.ended]
    return Episode(
        id=_episode_id(known),
        kind=kind_of_work(goal, commits, has_edits=any(a.files_edited for a in observed)),
        goal=goal,
        session_ids=tuple(dict.fromkeys(trajectory.session_id for trajectory in known)),
        trajectory_ids=tuple(group),
        event_ids=tuple(commit.id for commit in commits),
        commits=tuple(dict.fromkeys(commit.sha for commit in commits)),
        started=min(moments[0], default=None),
        ended=max(moments[1], default=None),
        outcome=rule.outcome,
        confidence=round(rule.confidence(evidence), 3),
        reason=rule.reason,
        evidence=() if rule is UNKNOWN else evidence.refs,
        quality=_quality(observed),
        stamp=_STAMP,
    )


def _episode_id(trajectories: Sequence[Trajectory]) -> str:
    """Name the first main trajectory, so that work which goes on keeps its id and its split."""
    mains = [trajectory for trajectory in trajectories if not trajectory.is_subagent]
    return make_id("ep", (mains or trajectories)[0].id)


def _quality(activities: Sequence[Activity]) -> float | None:
    """Return the share of checks, one for each kind, that passed in the end."""
    checks = final_checks(activities)
    if not checks:
        return None
    return sum(bool(found.run.passed) for found in checks.values()) / len(checks)
