"""Steps, activities and episodes for tests, with only what a test is about spelled out."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tracemill.curate.windows.work import Work
from tracemill.records.events.event import Commit
from tracemill.records.inputs import Input
from tracemill.records.refs import Origin, Span, Stamp
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.reactions import STRENGTHS, Reaction, ReactionKind
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory
from tracemill.records.work.episodes import Episode, Outcome

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
ORIGIN = Origin(source="claude-code", source_version=1, uri="~/s.jsonl", input_id="input_1")
FOUND = Input(
    id="input_1",
    source="claude-code",
    source_version=1,
    uri="~/s.jsonl",
    status="read",
    content="ab",
)


def step(index: int, speaker: Any, text: str = "", **more: Any) -> Step:
    span = Span(start=index * 10, end=index * 10 + 9)
    return Step(trajectory_id="traj_1", index=index, speaker=speaker, text=text, span=span, **more)


def user(index: int, text: str = "do it", **more: Any) -> Step:
    return step(index, "user", text, **more)


def agent(index: int, text: str = "done", **more: Any) -> Step:
    return step(index, "agent", text, **more)


def calling(index: int, answer: str | None = "3 passed", **arguments: Any) -> Step:
    """Return a step that calls a tool; without an answer the call stays open."""
    call = ToolCall(id=f"c{index}", name="Bash", arguments=arguments or {"command": "pytest"})
    results = () if answer is None else (ToolResult(call_id=call.id, content=answer, status="ok"),)
    return agent(index, "", calls=(call,), results=results)


def trajectory(n_steps: int = 2, **more: Any) -> Trajectory:
    given: dict[str, Any] = {
        "id": "traj_1", "session_id": "s1", "agent": "claude-code", "n_steps": n_steps,
        "started": START, "ended": START + timedelta(hours=1), "origin": ORIGIN, **more,
    }  # fmt: skip
    return Trajectory(**given)


def activity(**more: Any) -> Activity:
    given: dict[str, Any] = {"trajectory_id": "traj_1", "input_id": "input_1", **more}
    return Activity(**given)


def episode(outcome: Outcome = "achieved", confidence: float = 0.9, **more: Any) -> Episode:
    given: dict[str, Any] = {
        "id": "ep_1", "kind": "fix", "goal": "do it", "session_ids": ("s1",),
        "trajectory_ids": ("traj_1",), "outcome": outcome, "confidence": confidence,
        "reason": "because", "stamp": Stamp(by="test", version=1), **more,
    }  # fmt: skip
    return Episode(**given)


def work(about: Activity | None = None, n_steps: int = 2, **more: Any) -> Work:
    """Return what builders work on."""
    given = {"episode": episode(), "trajectory": trajectory(n_steps), "input": FOUND, **more}
    return Work(activity=about or activity(), **given)


def commit(sha: str, **more: Any) -> Commit:
    given: dict[str, Any] = {
        "id": f"event_{sha}", "sha": sha, "at": START,
        "origin": Origin(source="git", source_version=1, uri="/srv/app", input_id="input_2"), **more,
    }  # fmt: skip
    return Commit(**given)


def reaction(step: int, kind: ReactionKind, confidence: float = 0.9) -> Reaction:
    """Return what a person's step says of the work before it."""
    strength = STRENGTHS[kind]
    return Reaction(step=step, kind=kind, strength=strength, confidence=confidence, rule="test")
