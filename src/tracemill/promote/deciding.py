"""The decision: every rule is asked, and what fails says why.

A model that is no better passes the target by chance at most as often as `alpha` says: the exact
two-sided test may err on both sides, only one of which promotes, and parts are corrected together.
All other rules can only refuse. Guards that no loss may be shown on are corrected together too, so
that many of them do not refuse by chance alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.base.ids import digest, make_id
from tracemill.base.text import counted
from tracemill.promote import PROMOTE_VERSION
from tracemill.promote.grounding import FEWEST, MAX_P
from tracemill.records.canonical import canonical_json
from tracemill.records.models.evaluations import Comparison, LeakReport, SliceComparison
from tracemill.records.models.promotion import (
    LabelReceipt,
    ModelVersion,
    PolicyPart,
    PromotionDecision,
    PromotionPolicy,
    RefusalReason,
    RuleName,
    RuleResult,
)
from tracemill.stats import Interval, holm, is_not_worse

_LISTED: Final = 3


class AskedModel(NamedTuple):
    """A model in one of its evaluations."""

    name: str
    """What it is called."""
    registered_sha256: str | None
    """Hash of its bytes as they were registered; None where it is not registered."""
    asked_sha256: str | None
    """Hash of the bytes that were asked; None where nobody knows them."""

    @property
    def is_other(self) -> bool:
        """Whether other bytes were asked under its name."""
        known = {self.registered_sha256, self.asked_sha256} - {None}
        return len(known) > 1


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """All that a decision rests on."""

    candidate: ModelVersion
    """The candidate."""
    incumbent: str
    """What it is compared with."""
    comparisons: Mapping[str, Comparison]
    """What the two differ by, by the suite's name."""
    formats: Sequence[str | None] = ()
    """Fingerprints of the templates that the candidate was asked in."""
    found_sha256: str | None = None
    """Hash of the candidate's bytes as they are now."""
    asked: Sequence[AskedModel] = ()
    """Both models, in each evaluation."""
    n_unanswered: int = 0
    """Cases that got no answer, of either model."""
    leaks: Sequence[LeakReport] = ()
    """Whether cases were trained on, by suite and training set."""
    unknown_sets: Sequence[str] = ()
    """Training sets of the candidate that are not kept any more, or never were."""
    labels: Sequence[LabelReceipt] = ()
    """Whether answers go with their requests, by training set."""
    approved_by: str | None = None
    """Who said yes to this candidate."""


def decide(policy: PromotionPolicy, receipts: Receipts, at: datetime) -> PromotionDecision:
    """Return whether the candidate is promoted, and why not."""
    rules = tuple(result for rule in RULES for result in rule(policy, receipts))
    content = canonical_json(policy)
    compared = tuple(receipts.comparisons.values())
    return PromotionDecision(
        id=make_id(
            "decision",
            receipts.candidate.id,
            content,
            str(PROMOTE_VERSION),
            canonical_json((compared, rules)),
        ),
        at=at,
        candidate_id=receipts.candidate.id,
        candidate=receipts.candidate.name,
        incumbent=receipts.incumbent,
        policy=policy.name,
        policy_hash=digest(content),
        is_promoted=not any(rule.reason for rule in rules),
        rules=rules,
        comparisons=compared,
    )


def _passed(rule: RuleName, says: str) -> RuleResult:
    return RuleResult(rule=rule, says=says)


def _refused(rule: RuleName, reason: RefusalReason, says: str) -> RuleResult:
    return RuleResult(rule=rule, reason=reason, says=says)


def lineage(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether the bytes are those that were registered, and what they were trained on."""
    if "lineage" not in policy.required:
        return
    model = receipts.candidate
    others = sorted({each.name for each in receipts.asked if each.is_other})
    if model.weights_sha256 is None or not model.datasets:
        yield _refused("lineage", "no_receipt", "nothing says which bytes it is or what made them")
    elif receipts.found_sha256 != model.weights_sha256:
        said = (
            f"expected {model.weights_sha256[:12]}, found {(receipts.found_sha256 or 'none')[:12]}"
        )
        yield _refused("lineage", "changed_weights", f"the weights have changed: {said}")
    elif others:
        said = f"other weights than those registered were evaluated as {' and '.join(others)}"
        yield _refused("lineage", "changed_weights", f"{said}; evaluate again")
    else:
        is_known = all(each.asked_sha256 for each in receipts.asked if each.name == model.name)
        unknown = "" if is_known else "; nobody knows which bytes were evaluated"
        yield _passed(
            "lineage", f"weights {model.weights_sha256[:12]}, run {model.run_id}{unknown}"
        )


def format_(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether it was trained and asked in one format, and in the one in use."""
    if "format" not in policy.required:
        return
    trained = receipts.candidate.format
    known = {trained, policy.format or trained, *receipts.formats}
    if trained is None:
        yield _refused("format", "no_receipt", "nobody knows the template it was trained in")
    elif None in receipts.formats or not receipts.formats:
        yield _refused(
            "format", "no_receipt", f"trained in {trained}, and asked in nobody knows what"
        )
    elif len(known) > 1:
        others = ", ".join(sorted(each for each in known - {trained} if each))
        yield _refused("format", "wrong_template", f"trained in {trained}, asked in {others}")
    else:
        yield _passed("format", f"trained and asked in {trained}")


def leaks(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether a case was trained on."""
    if "leaks" not in policy.required:
        return
    compared = {each.suite_id for each in receipts.comparisons.values()}
    missing = compared - {report.suite_id for report in receipts.leaks}
    found = [leak for report in receipts.leaks for leak in report.leaks]
    if missing or not receipts.leaks:
        why = "" if compared else ": no suite was done by both models"
        yield _refused("leaks", "no_receipt", f"nothing says whether cases were trained on{why}")
    elif receipts.unknown_sets:
        said = f"what it was trained on is not kept: {', '.join(receipts.unknown_sets[:_LISTED])}"
        yield _refused("leaks", "no_receipt", said)
    elif found:
        kinds = ", ".join(sorted({leak.reason for leak in found}))
        said = f"{counted(len({leak.case_id for leak in found}), 'case')} trained on: {kinds}"
        yield _refused("leaks", "leaked_data", said)
    else:
        n_cases = sum({report.suite_id: report.n_cases for report in receipts.leaks}.values())
        yield _passed("leaks", f"none of {counted(n_cases, 'case')} was trained on")


def labels(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether the answers that it was trained on go with their requests."""
    if "labels" not in policy.required:
        return
    if not any(each.n_examples >= FEWEST for each in receipts.labels):
        yield _refused(
            "labels", "no_receipt", "nothing says whether answers go with their requests"
        )
    for each in receipts.labels:
        said = (
            f"{each.own:.0%} of an answer's words are its request's, {each.shuffled:.0%} by chance"
        )
        if each.n_examples < FEWEST:
            few = counted(each.n_examples, "example")
            yield _passed("labels", f"{each.training}: {few}, too few to tell")
        elif each.p_value > MAX_P:
            yield _refused("labels", "shuffled_labels", f"{each.training}: {said}")
        else:
            yield _passed("labels", f"{each.training}: {said}")


def complete(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether every case was answered."""
    if "complete" in policy.required and receipts.n_unanswered:
        said = f"{counted(receipts.n_unanswered, 'case')} got no answer; evaluate again"
        yield _refused("complete", "unanswered_cases", said)
    elif "complete" in policy.required:
        yield _passed("complete", "every case was answered")


def target(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether it is better where it must be."""
    found = [(each, _find(receipts, each)) for each in policy.target]
    known = [(each, part) for each, part in found if part is not None]
    yield from (_absent("target", each) for each, part in found if part is None)
    adjusted = holm([part.p_value for _, part in known])
    gains = 0
    for (each, part), p_value in zip(known, adjusted, strict=True):
        is_sure = p_value <= policy.alpha
        said = f"{_told(each, part)}, p = {p_value:.2g}"
        if is_sure and part.difference < 0:
            yield _refused("target", "not_better", f"worse: {said}")
        elif is_sure and part.difference > 0:
            gains += 1
            yield _passed("target", f"better: {said}")
    if known and not gains:
        each, part = known[0]
        yield _refused(
            "target",
            "not_better",
            f"not shown to be better: {_told(each, part)}, p = {adjusted[0]:.2g}",
        )


def guards(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether it is no worse where it must not be."""
    for each in policy.guards:
        part = _find(receipts, each)
        if part is None:
            yield _absent("guards", each)
        elif each.margin is not None:
            yield _within(each.margin, each, part)
    watched = list(_watched(policy, receipts))
    adjusted = holm([_loss(part) for _, part in watched])
    worse = [
        _told(each, part)
        for (each, part), p_value in zip(watched, adjusted, strict=True)
        if p_value <= policy.guard_alpha
    ]
    for said in worse[:_LISTED]:
        yield _refused("guards", "worse_on_guard", f"worse: {said}")
    if watched and not worse:
        yield _passed("guards", f"no loss is shown on {counted(len(watched), 'part')}")


def _within(margin: float, wanted: PolicyPart, part: SliceComparison) -> RuleResult:
    """Say whether a loss beyond the margin is ruled out, with 95 % on the side of losses."""
    if is_not_worse(Interval(part.low, part.high), margin):
        said = f"a loss of more than {margin:.0%} is ruled out: {_told(wanted, part)}"
        return _passed("guards", said)
    said = f"a loss of {-part.low:.0%} is not ruled out: {_told(wanted, part)}"
    return _refused("guards", "guard_not_shown", said)


def approval(policy: PromotionPolicy, receipts: Receipts) -> Iterator[RuleResult]:
    """Ask whether a person said yes to this very model."""
    if "approval" not in policy.required:
        return
    if receipts.approved_by is None:
        said = f"nobody said yes; run: tracemill model approve {receipts.candidate.id} --by NAME"
        yield _refused("approval", "not_approved", said)
    else:
        yield _passed("approval", f"{receipts.approved_by} said yes")


Rule = Callable[[PromotionPolicy, Receipts], Iterator[RuleResult]]
RULES: Final[tuple[Rule, ...]] = (
    lineage, format_, leaks, labels, complete, target, guards, approval,
)  # fmt: skip
"""Everything that is asked, in the order in which it is told."""


def _watched(
    policy: PromotionPolicy, receipts: Receipts
) -> Iterator[tuple[PolicyPart, SliceComparison]]:
    """Yield the parts on which no loss may be shown."""
    targets = {(each.suite, each.part) for each in policy.target}
    named = {(each.suite, each.part) for each in policy.guards}
    for suite, comparison in receipts.comparisons.items():
        for part in comparison.slices:
            key = (suite, part.name)
            if key not in targets and (policy.guards_all or key in named):
                yield PolicyPart(suite=suite, part=part.name), part


def _find(receipts: Receipts, wanted: PolicyPart) -> SliceComparison | None:
    comparison = receipts.comparisons.get(wanted.suite)
    parts = comparison.slices if comparison else ()
    return next((part for part in parts if part.name == wanted.part), None)


def _absent(rule: RuleName, wanted: PolicyPart) -> RuleResult:
    said = (
        f"both models must be evaluated on {wanted.part!r} of suite {wanted.suite!r}; "
        f"run: tracemill model eval MODEL --suite {wanted.suite}"
    )
    return _refused(rule, "no_evaluation", said)


def _loss(part: SliceComparison) -> float:
    """Return how often chance alone loses as much."""
    return part.p_value / 2 if part.difference < 0 else 1.0


def _told(wanted: PolicyPart, part: SliceComparison) -> str:
    return f"{wanted.suite} {part.name} {part.base} -> {part.candidate} of {part.n}"
