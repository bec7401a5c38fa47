"""Look-ups in the index and the lake: what commands and pages show. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from itertools import takewhile
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

import msgspec

from tracemill.base.errors import AmbiguousNameError, NotFoundError
from tracemill.flows.results import EpisodeRow, LinkRow, SessionRow, StatusResult, StoreCounts
from tracemill.flows.versions import shown_code
from tracemill.records.datasets.recipes import DEFAULT_NAME
from tracemill.records.events.event import Event
from tracemill.records.labels import Label
from tracemill.records.privacy.erasures import SubjectKind
from tracemill.records.refs import Count, Record
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Episode
from tracemill.records.work.survival import Survival
from tracemill.store.erasures import ErasureBook, read_erasures
from tracemill.store.index import Index
from tracemill.store.workspace import Workspace

if TYPE_CHECKING:  # Arrow is slow to import
    from tracemill.store.lake import Lake

R = TypeVar("R")


class Listed(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """Rows of a list."""

    rows: list[R]
    """The rows asked for."""
    total: int
    """How many there are."""


class ShownTrajectory(Record, frozen=True, kw_only=True):
    """A session with its steps."""

    row: SessionRow
    """The session as it stands in lists."""
    steps: list[Step]
    """Its steps."""
    events: list[Event]
    """What happened in it besides the steps."""
    reactions: tuple[Reaction, ...]
    """What people said and did about the work."""
    undone: tuple[UndoneSteps, ...] = ()
    """Branches that a person went back before."""
    copies: tuple[SessionCopy, ...] = ()
    """Other inputs that hold it."""


class SessionCopy(Record, frozen=True, kw_only=True):
    """Another input that holds a session; its steps are kept apart, and count nowhere."""

    uri: str
    """Where it is."""
    n_steps: Count
    """How many steps it holds."""
    n_alike: Count
    """How many of them, from the first on, are those of the session as it stands."""


class ShownEpisode(Record, frozen=True, kw_only=True):
    """An episode with what is said about it."""

    episode: Episode
    """The episode."""
    labels: list[Label]
    """Labels on it and on its trajectories."""
    survival: Survival | None = None
    """What still stands of its commits; None where none is known."""


def read_counts(index: Index) -> StoreCounts:
    """Return what the store held when it was last derived."""
    noted = index.state("counts")
    return msgspec.json.decode(noted, type=StoreCounts) if noted else StoreCounts()


def read_status(workspace: Workspace) -> StatusResult:
    """Say what there is."""
    if not workspace.index.exists():
        return StatusResult(
            workspace=str(workspace.root), exists=False, synced=None, store=StoreCounts(),
            dataset=None, is_derived=True,
        )  # fmt: skip
    book = read_erasures(workspace.vault)
    with Index(workspace.index) as index:
        synced, dataset = index.state("synced"), index.newest_dataset(DEFAULT_NAME)
        is_derived = bool(index.state("derived"))
        return StatusResult(
            workspace=str(workspace.root),
            exists=True,
            synced=datetime.fromisoformat(synced) if synced else None,
            store=read_counts(index),
            dataset=str(workspace.datasets / DEFAULT_NAME / dataset) if dataset else None,
            is_derived=is_derived,
            is_outdated=is_derived and index.state("rules") != shown_code(),
            erased=_n_erased(book),
        )


def _n_erased(book: ErasureBook | None) -> int:
    """Return how many subjects a person erased; what settings took is not counted."""
    erasures = book.erasures if book else ()
    return sum(one.receipt.kind in get_args(SubjectKind) for one in erasures)


def open_index(workspace: Workspace) -> Index:
    """Return the index.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    require_kept(workspace)
    return Index(workspace.index)


@contextmanager
def kept_open(workspace: Workspace) -> Iterator[None]:
    """Hold the index open: whoever is the last to close it waits for the disk."""
    with Index(workspace.index) if workspace.index.exists() else nullcontext():
        yield


def require_kept(workspace: Workspace) -> None:
    """Make sure that there is something to look at.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    if not workspace.index.exists():
        raise NotFoundError(f"nothing is kept in {str(workspace.root)!r} yet; run: tracemill run")


def list_rows(
    workspace: Workspace,
    kind: str,
    row: type[R],
    *,
    limit: int,
    only: Mapping[str, str | None] = MappingProxyType({}),
) -> Listed[R]:
    """Return rows of a kind, newest first; a limit of 0 means all.

    Of `only`, what is not None must stand in a row's field of that name.
    """
    wanted = {name: value for name, value in only.items() if value is not None}
    with open_index(workspace) as index:
        if not wanted:
            found = [msgspec.convert(data, row) for data in index.rows(kind, limit or -1)]
            return Listed(rows=found, total=index.count(kind))
        matching = [
            msgspec.convert(data, row)
            for data in index.rows(kind)
            if all(data.get(name) == value for name, value in wanted.items())
        ]
    return Listed(rows=matching[:limit] if limit else matching, total=len(matching))


def list_links(workspace: Workspace, *, limit: int) -> Listed[LinkRow]:
    """Return links, surest first; a limit of 0 means all."""
    return list_rows(workspace, "link", LinkRow, limit=limit)


def find_row(workspace: Workspace, kind: str, name: str, row: type[R]) -> R:
    """Return the one row that `name` means.

    Raises:
        NotFoundError: none or several answer to it.
    """
    with open_index(workspace) as index:
        found = index.find(kind, name)
    only = only_one(found, name, kind, f"{kind} list", itemgetter("id"))
    return msgspec.convert(only, row)


def only_one(found: Sequence[R], name: str, kind: str, listing: str, told: Callable[[R], str]) -> R:
    """Return the only thing of a kind that answers to a name.

    Args:
        found: all that answer to it.
        name: what was asked for.
        kind: what was looked for, as an error says it.
        listing: the command that lists all of the kind, such as `todo list`.
        told: what one of several is called.

    Raises:
        NotFoundError: none or several answer to the name.
    """
    if len(found) > 1:
        raise AmbiguousNameError(name, [told(each) for each in found])
    if not found:
        raise NotFoundError(f"no {kind} answers to {name!r}; see: tracemill {listing}")
    return found[0]


def show_trajectory(workspace: Workspace, name: str) -> ShownTrajectory:
    """Return a session with its steps and events."""
    row = find_row(workspace, "session", name, SessionRow)
    from tracemill.store.lake import Lake, equals
    from tracemill.store.tables import TABLES

    lake = Lake(workspace.lake)
    owners = {canonical_input(workspace, row.id)}
    where = equals("trajectory_id", row.id)
    steps = list(lake.records(TABLES["steps"], owners=owners, where=where))
    events = list(lake.records(TABLES["events"], owners=owners, where=where))
    (activity,) = lake.records(TABLES["activities"], owners=owners, where=where)
    return ShownTrajectory(
        row=row,
        steps=steps,
        events=events,
        reactions=activity.reactions,
        undone=activity.undone,
        copies=tuple(_copies(lake, row.id, owners, steps)),
    )


def _copies(
    lake: Lake, trajectory_id: str, owners: set[str], steps: Sequence[Step]
) -> Iterator[SessionCopy]:
    """Yield the other inputs that hold a trajectory, in the order of their addresses."""
    from tracemill.store.lake import equals
    from tracemill.store.tables import TABLES

    where = equals("trajectory_id", trajectory_id)
    held = {each.input_id for each in lake.records(TABLES["activities"], where=where)} - owners
    inputs = lake.records(TABLES["inputs"], owners=held)
    for each in sorted(inputs, key=lambda found: found.uri):
        other = list(lake.records(TABLES["steps"], owners={each.id}, where=where))
        pairs = takewhile(
            lambda pair: _said(pair[0]) == _said(pair[1]), zip(other, steps, strict=False)
        )
        yield SessionCopy(uri=each.uri, n_steps=len(other), n_alike=sum(1 for _ in pairs))


def _said(step: Step) -> tuple[Any, ...]:
    return step.speaker, step.text, step.calls, step.results


def canonical_input(workspace: Workspace, trajectory_id: str) -> str:
    """Return the input that stands for a trajectory, where copies of it were read too."""
    with open_index(workspace) as index:
        found: list[dict[str, Any]] = index.find("input_of", trajectory_id)
    return str(found[0]["input_id"])


def show_work(workspace: Workspace, name: str) -> ShownEpisode:
    """Return an episode with its labels."""
    row = find_row(workspace, "episode", name, EpisodeRow)
    from tracemill.store.lake import Lake
    from tracemill.store.tables import TABLES

    lake = Lake(workspace.lake)
    (episode,) = lake.records(TABLES["episodes"], owners={row.id})
    labels = list(lake.records(TABLES["labels"], owners={row.id, *episode.trajectory_ids}))
    survival = next(lake.records(TABLES["survivals"], owners={row.id}), None)
    from tracemill.flows.held.review_pending import with_pending

    with open_index(workspace) as index:
        said = index.find("review", row.id)
    reviewed = with_pending(said, episode, labels)
    return ShownEpisode(episode=reviewed.episode, labels=reviewed.labels, survival=survival)
