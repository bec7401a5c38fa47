"""What is known of one trajectory, as labels; what cannot be known is not said.

| label | says |
|---|---|
| `outcome.committed` | it committed, by its own output or by a link; surer where a link proves it |
| `outcome.reverted` | a commit of its was undone; `false` only once all stood for a week |
| `outcome.released` | a commit of its is in a version that a tag names; `false` is never said |
| `quality.tests_passed` | how the last tests after the last edit ended; also lint, types, build |
| `process.recovered` | whether a failing check passed later; said only where one failed |
| `feedback.rejected` | how often; also `interrupted`, `corrected`, `accepted`, `given_up` |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tracemill.base.text import counted
from tracemill.label import LABEL_VERSION
from tracemill.label.outcomes.final_checks import final_checks, recovered
from tracemill.label.outcomes.history import History
from tracemill.records.events.event import Commit
from tracemill.records.labels import Label
from tracemill.records.refs import Ref, Stamp
from tracemill.records.sessions.activity import Activity

_STAMP: Final = Stamp(by="trajectory_labels", version=LABEL_VERSION)
_NAMES: Final = {"test": "tests", "lint": "lint", "types": "types", "build": "build"}


def trajectory_labels(
    activity: Activity, commits: Sequence[Commit], history: History
) -> Iterator[Label]:
    """Yield the labels of one trajectory, whose commits are `commits`."""
    yield from _commits(activity, commits, history)
    yield from _checks(activity)
    yield from _feedback(activity)


def _commits(activity: Activity, commits: Sequence[Commit], history: History) -> Iterator[Label]:
    if activity.commits or commits:
        steps = [commit.step for commit in activity.commits]
        yield _label(
            activity,
            "outcome.committed",
            value=True,
            reason="it committed" if commits else "git said that it committed",
            steps=steps,
            confidence=1.0 if commits else 0.8,
        )
    if commits:
        undone = [commit for commit in commits if history.undoing(commit.id) is not None]
        if undone or all(history.has_survived(commit.id) for commit in commits):
            reason = f"of {counted(len(commits), 'commit')} {len(undone)} undone"
            yield _label(activity, "outcome.reverted", value=bool(undone), reason=reason)
    n_released = sum(history.is_released(commit.id) for commit in commits)
    if n_released:
        reason = f"of {counted(len(commits), 'commit')} {n_released} in a tagged version"
        yield _label(activity, "outcome.released", value=True, reason=reason)


def _checks(activity: Activity) -> Iterator[Label]:
    for kind, found in final_checks([activity]).items():
        passed = bool(found.run.passed)
        reason = f"its last {kind} run after its last edit {'passed' if passed else 'failed'}"
        yield _label(
            activity,
            f"quality.{_NAMES[kind]}_passed",
            value=passed,
            reason=reason,
            steps=[found.run.step],
        )
    failed = [run.step for run in activity.checks if run.passed is False]
    if failed:
        runs = recovered(activity.checks)
        steps = failed[-1:] if runs is None else [run.step for run in runs]
        reason = "a failing check passed later" if runs else "no failing check passed later"
        yield _label(
            activity, "process.recovered", value=runs is not None, reason=reason, steps=steps
        )


def _feedback(activity: Activity) -> Iterator[Label]:
    corrected = [each.step for each in activity.corrections if each.is_sure]
    for name, steps, count, said in (
        ("rejected", activity.rejected_steps, activity.n_rejections, "refused call"),
        ("interrupted", activity.interrupted_steps, activity.n_interruptions, "stop"),
        ("corrected", corrected, len(corrected), "correction"),
        ("accepted", activity.thanks, len(activity.thanks), "agreement"),
        ("given_up", activity.given_up, len(activity.given_up), "withdrawal"),
    ):
        if count:
            reason = counted(count, said)
            yield _label(activity, f"feedback.{name}", value=count, reason=reason, steps=steps)


def _label(
    activity: Activity,
    name: str,
    *,
    value: bool | int,
    reason: str,
    steps: Iterable[int] = (),
    confidence: float = 1.0,
) -> Label:
    target = Ref(kind="trajectory", id=activity.trajectory_id)
    evidence = tuple(Ref(kind="trajectory", id=activity.trajectory_id, step=step) for step in steps)
    return Label(
        target=target,
        name=name,
        value=value,
        reason=reason,
        confidence=confidence,
        evidence=evidence,
        stamp=_STAMP,
    )
