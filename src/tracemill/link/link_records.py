"""All links between the records that are known, in an order that follows from the links alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tracemill.link.change_index import ChangeIndex
from tracemill.link.commit_index import CommitIndex
from tracemill.link.commit_links import MADE, sure_links, weak_links
from tracemill.link.commit_pairs import commit_pairs
from tracemill.link.session_links import session_links
from tracemill.records.activity import Activity
from tracemill.records.events import ChangeUndone, Checkpoint, Commit, LinesAdded
from tracemill.records.links import Link
from tracemill.records.trajectory import Trajectory


def link_records(
    trajectories: Iterable[Trajectory],
    activities: Mapping[str, Activity],
    commits: Iterable[Commit],
    checkpoints: Iterable[Checkpoint] = (),
    undone: Iterable[ChangeUndone] = (),
    lines: Iterable[LinesAdded] = (),
) -> list[Link]:
    """Return every link between `trajectories` and `commits`, sorted by id.

    `activities` are those of the trajectories, by trajectory id; a trajectory without one is
    linked by what its header says.
    `checkpoints` say which sessions a commit's trailer means, `undone` which commits change
    others back, `lines` which lines commits added. Without `checkpoints` such trailers say nothing.
    """
    index = CommitIndex(commits, checkpoints)
    changes = ChangeIndex(index, lines)
    known = list(trajectories)
    observed = [(t, activities[t.id]) for t in known if t.id in activities]
    links = {link.id: link for t, activity in observed for link in sure_links(t, activity, index)}
    taken = {link.target.id for link in links.values() if link.method in MADE}
    linked = {(link.source.id, link.target.id) for link in links.values()}
    for trajectory, activity in observed:
        for link in weak_links(trajectory, activity, index, changes, taken):
            if (link.source.id, link.target.id) not in linked:
                links[link.id] = link
    for link in session_links(known, activities):
        links[link.id] = link
    for link in commit_pairs(index, undone):
        links[link.id] = link
    return sorted(links.values(), key=lambda link: link.id)
