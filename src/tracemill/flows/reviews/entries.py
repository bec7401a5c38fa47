"""Records outside the queue that a person wants to judge: looked up in the lake."""

from __future__ import annotations

from collections.abc import Iterator

from tracemill.base.errors import AmbiguousNameError, NotFoundError
from tracemill.flows.deriving.review_facts import told_item
from tracemill.flows.held.lookup import find_row, show_work
from tracemill.flows.held.review_rows import QueueEntry
from tracemill.flows.results import EpisodeRow, SessionRow
from tracemill.flows.views.reading import read_steps
from tracemill.records.datasets.examples import Example
from tracemill.records.events.event import Captured, Commit, TeamReport
from tracemill.records.events.reviews import MachineVerdict
from tracemill.render.team import captured_report
from tracemill.review.items import episode_item, example_item, step_item
from tracemill.review.verdict import machine_verdict
from tracemill.store.lake import Lake, begins
from tracemill.store.tables import EXAMPLE_TABLES, TABLES
from tracemill.store.workspace import Workspace


def any_entry(workspace: Workspace, name: str) -> QueueEntry:
    """Return an episode, an example, an event of a team's process or a step, as the queue would.

    Raises:
        NotFoundError: nothing answers to the name, or it may mean several.
    """
    kind = name.partition("_")[0]
    if kind == "ep":
        return _episode(workspace, name)
    if kind == "traj":
        return _step(workspace, name)
    found = list(_examples(workspace, name) if kind == "example" else _events(workspace, name))
    if len(found) > 1:
        raise AmbiguousNameError(name, [each.item.id for each in found])
    if not found:
        raise NotFoundError(
            "expected what waits, an episode (ep_…), an example (example_…), an event (event_…) or "
            "a step of a session (traj_…#12); "
            f"found none that answers to {name!r}; see: tracemill review next"
        )
    return found[0]


def find_example(workspace: Workspace, name: str) -> Example | None:
    """Return the example of an id, or how one begins; None where there is none any more."""
    return next(_examples_named(Lake(workspace.lake), name), None)


def _episode(workspace: Workspace, name: str) -> QueueEntry:
    row = find_row(workspace, "episode", name, EpisodeRow)
    shown = show_work(workspace, row.id)
    lake, episode = Lake(workspace.lake), shown.episode
    activities = {
        activity.trajectory_id: activity
        for activity in lake.records(TABLES["activities"])
        if activity.trajectory_id in episode.trajectory_ids
    }
    wanted = set(episode.event_ids)
    commits = (event for event in lake.records(TABLES["events"]) if event.id in wanted)
    item = episode_item(
        episode,
        [activities[each] for each in episode.trajectory_ids if each in activities],
        [event for event in commits if isinstance(event, Commit)] if wanted else [],
    )
    return QueueEntry(item=item, triggers=(), machine=machine_verdict(episode, shown.labels))


def _step(workspace: Workspace, name: str) -> QueueEntry:
    session, _, number = name.partition("#")
    row = find_row(workspace, "session", session, SessionRow)
    is_index = number.isdecimal() and len(number) <= len(str(row.steps))
    steps = read_steps(workspace, row.id, int(number), 1) if is_index else []
    if not steps:
        raise NotFoundError(
            f"expected one of {row.steps:,} steps of {row.id}, from {row.id}#0 on; found {name!r}; "
            f"a session as a whole is judged by its episode: tracemill explain {row.id}"
        )
    item = step_item(steps[0], row.session_id)
    return QueueEntry(item=item, triggers=(), machine=MachineVerdict())


def _examples(workspace: Workspace, name: str) -> Iterator[QueueEntry]:
    lake = Lake(workspace.lake)
    for example in _examples_named(lake, name):
        owner = example.lineage[0].episode_id
        episode = next(iter(lake.records(TABLES["episodes"], owners={owner})), None)
        item = example_item(example.id, example.builder, episode)
        yield QueueEntry(item=item, triggers=(), machine=MachineVerdict())


def _examples_named(lake: Lake, name: str) -> Iterator[Example]:
    for table in EXAMPLE_TABLES:
        yield from lake.records(TABLES[table], where=begins("id", name))


def _events(workspace: Workspace, name: str) -> Iterator[QueueEntry]:
    for event in Lake(workspace.lake).records(TABLES["events"], where=begins("id", name)):
        told = captured_report(event) if isinstance(event, Captured) else event
        if isinstance(told, TeamReport):
            yield QueueEntry(item=told_item(told), triggers=(), machine=MachineVerdict())
