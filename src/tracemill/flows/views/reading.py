"""What the page of a session asks for: its outline, what hangs on its steps, and some of them.

An outline tells of thousands of steps, so it is made of the few columns that it needs; whole steps
are read for as many as are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from tracemill.base.text import beginning
from tracemill.flows.held.lookup import canonical_input, find_row, open_index
from tracemill.flows.results import EpisodeRow, LinkRow, SessionRow
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import Speaker, Step
from tracemill.store.index import Text
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:
    from tracemill.flows.analysis.happenings import Moments, Placed
    from tracemill.store.lake import Lake, Where

_OUTLINE_WIDTH: Final = 90
_SHA: Final = re.compile(r"[0-9a-f]{40}")
_OUTLINED: Final = ("trajectory_id", "index", "speaker", "at", "text", "calls", "results")


class OutlineEntry(NamedTuple):
    """One line of a session's outline: who spoke and how it went, without the text."""

    step: int
    speaker: Speaker
    at: datetime | None
    n_failed: int
    """Calls that failed."""
    reactions: tuple[str, ...]
    """What people said or did about the work here."""
    line: str = ""
    """Of a noted step how the text begins, or the tools that it called where it has none."""

    @property
    def is_noted(self) -> bool:
        """Whether a person finds their way by it: they spoke there, or something went wrong."""
        return self.speaker == "user" or self.n_failed > 0 or bool(self.reactions)


class SessionView(NamedTuple):
    """A session without its texts."""

    row: SessionRow
    outline: list[OutlineEntry]
    reactions: Mapping[int, list[Reaction]]
    """What people said and did about the work, by step."""
    episode: EpisodeRow | None
    """The work that it belongs to."""
    links: list[LinkRow]
    """What it is linked to."""
    happened: Placed
    """What else happened, after which step."""
    undone: tuple[UndoneSteps, ...]
    """Branches that a person went back before."""

    def is_undone(self, step: int) -> bool:
        """Tell whether a person went back before a step."""
        return any(branch.holds(step) for branch in self.undone)


def view_session(workspace: Workspace, name: str) -> SessionView:
    """Return a session's outline and what hangs on it."""
    row = find_row(workspace, "session", name, SessionRow)
    from tracemill.flows.analysis.happenings import happenings
    from tracemill.store.lake import Lake, equals
    from tracemill.store.tables import TABLES

    lake, owners = Lake(workspace.lake), {canonical_input(workspace, row.id)}
    where = equals("trajectory_id", row.id)
    (activity,) = lake.records(TABLES["activities"], owners=owners, where=where)
    reactions: dict[int, list[Reaction]] = {}
    for reaction in activity.reactions:
        reactions.setdefault(reaction.step, []).append(reaction)
    outline = list(_outline(lake, owners, where, reactions))
    events = list(lake.records(TABLES["events"], owners=owners, where=where))
    links = _links_of(workspace, row.id)
    return SessionView(
        row=row,
        outline=outline,
        reactions=reactions,
        episode=_episode_of(workspace, row.id),
        links=links,
        happened=happenings(workspace, row.id, events, _commits_of(links), _moments(outline)),
        undone=activity.undone,
    )


def _commits_of(links: Iterable[LinkRow]) -> Iterator[str]:
    for link in links:
        yield from (end for end in (link.source, link.target) if _SHA.fullmatch(end))


def _moments(outline: Iterable[OutlineEntry]) -> Moments:
    from tracemill.flows.analysis.happenings import Moments

    timed = sorted((entry.at, entry.step) for entry in outline if entry.at is not None)
    return Moments([at for at, _ in timed], [step for _, step in timed])


class _Call(msgspec.Struct, frozen=True):
    """A call, without what it was given."""

    name: str


class _Result(msgspec.Struct, frozen=True):
    """A result, without what came back."""

    status: str = "unknown"


_calls: Final = msgspec.json.Decoder(list[_Call]).decode
_results: Final = msgspec.json.Decoder(list[_Result]).decode


def _outline(
    lake: Lake, owners: set[str], where: Where, reactions: Mapping[int, list[Reaction]]
) -> Iterator[OutlineEntry]:
    from tracemill.store.tables import TABLES

    steps = TABLES["steps"]
    for batch in lake.batches(steps, owners=owners, where=where, columns=_OUTLINED):
        columns = (batch.column(name).to_pylist() for name in _OUTLINED[1:])
        for index, speaker, at, text, calls, results in zip(*columns, strict=True):
            entry = OutlineEntry(
                step=index,
                speaker=speaker,
                at=at,
                n_failed=sum(each.status == "error" for each in _results(results or "[]")),
                reactions=tuple(reaction.kind for reaction in reactions.get(index, ())),
            )
            yield entry._replace(line=_line(text, calls)) if entry.is_noted else entry


def _line(text: str | None, calls: str | None) -> str:
    names = (call.name for call in _calls(calls or "[]"))
    return beginning(text or "", _OUTLINE_WIDTH) or ", ".join(dict.fromkeys(names))


def _episode_of(workspace: Workspace, trajectory_id: str) -> EpisodeRow | None:
    with open_index(workspace) as index:
        found = index.find("episode", trajectory_id)
    return msgspec.convert(found[0], EpisodeRow) if found else None


def _links_of(workspace: Workspace, trajectory_id: str) -> list[LinkRow]:
    with open_index(workspace) as index:
        sources = index.page("link", only={"from": trajectory_id}, text=Text(), first=0, limit=-1)
        targets = index.page("link", only={"to": trajectory_id}, text=Text(), first=0, limit=-1)
    return [msgspec.convert(data, LinkRow) for data in (*sources, *targets)]


def read_steps(workspace: Workspace, trajectory_id: str, first: int, n: int) -> list[Step]:
    """Return some steps of a session, from the one numbered `first`."""
    from tracemill.store.lake import Lake, among, both, equals
    from tracemill.store.tables import TABLES

    owners = {canonical_input(workspace, trajectory_id)}
    where = both(equals("trajectory_id", trajectory_id), among("index", first, first + n))
    return list(Lake(workspace.lake).records(TABLES["steps"], owners=owners, where=where))
