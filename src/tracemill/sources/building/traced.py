"""What tracing tools record of agents, and how it falls into trajectories.

A trace is not a session: one session can span many traces, and one trace can hold agents
within agents. A session is what its traces name it, or else the trace. A run of an agent
inside another is a subagent with a trajectory of its own, unless the outer one tells nothing.
A model call inside another is the same call, told by a second tool: the inner one counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.base.ids import make_id
from tracemill.records.refs import Origin
from tracemill.sources.building.open_trajectory import Window
from tracemill.sources.building.traced_steps import Operation, Session, build_trajectory

_MAX_ABOVE: Final = 256


class Traced(NamedTuple):
    """One operation, and what its trace says of who ran it."""

    operation: Operation
    trace_id: str
    agent: str
    """The program."""
    session_id: str | None = None
    """None where nothing names it."""
    agent_version: str | None = None
    title: str | None = None


def tell_sessions(
    source: str,
    found: Sequence[Traced],
    above: Mapping[str, str | None],
    window: Window,
    origin: Origin,
) -> None:
    """Put the trajectories of all operations into `window.ready`.

    Args:
        source: name of the source, which ids are made of.
        found: the operations in the order in which they stood.
        above: the operation above each, by their ids.
        window: where steps are built.
        origin: where all of it stands.
    """
    groups = _Groups(found, above)
    told: dict[tuple[str, str], str] = {}
    for (session_id, run), members in groups.by_trajectory().items():
        first = members[0]
        runs = (outer for outer in groups.ancestors(run) if (session_id, outer) in told)
        session = Session(
            id=make_id("traj", source, session_id, run, first.trace_id, first.operation.span_id),
            session_id=session_id,
            agent=first.agent,
            agent_version=first.agent_version,
            title=next((member.title for member in members if member.title), None),
            parent_id=told.get((session_id, next(runs, ""))) if run else None,
        )
        operations = [member.operation for member in members]
        if build_trajectory(session, operations, window, origin):
            told[session_id, run] = session.id


class _Groups:
    """Operations by trajectory."""

    def __init__(self, found: Sequence[Traced], above: Mapping[str, str | None]) -> None:
        self._found = found
        self._above = above
        self._runs = {one.operation.span_id for one in found if one.operation.kind == "agent"}
        named: dict[str, str] = {}
        for one in found:
            if one.session_id is not None:
                named.setdefault(one.trace_id, one.session_id)
        self._sessions = named

    def by_trajectory(self) -> dict[tuple[str, str], list[Traced]]:
        """Return operations by session and run of an agent, outer runs before inner ones."""
        outer = self._outer_models()
        groups: dict[tuple[str, str], list[Traced]] = {}
        for one in self._found:
            if one.operation.span_id not in outer:
                session_id = self._sessions.get(one.trace_id, one.trace_id)
                groups.setdefault((session_id, self._run_of(one.operation)), []).append(one)
        return dict(sorted(groups.items(), key=lambda group: self._depth(group[0][1])))

    def ancestors(self, span_id: str) -> Iterator[str]:
        """Yield the operations above one, the nearest first."""
        above = self._above.get(span_id)
        for _ in range(_MAX_ABOVE):
            if not above or above == span_id:
                return
            yield above
            above = self._above.get(above)

    def _run_of(self, operation: Operation) -> str:
        """Return the run that an operation belongs to; nothing for the outermost."""
        runs = [operation.span_id] if operation.kind == "agent" else []
        runs += [above for above in self.ancestors(operation.span_id) if above in self._runs]
        return runs[0] if len(runs) > 1 else ""

    def _depth(self, run: str) -> int:
        return len(list(self.ancestors(run))) + 1 if run else 0

    def _outer_models(self) -> set[str]:
        """Return the model calls that have another inside."""
        models = {one.operation.span_id for one in self._found if one.operation.kind == "model"}
        return {above for span_id in models for above in self.ancestors(span_id)} & models
