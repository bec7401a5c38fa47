"""One turn of the wheel: read what is new, derive what follows, build the dataset.

Every part finds out by itself whether anything changed, so that a turn without news costs
little more than looking at the inputs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from tracemill.base.clock import now
from tracemill.base.errors import NotFoundError
from tracemill.base.named_files import expanded
from tracemill.flows.deriving.timing import StageClock
from tracemill.flows.executors.protocol import Executor, make_executor
from tracemill.flows.held.lookup import read_counts
from tracemill.flows.ingest import Ingest, Ingested, Plan, Report, end_allowances, nothing_new
from tracemill.flows.ingest.discovery import default_places, discover
from tracemill.flows.results import PlanResult, RunResult
from tracemill.records.datasets.recipes import DEFAULT_NAME
from tracemill.records.inputs import Quarantined
from tracemill.records.privacy.settings import Retention
from tracemill.store.erasures import read_erasures
from tracemill.store.index import Index
from tracemill.store.keys import Key
from tracemill.store.settings import is_new, is_other_zone, note_zone, read_settings
from tracemill.store.workspace import Workspace

_POOL_PAYS_OFF_BYTES = 256 * 2**20
_MAX_WORKERS = 8
_MOST_UNREAD = 100


@dataclass(frozen=True)
class Options:
    """How a turn is run; no option changes what comes out."""

    workers: int | None = None
    """Processes; None for as many as pay off."""
    executor: str = "local"
    """Name of the executor."""
    address: str | None = None
    """Address of a Ray cluster."""

    def make(self, workspace: Workspace, n_bytes: int) -> Executor:
        """Return the executor for `n_bytes` of input."""
        workers = self.workers
        if workers is None:
            pays_off = n_bytes >= _POOL_PAYS_OFF_BYTES
            workers = min(os.cpu_count() or 1, _MAX_WORKERS) if pays_off else 1
        return make_executor(self.executor, workers, workspace.scratch, self.address)


@dataclass(frozen=True)
class Places:
    """Where inputs are looked for."""

    paths: tuple[Path, ...]
    is_default: bool
    """Whether nobody named them, so that the sessions' repositories belong to them too."""
    is_example: bool = False
    """Whether they are the bundled example history."""


def find_places(
    workspace: Workspace, sources: Sequence[Path], environment: Mapping[str, str]
) -> Places:
    """Return the places named, or this machine's, or those of the bundled example.

    Captured events are read whatever was named, since they wait for nothing else. The example is
    for a workspace that holds nothing else: its made-up sessions never join real ones by
    themselves.
    """
    waiting = [workspace.inbox] if workspace.inbox.is_dir() else []
    if sources:
        named = [expanded(source) for source in sources]
        return Places((*named, *waiting), is_default=False)
    found = [*default_places(Path.home(), environment), *waiting]
    if next(discover(found), None) is not None or _holds_work(workspace):
        return Places(tuple(found), is_default=True)
    return Places((workspace.example,), is_default=True, is_example=True)


def _holds_work(workspace: Workspace) -> bool:
    """Return whether anything was read here while the example was not."""
    if workspace.example.exists():
        return False
    with Ingest(workspace) as ingest:
        return ingest.holds_inputs


def plan_turn(
    workspace: Workspace, sources: Sequence[Path], environment: Mapping[str, str]
) -> PlanResult:
    """Say what a turn would read, and change nothing."""
    places = find_places(workspace, sources, environment)
    plan = Plan([], [], Counter(), [], [], [])
    if not places.is_example or places.paths[0].exists():
        with Ingest(workspace) as ingest:
            plan = ingest.plan(places.paths)
    return PlanResult(
        workspace=str(workspace.root),
        places=tuple(map(str, places.paths)),
        is_example=places.is_example,
        to_read=len(plan.to_read),
        to_skip=dict(Counter(skip.reason for _, _, skip in (*plan.to_skip, *plan.opened))),
        unchanged=plan.unchanged.total(),
        n_bytes=plan.n_bytes,
    )


def read_only(
    workspace: Workspace,
    sources: Sequence[Path],
    environment: Mapping[str, str],
    options: Options,
    report: Report,
) -> RunResult:
    """Read and keep what is new, and stop there."""
    places = find_places(workspace, sources, environment)
    clock = StageClock()
    with workspace.writing():
        ingested = _read(workspace, places, options, report, clock)
        return _result(workspace, places, ingested, clock)


def turn(
    workspace: Workspace,
    sources: Sequence[Path],
    environment: Mapping[str, str],
    options: Options,
    report: Report,
) -> RunResult:
    """Read what is new, derive what follows from everything known, and build the dataset.

    Raises:
        NotFoundError: a place does not exist, or holds nothing that could be read.
        StoreError: the workspace is held by another process, or damaged.
    """
    places = find_places(workspace, sources, environment)
    clock = StageClock()
    with workspace.writing():
        ingested = _read(workspace, places, options, report, clock)
        from tracemill.flows.deriving import derive

        changed = derive.refresh(
            workspace, lambda: options.make(workspace, ingested.n_bytes), clock
        )
        return _result(workspace, places, ingested, clock, changed=changed)


def _read(
    workspace: Workspace, places: Places, options: Options, report: Report, clock: StageClock
) -> Ingested:
    if places.is_example and not places.paths[0].exists():
        from tracemill.flows.example_history import build_example

        build_example(places.paths[0])
    _resume(workspace, options, report)
    end_allowances(workspace, now())
    settings = read_settings(workspace)
    is_other_consent = is_new(workspace, settings.consent)
    is_other_time = is_other_zone(workspace, settings.times)
    with clock.stage("read"), Ingest(workspace) as ingest:
        if is_other_consent or is_other_time:
            ingest.forget_lake()
        if ingest.lost_lake:
            workspace.index.unlink(missing_ok=True)
            ingest.forget_lake()
        ingested = _ingest(ingest, places.paths, workspace, options, report)
        if places.is_default and not places.is_example:
            repositories = ingest.repositories()
            more = _ingest(ingest, repositories, workspace, options, report)
            ingested = _joined(ingested, more)
        ingest.clear_inbox(now())
    if is_other_time:
        note_zone(workspace, settings.times)
    if is_new(workspace, settings.consent):  # or what was read may be kept no more as it was
        from tracemill.flows.erasing.consent import withdraw_surplus

        withdraw_surplus(workspace, lambda n_bytes: options.make(workspace, n_bytes), report)
    _resume(workspace, options, report)  # what moved to an erased folder, and was kept before
    _expire(workspace, options, report)
    clock.note("read", n_bytes=ingested.n_bytes)
    if not places.is_default and not sum(ingested.inputs.values()):
        named = ", ".join(repr(str(path)) for path in places.paths)
        raise NotFoundError(f"nothing to read in {named}; name a folder that holds sessions")
    with Index(workspace.index) as index:
        behind = {"derived": ""} if ingested.changed else {}
        index.note(synced=now().isoformat(), **behind)
    return ingested


def _resume(workspace: Workspace, options: Options, report: Report) -> None:
    """Go on with what was killed, an erasure or a new key, and keep out what was erased."""
    if Key(workspace.vault).has_next:
        from tracemill.flows.vault import resume_rotation

        resume_rotation(workspace, lambda n_bytes: options.make(workspace, n_bytes), report)
    book = read_erasures(workspace.vault)
    if book is not None and (book.unfinished or (book.masks and workspace.inbox.is_dir())):
        from tracemill.flows.erasing.erasure import resume_erasures

        resume_erasures(workspace, lambda n_bytes: options.make(workspace, n_bytes), report)


def _expire(workspace: Workspace, options: Options, report: Report) -> None:
    """Take away what is over its period, where the settings name one; a look each day will do."""
    retention = read_settings(workspace).retention
    if retention == Retention():
        return
    looked = f"{now():%Y-%m-%d} {msgspec.json.encode(retention).decode()}"
    with Index(workspace.index) as index:
        if index.state("synced") is None or index.state("expired") == looked:
            return
        index.note(expired=looked)
    from tracemill.flows.erasing.expiry import expire_by_itself

    expire_by_itself(workspace, now(), lambda n_bytes: options.make(workspace, n_bytes), report)


def _ingest(
    ingest: Ingest, paths: Sequence[Path], workspace: Workspace, options: Options, report: Report
) -> Ingested:
    plan = ingest.plan(paths)
    if plan.is_empty:
        return nothing_new(plan)
    return ingest.run(plan, options.make(workspace, plan.n_bytes), report)


def _joined(first: Ingested, second: Ingested) -> Ingested:
    return Ingested(
        inputs=dict(Counter(first.inputs) + Counter(second.inputs)),
        records=dict(Counter(first.records) + Counter(second.records)),
        skipped_lines=dict(Counter(first.skipped_lines) + Counter(second.skipped_lines)),
        n_bytes=first.n_bytes + second.n_bytes,
        failures=first.failures + second.failures,
        changed=first.changed or second.changed,
    )


def _unread(workspace: Workspace) -> tuple[Quarantined, ...]:
    from tracemill.store.lake import Lake
    from tracemill.store.tables import TABLES

    return tuple(islice(Lake(workspace.lake).records(TABLES["quarantine"]), _MOST_UNREAD))


def _result(
    workspace: Workspace,
    places: Places,
    ingested: Ingested,
    clock: StageClock,
    *,
    changed: bool = False,
) -> RunResult:
    with Index(workspace.index) as index:
        dataset = index.newest_dataset(DEFAULT_NAME)
        is_derived = bool(index.state("derived"))
        counts = read_counts(index)
    return RunResult(
        workspace=str(workspace.root),
        places=tuple(map(str, places.paths)),
        is_example=places.is_example,
        changed=changed or ingested.changed,
        inputs=ingested.inputs,
        records=ingested.records,
        skipped_lines=ingested.skipped_lines,
        failures=ingested.failures,
        unread=_unread(workspace) if ingested.records.get("quarantine") else (),
        store=counts,
        is_derived=is_derived,
        dataset=str(workspace.datasets / DEFAULT_NAME / dataset) if dataset else None,
        stages=clock.stages,
    )
