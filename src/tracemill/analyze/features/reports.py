"""One piece of work as lines of a team's files: its failures, its success, how it went.

| part | is |
|---|---|
| `feature_id` | the episode |
| `reliability.completed` | whether the work was achieved; open where its outcome is unknown |
| `reliability.retry_count` | attempts after the first, of all that failed in it |
| `reliability.regression_introduced` | whether a commit of its was taken back; known after a week |
| `timing.actual_minutes`, `efficiency.time_minutes` | from the first to the last moment |
| `efficiency.context_tokens_used` | most tokens that stood in the window of one of its sessions |
| `quality_metrics` | what the last linter and type checker left, and coverage of its commits |
| `tool_usage.lines_added`, `lines_removed` | of its commits |

Beside them, each plan that a person approved or refused is a decision on what the agent
recommended. What is estimated beforehand, and what is documented, no record tells; nor which calls
a person let through: logs hold the calls that were refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.analyze.features.context import (
    ContextUse,
    Window,
    context_report,
    share_of,
    window_of,
)
from tracemill.analyze.features.failures import failure_report, retries_of
from tracemill.analyze.practices import SAYS, practices_of
from tracemill.base.ids import make_id
from tracemill.records.events.commits import Commit, lines_in
from tracemill.records.events.gates import GateRun
from tracemill.records.events.team import Report, TeamReport
from tracemill.records.events.team_features import (
    Efficiency,
    FailureContext,
    Level,
    PerformanceReport,
    QualityMetrics,
    Reliability,
    SuccessReport,
    Timing,
    ToolUsage,
    UsedPattern,
)
from tracemill.records.events.team_projects import ApprovalReport
from tracemill.records.refs import Origin, Ref
from tracemill.records.sessions.activity import Activity, CheckKind, PlanVerdict
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Remainder, Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.render.team import FORMAT

_MINUTE: Final = 60


class Session(NamedTuple):
    """One session of a piece of work."""

    trajectory: Trajectory
    """Its header."""
    activity: Activity
    """What it did."""
    context: ContextUse
    """What stood in its window."""


class Feature(NamedTuple):
    """One piece of work with all that its reports are made from."""

    episode: Episode
    """What it is."""
    sessions: Sequence[Session]
    """Its sessions in their order, subagents among them."""
    commits: Sequence[Commit]
    """The commits that are its work."""
    gates: Sequence[GateRun]
    """Gate runs that looked at one of its commits."""
    reverted: bool | None
    """Whether a commit of its was taken back; None where that is not known."""
    previous: Sequence[str]
    """Pieces of work before it in the same place, the last ones in order."""


def feature_reports(
    feature: Feature, effects: Mapping[str, Level], windows: Sequence[Window]
) -> Iterator[TeamReport]:
    """Yield what a piece of work has to report; `effects` says how much practices help."""
    for session in feature.sessions:
        for failed in session.activity.recoveries:
            yield _failure(feature, session, failed, windows)
        for verdict in session.activity.plan_verdicts:
            yield _approval(session, verdict)
        report = context_report(
            session.trajectory, session.activity, session.context, feature.episode.id, windows
        )
        if report is not None:
            evidence = Ref(kind="trajectory", id=session.trajectory.id)
            yield _told(report, session, session.trajectory.ended, evidence)
    if not feature.sessions:
        return
    evidence = Ref(kind="episode", id=feature.episode.id)
    ended, first = feature.episode.ended, feature.sessions[0]
    if feature.episode.outcome == "achieved":
        yield _told(_success(feature, effects), first, ended, evidence)
    yield _told(_performance(feature), first, ended, evidence)


def told_of(
    report: Report, origin: Origin, session_id: str | None, at: datetime | None, evidence: Ref
) -> TeamReport:
    """Return a report as an event that names the record that shows it."""
    kind = str(report.__struct_config__.tag)
    return TeamReport(
        id=make_id("event", "feature", kind, evidence.name),
        at=at,
        origin=origin,
        session_id=session_id,
        report=report,
        remainder=Remainder(format=FORMAT, values={"evidence": [evidence.name]}),
    )


def _told(report: Report, session: Session, at: datetime | None, evidence: Ref) -> TeamReport:
    header = session.trajectory
    return told_of(report, header.origin, header.session_id, at, evidence)


def _failure(
    feature: Feature, session: Session, failed: Recovery, windows: Sequence[Window]
) -> TeamReport:
    header, step = session.trajectory, failed.attempts[0]
    size = window_of(header.models, session.context.peak, windows)
    context = FailureContext(
        previous_features=tuple(feature.previous),
        model_version=header.models[0] if header.models else None,
        session_length_minutes=_minutes(header.started, header.ended),
        context_window_usage=share_of(session.context.at.get(step), size),
        time_in_session=_share(header.started, failed.at, header.ended),
    )
    report = failure_report(failed, feature.episode.id, context)
    evidence = Ref(kind="trajectory", id=header.id, step=step)
    return _told(report, session, failed.at, evidence)


def _approval(session: Session, verdict: PlanVerdict) -> TeamReport:
    evidence = Ref(kind="trajectory", id=session.trajectory.id, step=verdict.step)
    report = ApprovalReport(
        decision_id=evidence.name,
        agent_recommendation=verdict.opening or None,
        human_decision="approved" if verdict.is_approved else "refused",
        human_reasoning=verdict.said,
        decision_aligned=verdict.is_approved,
    )
    return _told(report, session, verdict.at, evidence)


def _success(feature: Feature, effects: Mapping[str, Level]) -> SuccessReport:
    led = [each.activity for each in feature.sessions if not each.trajectory.is_subagent]
    practices = practices_of(led, feature.commits, is_fix=feature.episode.kind == "fix")
    kept = [name for name, is_kept in practices.items() if is_kept]
    return SuccessReport(
        feature_id=feature.episode.id,
        success_factors=tuple(SAYS[name] for name in kept),
        timing=Timing(actual_minutes=_minutes(feature.episode.started, feature.episode.ended)),
        tool_usage=_tool_usage(feature),
        quality_metrics=_quality(feature),
        patterns=tuple(UsedPattern(pattern=name, effectiveness=effects.get(name)) for name in kept),
    )


def _performance(feature: Feature) -> PerformanceReport:
    episode = feature.episode
    failed = [each for s in feature.sessions for each in s.activity.recoveries]
    peaks = [s.context.peak for s in feature.sessions if s.context.peak is not None]
    is_known = episode.outcome != "unknown"
    return PerformanceReport(
        feature_id=episode.id,
        reliability=Reliability(
            completed=episode.outcome == "achieved" if is_known else None,
            retry_count=sum(map(retries_of, failed)),
            regression_introduced=feature.reverted,
        ),
        efficiency=Efficiency(
            time_minutes=_minutes(episode.started, episode.ended),
            context_tokens_used=max(peaks, default=None),
        ),
        quality=_quality(feature),
    )


def _tool_usage(feature: Feature) -> ToolUsage:
    activities = [each.activity for each in feature.sessions]
    files = [file for commit in feature.commits for file in commit.files or ()]
    is_told = bool(feature.commits) and all(c.files is not None for c in feature.commits)
    made = {commit.sha for each in activities for commit in each.commits}
    return ToolUsage(
        test_runs=sum(run.check == "test" for each in activities for run in each.checks),
        code_edits=sum(each.n_edits for each in activities),
        git_commits=len(feature.episode.commits) or len(made),
        lines_added=lines_in(files, "added") if is_told else None,
        lines_removed=lines_in(files, "deleted") if is_told else None,
    )


def _quality(feature: Feature) -> QualityMetrics | None:
    """Return what is known of the quality of the work; None where nothing is."""
    rates = [gate.coverage.line_rate for gate in feature.gates if gate.coverage is not None]
    found = QualityMetrics(
        test_coverage=rates[-1] if rates else None,
        lint_errors=_errors(feature, "lint"),
        type_errors=_errors(feature, "types"),
    )
    return None if found == QualityMetrics() else found


def _errors(feature: Feature, kind: CheckKind) -> int | None:
    """Return what the last run of a check left: its report's count, and nothing where it passed.

    None where nothing ran, or where it said no, or nothing, and counted nothing.
    """
    gates = [gate for gate in feature.gates if gate.gate == kind]
    if gates:
        last = gates[-1]
        n_found = last.totals.get("failed", 0) + last.totals.get("error", 0)
        return n_found if n_found or last.status == "passed" else None
    runs = [run for each in feature.sessions for run in each.activity.checks if run.check == kind]
    return 0 if runs and runs[-1].passed else None


def _minutes(begun: datetime | None, ended: datetime | None) -> float | None:
    if begun is None or ended is None or ended < begun:
        return None
    return round((ended - begun).total_seconds() / _MINUTE, 2)


def _share(begun: datetime | None, at: datetime | None, ended: datetime | None) -> float | None:
    """Return how far something had come at a moment, 0 to 1; None where that is not known."""
    if begun is None or at is None or ended is None or not begun <= at <= ended or begun == ended:
        return None
    return (at - begun) / (ended - begun)
