"""Where a piece of work is written down: in an issue, a document, a commit, a todo list.

| place | it stands there where |
|---|---|
| `issue` | a session opened or named one, or a commit closes one |
| `document` | a session wrote to a plan, spec or design, or proposed a plan |
| `commit` | a commit is its work |
| `todo` | a session kept a todo list |

Work that edited nothing, such as a question, is written down nowhere and need not be.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from tracemill.records.sessions.activity import Activity
from tracemill.records.work.episodes import Episode

PLACES: Final = ("issue", "document", "commit", "todo")
"""Every place, in the order of the work."""


def missing_places(
    episode: Episode,
    activities: Sequence[Activity],
    documented: AbstractSet[str],
    closing: AbstractSet[str],
) -> tuple[str, ...] | None:
    """Return where a piece of work is not written down; None where it edited nothing.

    Args:
        episode: the piece of work.
        activities: what its sessions did.
        documented: sessions that wrote to a document.
        closing: events of commits that close an issue.
    """
    if not any(each.n_edits or each.files_edited for each in activities):
        return None
    there = {
        "issue": any(mention.kind == "issue" for each in activities for mention in each.mentions)
        or not closing.isdisjoint(episode.event_ids),
        "document": any(each.plans or each.trajectory_id in documented for each in activities),
        "commit": bool(episode.commits),
        "todo": any(each.n_todo_changes for each in activities),
    }
    return tuple(place for place in PLACES if not there[place])
