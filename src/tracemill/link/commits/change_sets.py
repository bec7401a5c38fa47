"""What each branch brought, by the merge that brought it or the branch that still holds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.base.ids import make_id
from tracemill.link import LINK_VERSION
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.changes import first_written
from tracemill.records.events.commits import lines_in, n_uncounted
from tracemill.records.links import Link
from tracemill.records.refs import Stamp
from tracemill.records.work.change_sets import ChangeSet

_STAMP: Final = Stamp(by="change_sets", version=LINK_VERSION)
_TO_PLANS: Final = frozenset({"declared_branch", "named_like"})


def change_sets(branches: Branches, links: Iterable[Link]) -> list[ChangeSet]:
    """Return the change sets of all repositories, sorted by id."""
    plans: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for link in sorted(links, key=lambda link: link.id):
        if link.method in _TO_PLANS:
            plans[link.source.id][link.target.id] = None
    found = {each.id: each for each in _change_sets(branches, plans)}
    return [found[name] for name in sorted(found)]


def _change_sets(branches: Branches, plans: dict[str, dict[str, None]]) -> Iterator[ChangeSet]:
    for brought in branches.brought:
        tip, merge = brought.commits[-1], brought.merge
        files = merge.files if merge else None
        carried = dict.fromkeys(plan for c in brought.commits for plan in plans.get(c.id, ()))
        yield ChangeSet(
            id=make_id("branch", tip.origin.uri, brought.branch, merge.sha if merge else tip.sha),
            repository=tip.origin.uri,
            branch=brought.branch,
            commits=tuple(commit.sha for commit in brought.commits),
            merge=merge.sha if merge else None,
            base=next(iter(merge.parents), None) if merge else None,
            started=min(filter(None, map(first_written, brought.commits)), default=None),
            merged=merge.at if merge else None,
            n_files=None if files is None else len(files),
            added=None if files is None else lines_in(files, "added"),
            deleted=None if files is None else lines_in(files, "deleted"),
            n_uncounted=None if files is None else n_uncounted(files),
            plans=tuple(carried),
            stamp=_STAMP,
        )
