"""What reviews say of the reviewers and of the rules: agreement, and calibration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, NamedTuple

import msgspec

from tracemill.flows.held.lookup import open_index
from tracemill.flows.held.review_rows import ENTRY, REVIEW, ReviewRow, entry_of
from tracemill.records.refs import Count, Record
from tracemill.review.agreement import cohens_kappa, krippendorffs_alpha
from tracemill.review.calibration import Calibration, Judged, calibration
from tracemill.review.verdict import machine_verdict
from tracemill.store.workspace import Workspace

_RATINGS: Final = (1, 2, 3, 4, 5)
_UNDECIDED: Final = "undecided"


class Agreement(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How far people agree on one question."""

    question: str
    """`outcome`, `overall_rating`, `right` of steps, or a question of the checklist."""
    n_shared: Count
    """Things of which more than one person spoke."""
    n_people: Count
    """People who spoke of any of them."""
    same: float | None
    """Share of pairs of words on one thing that are the same; None where there is no pair."""
    alpha: float | None
    """Krippendorff's alpha, for ranks where they are; None where it is not defined."""
    kappa: float | None
    """Cohen's kappa where exactly two people share things; None otherwise."""


class ReviewStats(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What reviews say of the reviewers and of the rules."""

    n_reviews: Count
    """Reviews that stand."""
    n_people: Count
    """People who gave them."""
    n_reviewed: Count
    """Things of which anybody spoke."""
    waiting: Count
    """Things that wait."""
    triggers: dict[str, int]
    """Why things wait or waited, counted; one may have several reasons."""
    seconds: float | None
    """Median time that a review took, where it is known."""
    agreement: tuple[Agreement, ...]
    """How far people agree, question by question."""
    confusion: dict[str, dict[str, int]]
    """Outcomes: what the rules said, and what people said of the same."""
    machine_kappa: float | None
    """Cohen's kappa of the rules against people, on outcomes."""
    calibration: Calibration | None
    """Whether the rules are as sure of outcomes as they are right."""
    by_chance: Calibration | None
    """The same of those alone that chance chose: what holds for all work."""
    unjudged: Count
    """Reviewed episodes left out of it: the rules or the people do not know, or people differ."""


class _Pair(NamedTuple):
    """What the rules and what most people say of one episode."""

    episode_id: str
    rule: str
    confidence: float
    said: str

    @property
    def judged(self) -> Judged:
        """Whether people confirm the rules."""
        return Judged(self.confidence, self.rule == self.said)


def review_stats(workspace: Workspace) -> ReviewStats:
    """Return what reviews say of the reviewers and of the rules.

    Raises:
        NotFoundError: nothing is kept yet.
    """
    with open_index(workspace) as index:
        rows = [msgspec.convert(data, ReviewRow) for data in index.rows(REVIEW)]
        entries = [entry_of(data) for data in index.rows(ENTRY)]
        waiting = index.n_waiting(ENTRY, REVIEW)
    stands = [row for row in rows if row.standing]
    pairs = list(_against_machine(workspace, stands))
    told = [pair for pair in pairs if {pair.rule, pair.said}.isdisjoint({"unknown", _UNDECIDED})]
    chosen = {entry.item.id for entry in entries if "random_share" in entry.triggers}
    confusion: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        confusion[pair.rule][pair.said] += 1
    times = sorted(row.seconds for row in stands if row.seconds is not None)
    return ReviewStats(
        n_reviews=len(stands),
        n_people=len({row.reviewer for row in stands}),
        n_reviewed=len({row.of.name for row in stands}),
        waiting=waiting,
        triggers=dict(sorted(Counter(t for e in entries for t in e.triggers).items())),
        seconds=times[len(times) // 2] if times else None,
        agreement=tuple(_agreements(stands)),
        confusion={rule: dict(sorted(said.items())) for rule, said in sorted(confusion.items())},
        machine_kappa=cohens_kappa([(pair.rule, pair.said) for pair in told]) if told else None,
        calibration=calibration([pair.judged for pair in told]),
        by_chance=calibration([pair.judged for pair in told if pair.episode_id in chosen]),
        unjudged=len({row.subject for row in stands if row.kind == "episode"}) - len(told),
    )


def _agreements(rows: Sequence[ReviewRow]) -> Iterator[Agreement]:
    names = sorted({name for row in rows for name in row.checklist})
    said: dict[str, list[tuple[ReviewRow, Hashable]]] = {
        "outcome": [(row, row.outcome) for row in rows if row.outcome],
        "overall_rating": [(row, row.overall_rating) for row in rows if row.overall_rating],
        "right": [(row, row.is_right) for row in rows if row.is_right is not None],
        **{n: [(row, row.checklist[n]) for row in rows if n in row.checklist] for n in names},
    }
    for question, words in said.items():
        by_thing: defaultdict[str, dict[str, Hashable]] = defaultdict(dict)
        for row, word in words:
            by_thing[row.of.name][row.reviewer] = word
        shared = [by_thing[name] for name in sorted(by_thing) if len(by_thing[name]) > 1]
        if shared:
            yield _agreement(question, shared)


def _agreement(question: str, shared: Sequence[Mapping[str, Hashable]]) -> Agreement:
    people = sorted({person for words in shared for person in words})
    units = [list(words.values()) for words in shared]
    pairs = [one == other for words in units for one, other in combinations(words, 2)]
    ranks = _RATINGS if question == "overall_rating" else None
    kappa = None
    if len(people) == 2:  # noqa: PLR2004 - kappa is for two
        first, second = people
        kappa = cohens_kappa([(words[first], words[second]) for words in shared])
    return Agreement(
        question=question,
        n_shared=len(shared),
        n_people=len(people),
        same=sum(pairs) / len(pairs),
        alpha=krippendorffs_alpha(units, ranks),
        kappa=kappa,
    )


def _against_machine(workspace: Workspace, rows: Sequence[ReviewRow]) -> Iterator[_Pair]:
    """Yield what the rules say of an episode, and what people's majority says of it."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.kind == "episode" and row.outcome and row.current:
            votes[row.subject][row.outcome] += 1
    if not votes:
        return
    from tracemill.store.lake import Lake
    from tracemill.store.tables import TABLES

    lake, names = Lake(workspace.lake), set(votes)
    labels = list(lake.records(TABLES["labels"], owners=names))
    for episode in lake.records(TABLES["episodes"], owners=names):
        machine = machine_verdict(episode, labels)
        if machine.outcome is not None:
            said = _majority(votes[episode.id])
            yield _Pair(episode.id, machine.outcome, machine.confidence or 0.0, said)


def _majority(votes: Counter[str]) -> str:
    """Return what most people say; where as many say another thing, they are undecided."""
    told = Counter({said: n for said, n in votes.items() if said != "unknown"})
    if not told:
        return "unknown"
    most = max(told.values())
    words = [said for said, n in told.items() if n == most]
    return words[0] if len(words) == 1 else _UNDECIDED
