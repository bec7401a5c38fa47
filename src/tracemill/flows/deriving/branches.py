"""Rows of what branches changed, with the plans and sessions behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tracemill.flows.deriving.facts import Facts
from tracemill.flows.results import BranchRow
from tracemill.records.links import SURE_ENOUGH, WORK, Link
from tracemill.records.work.survival import Survival
from tracemill.store.index import Row


def branch_rows(facts: Facts, survivals: Mapping[str, Survival]) -> Iterator[Row]:
    """Yield a row for each change set; it is found by the name of its branch too."""
    plans = {each.id: each.path for each in facts.written}
    commits = {(commit.origin.uri, commit.sha): commit.id for commit in facts.commits}
    made = _made(facts.links)
    for each in facts.change_sets:
        survival = survivals.get(each.id)
        ids = [commits[each.repository, sha] for sha in each.commits]
        row = BranchRow(
            id=each.id,
            repository=each.repository,
            branch=each.branch,
            state="merged" if each.merge else "open",
            commits=each.commits,
            merge=each.merge,
            started=each.started,
            merged=each.merged,
            files=each.n_files,
            added=each.added,
            deleted=each.deleted,
            uncounted=each.n_uncounted,
            plans=tuple(dict.fromkeys(plans[i] for i in each.plans if i in plans)),
            sessions=tuple(dict.fromkeys(name for i in ids for name in made.get(i, ()))),
            rollback=survival.rollback if survival else None,
            kept_week=survival.kept_week if survival else None,
            kept_head=survival.kept_head if survival else None,
        )
        yield Row.of("branch", row, each.merged or each.started, (each.branch,))


def _made(links: Iterable[Link]) -> dict[str, list[str]]:
    """Return the sessions of which each commit is the work."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        if link.method in WORK and link.confidence >= SURE_ENOUGH:
            found[link.target.id].append(link.source.id)
    return dict(found)
