"""Reviews among the facts: what people decided, what follows from it, and what waits for review.

Everything here can be derived again: labels and outcomes from the events of reviews, the queue from
episodes, examples and what a team's own process tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from tracemill.flows.deriving.team_gates import TeamEvent
from tracemill.flows.held.review_rows import ENTRY, REVIEW, QueueEntry, ReviewRow
from tracemill.records.events.event import Captured, Commit, Event, HumanReview, ReviewUndone
from tracemill.records.events.reviews import MachineVerdict, ReviewItem
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import (
    EscalationReport,
    GateReport,
    ProjectReport,
    StageReport,
)
from tracemill.records.labels import Label
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step
from tracemill.records.work.episodes import Episode
from tracemill.render.team import captured_report
from tracemill.review.items import episode_item, event_item, example_item
from tracemill.review.triggers import (
    Candidate,
    PromptUse,
    ReviewRules,
    first_uses,
    is_chosen,
    place_in_queue,
    triggers_of,
)
from tracemill.review.verdict import (
    basis_of_step,
    is_called_right,
    is_called_wrong,
    is_current,
    is_unwanted,
    machine_labels,
    machine_verdict,
    review_labels,
    standing,
    superseded,
)
from tracemill.store.index import Index, Row

if TYPE_CHECKING:
    from tracemill.store.lake import Lake

RULES: Final = ReviewRules()
_Reviewable = StageReport | GateReport | EscalationReport | ProjectReport


class ReviewFacts:
    """Takes events in any order: reviews, and what a team's process tells that may need one."""

    def __init__(self) -> None:
        self._reviews: list[HumanReview] = []
        self._undone: list[ReviewUndone] = []
        self._told: list[TeamReport] = []
        self._machine: dict[str, Episode] = {}
        self._wrong: dict[str, list[int]] = {}
        self._right: dict[str, list[int]] = {}
        self._moved: frozenset[str] = frozenset()
        """Reviews of steps in whose place another stands now."""
        self.standing: dict[str, tuple[HumanReview, ...]] = {}

    def take(self, event: Event) -> None:
        """Take an event of no session; of other kinds nothing is kept."""
        if isinstance(event, HumanReview):
            self._reviews.append(event)
        elif isinstance(event, ReviewUndone):
            self._undone.append(event)
        elif isinstance(event, TeamEvent):
            told = captured_report(event) if isinstance(event, Captured) else event
            if told is not None and isinstance(told.report, _Reviewable):
                self._told.append(told)

    def judged_sessions(self) -> set[str]:
        """Return the sessions of which people judged single steps."""
        return {each.subject.id for each in self._reviews if each.subject.step is not None}

    def close(self, steps: Iterable[Step]) -> None:
        """Settle which reviews stand, once all events were taken, and which stand for nothing.

        Args:
            steps: those of sessions of which single steps were judged, as they are read now.
        """
        self.standing = standing(self._reviews, self._undone)
        self._moved = _moved((each for said in self.standing.values() for each in said), steps)
        self._wrong.clear()
        self._right.clear()
        for said in self.standing.values():
            step = said[0].subject
            reviews = [each for each in said if each.review_id not in self._moved]
            if step.step is not None and is_called_wrong(reviews):
                self._wrong.setdefault(step.id, []).append(step.step)
            elif step.step is not None and is_called_right(reviews):
                self._right.setdefault(step.id, []).append(step.step)

    def supersede(self, episodes: Sequence[Episode]) -> list[Episode]:
        """Return the episodes with people's word where they gave one."""
        self._machine = {episode.id: episode for episode in episodes}
        return [superseded(each, self.standing.get(each.id, ())) for each in episodes]

    def labels(self, episodes: Iterable[Episode]) -> Iterator[Label]:
        """Yield what people say, and beside it what the machine says of the same."""
        known = {episode.id: episode for episode in episodes}
        for name, reviews in self.standing.items():
            episode = known.get(name)
            if episode is not None:
                yield from machine_labels(self._machine[name])
            for review in reviews:
                if review.review_id in self._moved:
                    continue
                is_outdated = episode is not None and not is_current(review, episode)
                yield from review_labels(review, is_outdated=is_outdated)

    def unwanted(self, session_ids: Collection[str]) -> tuple[str, ...]:
        """Return the examples of some sessions that people say nobody should imitate."""
        return tuple(
            name
            for name, reviews in self.standing.items()
            if reviews[0].subject.kind == "example"
            and is_unwanted(reviews)
            and not set(session_ids).isdisjoint(reviews[0].session_ids)
        )

    def called_wrong(self, trajectory_id: str) -> tuple[int, ...]:
        """Return the steps of a session that people call wrong, in order."""
        return tuple(sorted(self._wrong.get(trajectory_id, ())))

    def called_right(self, trajectory_id: str) -> tuple[int, ...]:
        """Return the steps of a session that people call right, in order."""
        return tuple(sorted(self._right.get(trajectory_id, ())))

    def fill(self, index: Index, lake: Lake, known: Known) -> None:
        """Put what waits and what was said into the index."""
        entries = {entry.item.id: entry for entry in self._entries(lake, known)}
        index.replace(ENTRY, [_entry_row(entry) for entry in entries.values()])
        episodes = {episode.id: episode for episode in known.episodes}
        index.replace(REVIEW, list(self._rows(episodes)))

    def _rows(self, episodes: Mapping[str, Episode]) -> Iterator[Row]:
        stands = {review.review_id for each in self.standing.values() for review in each}
        gone = {event.review_id for event in self._undone}
        for review in sorted(self._reviews, key=lambda each: each.review_id):
            if review.review_id in gone:
                continue
            episode = episodes.get(review.subject.id)
            is_now = episode is None or is_current(review, episode)
            is_now = is_now and review.review_id not in self._moved
            row = review_row(review, stands=review.review_id in stands, current=is_now)
            yield index_row(msgspec.structs.replace(row, derived=True))

    def _entries(self, lake: Lake, known: Known) -> Iterator[QueueEntry]:
        uses = [use for told in self._told if (use := _use(told)) is not None]
        firsts = first_uses(uses, RULES)
        escalated = {told.session_id for told in self._told if _is_escalation(told)}
        own = {name for episode in known.episodes for name in episode.session_ids}
        for episode in known.episodes:
            machine = self._machine[episode.id]
            is_escalated = not escalated.isdisjoint(episode.session_ids)
            candidate = Candidate(episode.id, machine.quality, is_escalated=is_escalated)
            if triggers := triggers_of(candidate, firsts, RULES):
                item = known.item(episode)
                yield QueueEntry(item=item, triggers=triggers, machine=machine_verdict(machine))
        for told in self._told:
            if _is_escalation(told) and told.session_id in own:
                continue
            if triggers := triggers_of(_candidate(told), firsts, RULES):
                verdict = MachineVerdict(quality=_score(told))
                yield QueueEntry(item=told_item(told), triggers=triggers, machine=verdict)
        yield from _example_entries(lake, self._machine)


def _moved(reviews: Iterable[HumanReview], steps: Iterable[Step]) -> frozenset[str]:
    """Return the ids of reviews in the place of whose steps others stand now, or none."""
    said = [each for each in reviews if each.basis and each.subject.step is not None]
    bases = {(each.subject.id, each.subject.step): "" for each in said}
    for step in steps:
        if (step.trajectory_id, step.index) in bases:
            bases[step.trajectory_id, step.index] = basis_of_step(step)
    moved = (each for each in said if bases[each.subject.id, each.subject.step] != each.basis)
    return frozenset(each.review_id for each in moved)


class Known:
    """What items are made from."""

    def __init__(
        self,
        episodes: Sequence[Episode],
        activities: Mapping[str, Activity],
        commits: Iterable[Commit],
    ) -> None:
        self.episodes = episodes
        self._activities = activities
        self._commits = {commit.id: commit for commit in commits}

    def item(self, episode: Episode) -> ReviewItem:
        """Return what a reviewer sees of an episode."""
        return episode_item(
            episode,
            [self._activities[name] for name in episode.trajectory_ids if name in self._activities],
            [self._commits[name] for name in episode.event_ids if name in self._commits],
        )


def index_row(row: ReviewRow) -> Row:
    """Return a review as the index keeps it; one that is out of date answers nothing."""
    name = row.of.name
    answers = (name, f"{row.reviewer}:{name}") if row.standing and row.current else ()
    return Row.of(REVIEW, row, row.at, answers)


def review_row(review: HumanReview, *, stands: bool = True, current: bool = True) -> ReviewRow:
    """Return a review as lists show it."""
    return ReviewRow(
        id=review.review_id,
        subject=review.subject.id,
        step=review.subject.step,
        kind=review.subject.kind,
        reviewer=review.reviewer.person or "unknown",
        at=review.at,
        **{name: getattr(review.form, name) for name in review.form.__struct_fields__},
        seconds=review.seconds,
        standing=stands,
        current=current,
        derived=False,
    )


def told_item(told: TeamReport) -> ReviewItem:
    """Return what a reviewer sees of what a team's process told."""
    report = told.report
    kind = str(report.__struct_config__.tag)
    said = [(name, getattr(report, name)) for name in report.__struct_fields__]
    where = next((value for name, value in said if name in _PLACES and value), None)
    title = kind if where is None else f"{kind} {where}"
    texts = [(name.replace("_", " "), str(value)) for name, value in said if _is_plain(value)]
    return event_item(told.id, title, texts)


_PLACES: Final = ("stage_id", "gate_id", "stage")


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _entry_row(entry: QueueEntry) -> Row:
    place = place_in_queue(entry.item.id, entry.triggers, RULES)
    return Row(ENTRY, entry.item.id, place, msgspec.to_builtins(entry))


def _candidate(told: TeamReport) -> Candidate:
    report = told.report
    return Candidate(
        told.id,
        score=_score(told),
        is_escalated=_is_escalation(told),
        is_ambiguous=isinstance(report, GateReport) and report.gate_result == "ambiguous",
        is_output=isinstance(report, StageReport),
    )


def _score(told: TeamReport) -> float | None:
    report = told.report
    if not isinstance(report, ProjectReport) or report.outcome_metrics is None:
        return None
    return report.outcome_metrics.quality_score


def _is_escalation(told: TeamReport) -> bool:
    report = told.report
    if isinstance(report, ProjectReport):
        feedback = report.human_feedback
        return feedback is not None and bool(feedback.escalation_events)
    return isinstance(report, EscalationReport)


def _use(told: TeamReport) -> PromptUse | None:
    report = told.report
    if not isinstance(report, StageReport) or report.prompt_version is None:
        return None
    return PromptUse(report.prompt_version, report.timestamp_start or told.at, told.id)


def _example_entries(lake: Lake, episodes: Mapping[str, Episode]) -> Iterator[QueueEntry]:
    """Yield the examples that chance chooses; no rule scores them by itself."""
    from tracemill.store.tables import EXAMPLE_TABLES, TABLES

    for table in EXAMPLE_TABLES:
        columns = ["id", "episode_id", "builder"]
        for batch in lake.batches(TABLES[table], columns=columns):
            for name, owner, builder in zip(
                *(batch.column(column).to_pylist() for column in columns), strict=True
            ):
                if is_chosen(name, RULES):
                    item = example_item(name, builder, episodes.get(owner))
                    machine = MachineVerdict()
                    yield QueueEntry(item=item, triggers=("random_share",), machine=machine)
