"""Promotion: receipts are gathered, the policy decides, and what was decided is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.file_hashes import hash_tree
from tracemill.base.named_files import read_named
from tracemill.evaluate.leaks import Trained, TrainedOn
from tracemill.evaluate.model_comparison import Measured, compare
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.ingest.redactors import keeping_redactor
from tracemill.flows.models.evaluations import find_evaluation, list_evaluations
from tracemill.flows.models.registry import note, read_assignments, read_registry
from tracemill.flows.models.suites import find_suite, training_rows
from tracemill.flows.results import SessionRow
from tracemill.promote.deciding import AskedModel, Receipts, decide
from tracemill.promote.grounding import answered, check_labels
from tracemill.promote.monitoring import watch
from tracemill.promote.policy_file import default_policy, read_policy
from tracemill.promote.registry import Registry
from tracemill.records.events.forge import Actor
from tracemill.records.models.evaluations import LeakReport
from tracemill.records.models.promotion import (
    Alarm,
    Assignments,
    LabelReceipt,
    ModelEvent,
    ModelVersion,
    PromotionDecision,
    PromotionPolicy,
)
from tracemill.store.workspace import Workspace

_SEED: Final = 0
_ENDED_WELL: Final = frozenset({"achieved"})
_ENDED_BADLY: Final = frozenset({"failed", "abandoned"})


class _Set(NamedTuple):
    name: str
    examples: list[TrainedOn]


def load_policy(file: Path | None) -> PromotionPolicy:
    """Return the policy of a file, or the one that holds where none is stated.

    Raises:
        UsageError: it cannot be read, or is no policy.
    """
    if file is None:
        return default_policy()
    return read_policy(read_named(file, "policy"), str(file))


def promote(
    workspace: Workspace,
    candidate: str,
    policy: PromotionPolicy,
    *,
    at: datetime,
    against: str | None = None,
    dry_run: bool = False,
) -> PromotionDecision:
    """Decide whether a candidate takes the incumbent's place; where it does, it is done.

    Raises:
        NotFoundError: the candidate is not registered.
        UsageError: nothing is in use, and nobody said what to compare with.
    """
    registry = read_registry(workspace)
    model = registry.find(candidate)
    base = against or (registry.incumbent.name if registry.incumbent else None)
    if base == model.name:
        raise UsageError(
            f"{base} would be compared with itself; name a candidate, or what to compare it with "
            "by --against"
        )
    if base is None:
        known = {each.subject for each in list_evaluations(workspace)} - {model.name}
        raise UsageError(
            "no model is in use yet: name the one to compare with by --against; evaluated: "
            f"{', '.join(sorted(known)) or 'no other model yet'}"
        )
    decision = decide(policy, _receipts(workspace, registry, model, base, policy), at)
    if not dry_run:
        event = ModelEvent(
            kind="promoted" if decision.is_promoted else "refused",
            model_id=model.id,
            at=at,
            by=registry.approvals.get(model.id),
            decision=decision,
        )
        note(workspace, event)
    return decision


def _receipts(
    workspace: Workspace,
    registry: Registry,
    model: ModelVersion,
    base: str,
    policy: PromotionPolicy,
) -> Receipts:
    base_sha256 = _registered_bytes(registry, base)
    measured = dict(_measured(workspace, model, base, policy, base_sha256))
    sets = list(_training_sets(workspace, model))
    weights = Path(model.weights) if model.weights else None
    both = [each.evaluation for pair in measured.values() for each in pair]
    return Receipts(
        candidate=model,
        incumbent=base,
        comparisons={name: compare(*pair) for name, pair in measured.items()},
        formats=[ours.evaluation.format for _, ours in measured.values()],
        found_sha256=hash_tree(weights) if weights and weights.exists() else None,
        asked=[
            AskedModel(each.evaluation.subject, registered, each.evaluation.weights_sha256)
            for theirs, ours in measured.values()
            for each, registered in ((theirs, base_sha256), (ours, model.weights_sha256))
        ],
        n_unanswered=sum(each.n_unanswered for each in both),
        leaks=list(_leaks(workspace, measured, sets, model)),
        unknown_sets=sorted(set(model.datasets) - {each.name for each in sets}),
        labels=[_labels(each) for each in sets],
        approved_by=registry.approvals.get(model.id),
    )


def _registered_bytes(registry: Registry, name: str) -> str | None:
    """Return the hash of the bytes last registered under a name, if any were."""
    named = [each.weights_sha256 for each in registry.models.values() if each.name == name]
    return named[-1] if named else None


def _measured(
    workspace: Workspace,
    model: ModelVersion,
    base: str,
    policy: PromotionPolicy,
    base_sha256: str | None,
) -> Iterator[tuple[str, tuple[Measured, Measured]]]:
    """Yield both models' evaluations on each suite, where both were made."""
    for name in dict.fromkeys(each.suite for each in (*policy.target, *policy.guards)):
        try:
            ours = find_evaluation(workspace, model.name, name, model.weights_sha256)
            theirs = find_evaluation(workspace, base, ours.evaluation.suite_id, base_sha256)
            yield name, (theirs, ours)
        except NotFoundError:
            continue  # the rules say which part is not known


def _training_sets(workspace: Workspace, model: ModelVersion) -> Iterator[_Set]:
    """Yield what a model was trained on, as far as it is still kept."""
    chosen = set(model.example_ids)
    for dataset in model.datasets:
        try:
            folder, version = find_version(workspace, dataset)
        except NotFoundError:
            continue
        rows = training_rows(folder, version)
        yield _Set(version.id, [row for row in rows if not chosen or row.id in chosen])


def _leaks(
    workspace: Workspace,
    measured: Iterable[str],
    sets: Iterable[_Set],
    model: ModelVersion,
) -> Iterator[LeakReport]:
    known = [(each.name, Trained.of(each.examples)) for each in sets]
    if model.example_ids:
        bare = (TrainedOn(example, example, ()) for example in model.example_ids)
        known.append((f"examples of {model.name}", Trained.of(bare)))
    for name in measured:
        kept = find_suite(workspace, name)
        cases = kept.cases()
        for training, trained in known:
            yield LeakReport(
                suite_id=kept.suite.id,
                training=training,
                n_cases=len(cases),
                n_examples=trained.n_examples,
                leaks=tuple(trained.leaks(cases)),
            )


def _labels(trained: _Set) -> LabelReceipt:
    pairs = (answered(example.messages) for example in trained.examples)
    return check_labels(trained.name, (pair for pair in pairs if pair), Random(_SEED))  # noqa: S311 - no secret


def approve(workspace: Workspace, name: str, by: str, at: datetime) -> ModelVersion:
    """Keep that a person said yes to a model; of who it was, the pseudonym."""
    if not by.strip():
        raise UsageError("expected the name of who says yes, found nothing")
    model = read_registry(workspace).find(name)
    said = Actor(person=by.strip())
    kept = keeping_redactor(workspace).redact([said]).records[0]
    note(workspace, ModelEvent(kind="approved", model_id=model.id, at=at, by=kept.person))
    return model


def roll_back(workspace: Workspace, at: datetime, reason: str | None = None) -> ModelVersion:
    """Put the model that was in use before in use again; the reason is kept redacted.

    Raises:
        NotFoundError: there was none before.
    """
    registry = read_registry(workspace)
    if registry.incumbent is None:
        raise NotFoundError("no model is in use, so there is nothing to go back from")
    if registry.previous is None:
        raise NotFoundError(
            f"{registry.incumbent.name} ({registry.incumbent.id}) stays in use: it is the first, "
            "or was gone back to before, so there is nothing to go back to; promote another one, "
            "or serve the base without its adapter"
        )
    why = keeping_redactor(workspace).text(reason) if reason else None
    event = ModelEvent(kind="rolled_back", model_id=registry.previous.id, at=at, reason=why)
    note(workspace, event)
    return registry.previous


def share_out(
    workspace: Workspace, name: str, share: float, at: datetime, *, is_shadow: bool
) -> Assignments:
    """Give a model a part of the work on trial, or take it back with a share of 0."""
    registry = read_registry(workspace)
    model = registry.find(name)
    if registry.incumbent is None or registry.incumbent.id == model.id:
        raise UsageError("expected a candidate beside a model in use")
    given = sum(
        event.share or 0 for one, event in registry.shares.items()
        if one != model.id and not event.is_shadow
    )  # fmt: skip
    if not is_shadow and given + share > 1:
        raise UsageError(
            f"{given:g} of the work is on trial already; expected at most {1 - given:g}"
        )
    event = ModelEvent(kind="shared", model_id=model.id, at=at, share=share, is_shadow=is_shadow)
    note(workspace, event)
    return read_assignments(workspace)


def monitor(workspace: Workspace, model: str, usual: str) -> Alarm:
    """Say whether a model's sessions end well less often than another's did.

    Raises:
        NotFoundError: nothing is kept yet, or no session names one of the two.
    """
    rows = list_rows(workspace, "session", SessionRow, limit=0).rows
    ended: dict[str, list[bool]] = {row.model: [] for row in rows if row.model is not None}
    for name in (model, usual):
        if name not in ended:
            known = ", ".join(sorted(ended)) or "none"
            raise NotFoundError(f"no session names the model {name!r}; named: {known}")
    for row in rows:
        if row.model is not None and row.outcome in _ENDED_WELL | _ENDED_BADLY:
            ended[row.model].append(row.outcome in _ENDED_WELL)
    return watch(model, ended[model], ended[usual])
