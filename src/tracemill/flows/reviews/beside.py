"""How a model and the rules do beside somebody else who judged the same turns of people.

That may be a person, whose answers came by file, or another model. Only turns that both answered
count, in the words in which they would be asked now; an answer that says nothing is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tracemill.base.errors import NotFoundError
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.judged.answers import answers_of, model_name
from tracemill.flows.deriving.judged.turns import TURNS, turn_questions
from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.sessions.reactions import ReactionKind, is_sure
from tracemill.records.sessions.turn_labels import TurnLabel
from tracemill.review.agreement import cohens_kappa
from tracemill.stats.intervals import wilson
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

_RULES: Final = "rules"
Kinds = frozenset[ReactionKind]


class Share(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A share of turns, with the interval that holds it in 95 of 100 draws (Wilson)."""

    n: Count
    """Turns that it is a share of."""
    share: Ratio | None
    """The share; None where there are none."""
    low: Ratio
    """Lower end of the interval."""
    high: Ratio
    """Upper end of the interval."""


class BesideRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How well one of them tells one class."""

    kind: ReactionKind
    """What a turn says of the work."""
    by: str
    """Who tells it: `rules`, or the model by its door and name."""
    only_sure: bool
    """Whether only that counts of which they are sure."""
    precision: Share
    """Of the turns that they call so, those that the other calls so too."""
    recall: Share
    """Of the turns that the other calls so, those that they call so too."""
    kappa: float | None
    """Cohen's kappa of the two about this class; None where it is not defined."""


class Beside(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How a model and the rules do beside somebody else."""

    subject: str
    """The model, by its door and name."""
    beside: str
    """Whose judgement is taken for right, by door and name."""
    n_turns: Count
    """Turns that both answered."""
    n_same: Count
    """Turns of which both say the same."""
    n_common: Count
    """Turns of which both say some class in common."""
    rows: tuple[BesideRow, ...]
    """Class by class, those first that the other gives most often."""


class _Judged(NamedTuple):
    """One turn, and what each says of it."""

    said: tuple[TurnLabel, ...]
    ruled: tuple[TurnLabel, ...]
    true: Kinds


def turns_beside(workspace: Workspace, subject: str, other: str, most: int | None = None) -> Beside:
    """Return how a model and the rules do beside another who judged the same turns.

    Args:
        workspace: where the answers are kept.
        subject: the model, as `door:model`.
        other: whose judgement is taken for right, in the same way.
        most: how many turns are looked at; None for all.

    Raises:
        NotFoundError: one of the two was never asked, or no turn is shared.
    """
    judged = list(_judged(workspace, subject, other, most))
    if not judged:
        raise NotFoundError(
            f"{model_name(subject)!r} and {model_name(other)!r} answered no turn in common; "
            "let both answer the same questions"
        )
    said = [_kinds(each.said) for each in judged]
    return Beside(
        subject=model_name(subject),
        beside=model_name(other),
        n_turns=len(judged),
        n_same=sum(one == each.true for one, each in zip(said, judged, strict=True)),
        n_common=sum(bool(one & each.true) for one, each in zip(said, judged, strict=True)),
        rows=tuple(_rows(model_name(subject), judged)),
    )


def _judged(workspace: Workspace, subject: str, other: str, most: int | None) -> Iterator[_Judged]:
    ones, others = (answers_of(workspace, TURNS, name) for name in (subject, other))
    lake = Lake(workspace.lake)
    for each in turn_questions(lake, Facts(lake).trajectories, most):
        if each.key in ones and each.key in others:
            yield _Judged(ones[each.key].labels, each.ruled, _kinds(others[each.key].labels))


def _rows(name: str, judged: Sequence[_Judged]) -> Iterator[BesideRow]:
    tellers: tuple[tuple[str, Callable[[_Judged], tuple[TurnLabel, ...]]], ...] = (
        (name, lambda each: each.said),
        (_RULES, lambda each: each.ruled),
    )
    counts = {kind: sum(kind in each.true for each in judged) for kind in _told(judged)}
    for kind in sorted(counts, key=lambda kind: (-counts[kind], kind)):
        true = [kind in each.true for each in judged]
        for by, told in tellers:
            for only_sure in (False, True):
                said = [kind in _kinds(told(each), only_sure=only_sure) for each in judged]
                yield _row(kind, by, said, true, only_sure=only_sure)


def _row(
    kind: ReactionKind, by: str, said: Sequence[bool], true: Sequence[bool], *, only_sure: bool
) -> BesideRow:
    pairs = list(zip(said, true, strict=True))
    both = pairs.count((True, True))
    return BesideRow(
        kind=kind,
        by=by,
        only_sure=only_sure,
        precision=_share(both, sum(said)),
        recall=_share(both, sum(true)),
        kappa=cohens_kappa(pairs),
    )


def _share(k: int, n: int) -> Share:
    low, high = wilson(k, n)
    return Share(n=n, share=k / n if n else None, low=low, high=high)


def _told(judged: Iterable[_Judged]) -> Kinds:
    """Return the classes that anybody gives."""
    return frozenset().union(*(each.true | _kinds((*each.said, *each.ruled)) for each in judged))


def _kinds(labels: Iterable[TurnLabel], *, only_sure: bool = False) -> Kinds:
    return frozenset(
        each.kind
        for each in labels
        if not only_sure or is_sure(each.kind, each.confidence, each.stamp.by)
    )
