"""What metrics count of a session and of a piece of work: a few hundred bytes of each.

Metrics are asked of all work at once, so all of it must fit into memory; a session with its steps,
or all that happened in it, need not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from tracemill.analyze.cases import Facts
from tracemill.records.events.commits import Commit, lines_in
from tracemill.records.refs import Count, Record
from tracemill.records.sessions.activity import Activity, PlanVerdict
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode, Outcome

_AGAINST: Final = frozenset({"correction", "rejection", "interruption"})


class SessionWork(Record, frozen=True, kw_only=True):
    """What metrics count of one session."""

    id: str
    """The trajectory."""
    session_id: str
    """The agent's own id of the session."""
    agent: str
    """The agent."""
    model: str | None = None
    """The first model that it used."""
    project: str | None = None
    """The folder in which it worked."""
    branch: str | None = None
    """The branch on which it worked."""
    instructions: str | None = None
    """Version of the standing orders that it began with."""
    told_by: Literal["commit", "moment"] | None = None
    """What tells that version."""
    used: dict[str, str] = msgspec.field(default_factory=dict)
    """Version of each command, skill and subagent that it used, by the text."""
    started: datetime | None = None
    """When it began."""
    is_subagent: bool = False
    """Whether another session started it."""
    is_led: bool = False
    """Whether a person said anything in it."""
    output_tokens: Count | None = None
    """Tokens that it wrote."""
    n_calls: Count = 0
    """Tool calls."""
    n_ended: Count = 0
    """Results of them of which the log says whether they failed."""
    n_errors: Count = 0
    """Results of them that failed."""
    against: ReactionKind | None = None
    """How a person first took something back; None where nobody did."""
    against_step: Count | None = None
    """The step in which that was."""
    n_refused: Count | None = None
    """Calls of them that a person refused; None where the log records none and never would."""
    plan_verdicts: tuple[PlanVerdict, ...] = ()
    """What a person said to its plans."""
    recoveries: tuple[Recovery, ...] = ()
    """What failed in it, and what became of that."""
    ignored_failures: dict[str, int] = msgspec.field(default_factory=dict)
    """Results that failed and are no failure of the work, by why."""

    @property
    def facts(self) -> Facts:
        """What it belongs to."""
        found = {
            "agent": self.agent,
            "model": self.model,
            "project": self.project,
            "branch": self.branch,
            "instructions": self.instructions,
        }
        return {**self.used_facts, **{name: value for name, value in found.items() if value}}

    @property
    def used_facts(self) -> Facts:
        """Which version it had of each text that it used."""
        return {used_fact(text): version for text, version in self.used.items()}


class EpisodeWork(Record, frozen=True, kw_only=True):
    """What metrics count of one piece of work."""

    id: str
    """The episode."""
    started: datetime | None = None
    """When it began."""
    outcome: Outcome
    """What became of it."""
    trajectory_ids: tuple[str, ...] = ()
    """Its sessions, the first one first."""
    practices: dict[str, bool] = msgspec.field(default_factory=dict)
    """Whether each way of working was kept in it; what cannot be told is not there."""
    seconds: float | None = None
    """From its beginning to its end."""
    lines_added: Count | None = None
    """Lines that its commits added, merges left aside; None where there is none, or git does not
    count the lines of one."""
    reverted: bool | None = None
    """Whether a commit of its was taken back; False only once all stood for a week."""


def used_fact(text: str) -> str:
    """Return the fact that names the version of a text that a session used."""
    return f"text:{text}"


def session_work(
    trajectory: Trajectory, activity: Activity, *, tells_refusals: bool
) -> SessionWork:
    """Return what metrics count of a session; of its standing orders nothing is known here.

    Args:
        trajectory: The session.
        activity: What happened in it.
        tells_refusals: Whether its source records that a person refused a call.
    """
    against = next((each for each in activity.reactions if each.kind in _AGAINST), None)
    usage = trajectory.total_usage
    return SessionWork(
        id=trajectory.id,
        session_id=trajectory.session_id,
        agent=trajectory.agent,
        model=trajectory.models[0] if trajectory.models else None,
        project=trajectory.cwd,
        branch=trajectory.branch,
        started=trajectory.started,
        is_subagent=trajectory.is_subagent,
        is_led=activity.n_user_steps > 0,
        output_tokens=usage.output_tokens if usage else None,
        n_calls=activity.n_calls,
        n_ended=activity.n_ended,
        n_errors=activity.n_errors,
        n_refused=activity.n_rejections if tells_refusals else activity.n_rejections or None,
        plan_verdicts=activity.plan_verdicts,
        against=against.kind if against else None,
        against_step=against.step if against else None,
        recoveries=activity.recoveries,
        ignored_failures=activity.ignored_failures,
    )


def episode_work(
    episode: Episode,
    practices: Mapping[str, bool],
    commits: Iterable[Commit] = (),
    *,
    reverted: bool | None,
) -> EpisodeWork:
    """Return what metrics count of a piece of work."""
    begun, ended = episode.started, episode.ended
    return EpisodeWork(
        id=episode.id,
        started=episode.started,
        outcome=episode.outcome,
        trajectory_ids=tuple(episode.trajectory_ids),
        practices=dict(practices),
        seconds=(ended - begun).total_seconds() if begun and ended else None,
        lines_added=_lines_added(commits),
        reverted=reverted,
    )


def _lines_added(commits: Iterable[Commit]) -> int | None:
    own = [commit.files for commit in commits if len(commit.parents) <= 1]
    counts = [lines_in(files, "added") if files is not None else None for files in own]
    known = [n for n in counts if n is not None]
    return sum(known) if known and len(known) == len(own) else None
