"""Small pieces of work of our own making."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tracemill.analyze.features import ContextUse, Feature, Session
from tracemill.records.refs import Origin, Stamp
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.sessions.trajectory import Trajectory, Usage
from tracemill.records.work.episodes import Episode

BEGIN = datetime(2026, 3, 1, 10, tzinfo=UTC)
ORIGIN = Origin(source="claude-code", source_version=1, uri="made", input_id="in")


def minutes(n: float) -> datetime:
    return BEGIN + timedelta(minutes=n)


def failed(**more: Any) -> Recovery:
    """A test that failed twice, and worked after an edit."""
    known: dict[str, Any] = {
        "kind": "test", "cause": "code", "action": "pytest", "symptom": "1 failed",
        "attempts": (3, 5), "edits": (6,), "resolved_step": 7, "change": "edit",
        "at": minutes(20), "seconds": 90.0,
    }  # fmt: skip
    return Recovery(**{**known, **more})


def session(name: str = "traj_1", *, model: str = "claude-opus-4-6", **more: Any) -> Session:
    """An hour's session whose model calls held 50, 150 and 100 thousand tokens."""
    header = Trajectory(
        id=name, session_id=f"s-{name}", agent="claude-code", models=(model,), started=BEGIN,
        ended=minutes(60), origin=ORIGIN, total_usage=Usage(input_tokens=300_000, output_tokens=9),
    )  # fmt: skip
    activity = Activity(trajectory_id=name, input_id="in", **more)
    use = ContextUse({each.attempts[0] for each in activity.recoveries})
    for step, tokens in ((1, 50_000), (3, 150_000), (9, 100_000)):
        use.see(step, Usage(input_tokens=0, cache_read_tokens=tokens))
    use.finish()
    return Session(header, activity, use)


def feature(*sessions: Session, **more: Any) -> Feature:
    """A piece of work of an hour and a half that was achieved."""
    episode = Episode(
        id="ep_1", kind="fix", goal="", session_ids=(), started=BEGIN, ended=minutes(90),
        trajectory_ids=tuple(each.trajectory.id for each in sessions),
        outcome=more.pop("outcome", "achieved"), confidence=0.9, reason="tests passed",
        stamp=Stamp(by="test", version=1), commits=more.pop("shas", ()),
    )  # fmt: skip
    known: dict[str, Any] = {"commits": (), "gates": (), "reverted": None, "previous": ("ep_0",)}
    return Feature(episode, sessions, **{**known, **more})
