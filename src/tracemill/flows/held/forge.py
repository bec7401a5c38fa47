"""Issues, pull requests and decisions in their latest state, with their comments.

A forge says a thing again at each change: its newest word counts. Reviews and comments are
counted once each, however often they were told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Generic, NamedTuple, TypeVar

from tracemill.flows.held.rows import DecisionRow, IssueRow, PullRequestRow
from tracemill.label.outcomes.issue_labels import PART_OF
from tracemill.records.events.event import Comment, Decision, Event, Issue, PullRequest, Review
from tracemill.records.refs import Origin
from tracemill.store.index import Row

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

E = TypeVar("E", Issue, PullRequest, Decision, Review)


class Thing(NamedTuple):
    """What an issue or pull request is known by, whatever is said of it."""

    home: str
    """Its repository, or the input where that is unknown."""
    name: str


def thing_of(origin: Origin, repository: str | None, *names: object) -> Thing:
    """Return what something is known by: its repository, and the first name that it has."""
    name = next((str(name) for name in names if name is not None), "")
    return Thing(repository or origin.input_id, name)


class _Newest(Generic[E]):
    """The newest word on each thing."""

    def __init__(self) -> None:
        self.of: dict[Thing, E] = {}

    def take(self, thing: Thing, event: E) -> None:
        known = self.of.get(thing)
        if known is None or _age(event) > _age(known):
            self.of[thing] = event


def _age(event: Event) -> tuple[datetime, str]:
    return event.at or _NEVER, event.id


class Forge:
    """Takes what forges and trackers say in any order."""

    def __init__(self) -> None:
        self._issues = _Newest[Issue]()
        self._pulls = _Newest[PullRequest]()
        self._decisions = _Newest[Decision]()
        self._reviews: defaultdict[Thing, dict[str, Review]] = defaultdict(dict)
        self._comments: defaultdict[Thing, set[str]] = defaultdict(set)

    @property
    def issues(self) -> list[Issue]:
        """The issues as they stood last."""
        return list(self._issues.of.values())

    def take(self, event: Event) -> None:
        """Take an event; of long texts only those of what stood last are kept."""
        match event:
            case Issue(repository=repository, number=number, native_id=name):
                self._issues.take(thing_of(event.origin, repository, number, name), event)
            case PullRequest(repository=repository, number=number):
                self._pulls.take(thing_of(event.origin, repository, number, event.id), event)
            case Decision(native_id=name):
                self._decisions.take(thing_of(event.origin, None, name), event)
            case Review(repository=repository, number=number):
                told = self._reviews[thing_of(event.origin, repository, number)]
                known = told.get(event.native_id or event.id)
                if known is None or _age(event) > _age(known):
                    told[event.native_id or event.id] = event
            case Comment(repository=repository, number=number):
                on = thing_of(event.origin, repository, number)
                self._comments[on].add(event.native_id or event.id)
            case _:
                pass

    def counts(self) -> dict[str, int]:
        """Return how many there are of each kind."""
        found = {
            "pull_request": len(self._pulls.of),
            "review": sum(map(len, self._reviews.values())),
            "issue": len(self._issues.of),
            "comment": sum(map(len, self._comments.values())),
            "decision": len(self._decisions.of),
        }
        return {kind: n for kind, n in found.items() if n}

    def pull_rows(self) -> Iterator[Row]:
        """Yield a row for each pull request."""
        for thing, pull in self._pulls.of.items():
            states = Counter(review.state for review in self._reviews.get(thing, {}).values())
            row = PullRequestRow(
                id=pull.id,
                repository=pull.repository,
                number=pull.number,
                state=pull.state,
                title=pull.title,
                head_branch=pull.head_branch,
                base_branch=pull.base_branch,
                merge_commit=pull.merge_commit,
                reviews=states.total(),
                approvals=states["approved"],
                changes_requested=states["changes_requested"],
                comments=len(self._comments.get(thing, ())),
                added=pull.n_added,
                deleted=pull.n_deleted,
                created=pull.created,
                merged=pull.merged,
                at=pull.at,
                uri=pull.origin.uri,
            )
            yield _indexed("pr", row, thing)

    def issue_rows(self, rolled_up: Mapping[str, bool]) -> Iterator[Row]:
        """Yield a row for each issue; `rolled_up` are labels by the issue that they are on."""
        parts = Counter(
            Thing(thing.home, link.issue)
            for thing, issue in self._issues.of.items()
            for link in issue.links
            if link.relation in PART_OF
        )
        for thing, issue in self._issues.of.items():
            row = IssueRow(
                id=issue.id,
                tracker=issue.tracker,
                repository=issue.repository,
                name=thing.name,
                state=issue.state,
                issue_type=issue.issue_type,
                priority=issue.priority,
                title=issue.title,
                parts=parts[thing],
                rolled_up=rolled_up.get(issue.id),
                comments=len(self._comments.get(thing, ())),
                created=issue.created,
                at=issue.at,
                uri=issue.origin.uri,
            )
            yield _indexed("issue", row, thing)

    def decision_rows(self) -> Iterator[Row]:
        """Yield a row for each decision."""
        for thing, decision in self._decisions.of.items():
            row = DecisionRow(
                id=decision.id,
                tracker=decision.tracker,
                name=decision.native_id,
                status=decision.status,
                statement=decision.statement,
                supersedes=decision.supersedes,
                related=decision.related,
                at=decision.at,
                uri=decision.origin.uri,
            )
            yield _indexed("decision", row, thing)


def _indexed(kind: str, row: IssueRow | PullRequestRow | DecisionRow, thing: Thing) -> Row:
    aliases = tuple(dict.fromkeys([thing.name, f"{thing.home}#{thing.name}"]))
    return Row.of(kind, row, row.at, aliases)
