"""Reviews by which another agent sent back what a session had brought, as a team would tell them.

A review counts where a program gave it, it asks for changes, and a session is known to have worked
for the pull request. What people ask for is no word of a later agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tracemill.analyze.features.reports import told_of
from tracemill.records.events.event import Review, TeamReport
from tracemill.records.events.team_projects import DownstreamReport
from tracemill.records.refs import Ref


class PullName(NamedTuple):
    """What a pull request is known by."""

    repository: str
    number: int


def refusals(reviews: Iterable[Review], worked_for: Mapping[PullName, str]) -> Iterator[TeamReport]:
    """Yield each refusal by an agent; `worked_for` has the session behind each pull request."""
    for review in reviews:
        agent = review.author.app if review.author else None
        if agent is None or review.state != "changes_requested":
            continue
        if review.repository is None or review.number is None:
            continue
        session = worked_for.get(PullName(review.repository, review.number))
        if session is not None:
            report = DownstreamReport(reporting_agent=agent, feedback=review.text or None)
            yield told_of(
                report, review.origin, session, review.at, Ref(kind="event", id=review.id)
            )
