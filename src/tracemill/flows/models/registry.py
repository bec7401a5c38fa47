"""The registry on disk: a journal of events, and two files that others read.

An event counts once it is fsynced. `current.json` says which model is in use, `assignments.json`
how the work is shared out; both follow from the journal and are written after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError
from tracemill.base.file_hashes import hash_tree
from tracemill.base.ids import make_id
from tracemill.flows.models.runs import find_run, lineage
from tracemill.promote.assigning import make_assignments
from tracemill.promote.registry import Registry, Role
from tracemill.records.models.promotion import Assignments, ModelEvent, ModelVersion
from tracemill.records.refs import Record
from tracemill.store.journal import append, read_journal
from tracemill.store.workspace import Workspace, write_whole

_JOURNAL: Final = "journal.jsonl"
_CURRENT: Final = "current.json"
_ASSIGNMENTS: Final = "assignments.json"


class RegisteredModel(Record, frozen=True, kw_only=True):
    """A model and what it is."""

    model: ModelVersion
    """The model."""
    role: Role
    """What it is."""


class RegistryList(Record, frozen=True, kw_only=True):
    """Every registered model."""

    models: tuple[RegisteredModel, ...]
    """The models, in the order in which they were registered."""


class CurrentModel(Record, frozen=True, kw_only=True):
    """The model in use, for a gateway or harness to read."""

    model: ModelVersion
    """The model."""
    since: datetime
    """Since when."""


def read_events(workspace: Workspace) -> Iterator[ModelEvent]:
    """Return all events, the first one first.

    Raises:
        StoreError: a line of the journal is damaged.
    """
    return read_journal(workspace.models / _JOURNAL, ModelEvent)


def read_registry(workspace: Workspace) -> Registry:
    """Return what all events lead to."""
    return Registry.of(read_events(workspace))


def note(workspace: Workspace, event: ModelEvent) -> Registry:
    """Add an event, and bring the files for others up to date."""
    workspace.create()
    append(workspace.models / _JOURNAL, event)
    registry = read_registry(workspace)
    if registry.incumbent is not None:
        if event.kind in ("promoted", "rolled_back"):
            current = CurrentModel(model=registry.incumbent, since=event.at)
            write_whole(workspace.models / _CURRENT, msgspec.json.encode(current) + b"\n")
        text = msgspec.json.encode(make_assignments(registry))
        write_whole(workspace.models / _ASSIGNMENTS, msgspec.json.format(text) + b"\n")
    return registry


def read_assignments(workspace: Workspace) -> Assignments:
    """Return how the work is shared out.

    Raises:
        NotFoundError: no model is in use.
    """
    return make_assignments(read_registry(workspace))


def list_models(workspace: Workspace) -> RegistryList:
    """Return every registered model with its role."""
    registry = read_registry(workspace)
    return RegistryList(
        models=tuple(
            RegisteredModel(model=model, role=registry.role(model.id))
            for model in registry.models.values()
        )
    )


def register_run(workspace: Workspace, name: str, at: datetime) -> ModelVersion:
    """Register what a training run made, or return it where that was done already.

    Raises:
        NotFoundError: no finished run is called that.
    """
    kept = find_run(workspace, name)
    run, adapter = kept.run, kept.adapter
    if adapter is None:
        raise NotFoundError(f"{run.id} is {run.status}: it has no adapter; train it first")
    chain = [run, *lineage(workspace, run)]
    return register(
        workspace,
        ModelVersion(
            id="",
            name=run.id,
            base=run.recipe.base,
            parent=run.parent,
            recipe=run.recipe.name,
            run_id=run.id,
            weights=str(adapter),
            weights_sha256=hash_tree(adapter),
            format=run.format,
            datasets=tuple(sorted({dataset for each in chain for dataset in each.datasets})),
            example_ids=tuple(sorted({one for each in chain for one in each.example_ids})),
        ),
        at,
    )


def register(workspace: Workspace, model: ModelVersion, at: datetime) -> ModelVersion:
    """Register a model under the id that follows from what it is."""
    content = (model.weights_sha256, model.format, model.name, model.datasets, model.example_ids)
    made = msgspec.structs.replace(model, id=make_id("model", msgspec.json.encode(content)))
    registry = read_registry(workspace)
    if made.id not in registry.models:
        note(workspace, ModelEvent(kind="registered", model_id=made.id, at=at, model=made))
    return registry.models.get(made.id, made)
