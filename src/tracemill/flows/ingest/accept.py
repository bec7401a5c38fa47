"""Carry out a plan: read on an executor, and accept what comes back, batch by batch."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, assert_never

from msgspec.structs import replace

from tracemill.base.file_hashes import hash_file
from tracemill.base.ids import make_id
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.ingest.allowing import Scopes
from tracemill.flows.ingest.batch import Batch
from tracemill.flows.ingest.discovery import Candidate
from tracemill.flows.ingest.kernel import read_shard
from tracemill.flows.ingest.masking import refusal
from tracemill.flows.ingest.parts import Finished, ReadTask, Shard, ShardEnd
from tracemill.flows.ingest.recognition import Skip
from tracemill.flows.ingest.redactors import redactor
from tracemill.flows.ingest.results import COPY, ERASED, Ingested, Plan, Progress, Report
from tracemill.flows.ingest.rows import Rows
from tracemill.flows.ingest.sweeping import holders, keep_known
from tracemill.flows.ingest.telling import tell_again, telling
from tracemill.flows.results import Failure
from tracemill.flows.versions import reading_code
from tracemill.records.inputs import Input
from tracemill.store.allowances import read_allowances
from tracemill.store.erasures import read_erasures, write_erasures
from tracemill.store.lake import Lake
from tracemill.store.settings import forget_consent, read_settings
from tracemill.store.vault import Known, Vault
from tracemill.store.workspace import Workspace

_SHARD_BYTES: Final = 8 * 2**20
_SHARD_INPUTS: Final = 256
_BEGINNING_BYTES: Final = 4_096


class _Original(NamedTuple):
    """What an input is a copy of."""

    path: str
    content: str
    """SHA-256 of the bytes of both."""


class Accepting:
    """Carries out one plan."""

    def __init__(self, workspace: Workspace, vault: Vault) -> None:
        self._workspace = workspace
        self._vault = vault
        self._lake = Lake(workspace.lake)
        self._key = vault.key()
        self._redactor = redactor(self._key, str(Path.home()))
        self._known = vault.inputs()
        self._chunks = vault.chunks()
        self._replaceable = vault.pending() | {known.id for known in self._known.values()}
        self._erasures = read_erasures(workspace.vault)
        allowances = [one for one in read_allowances(workspace.vault) if one.ended is None]
        self._scopes = Scopes(self._lake, allowances)
        settings = read_settings(workspace)
        self._consent, self._times = settings.consent, settings.times
        self._values_before: frozenset[bytes] = frozenset()
        self._values: set[bytes] = set()
        self._settled: set[str] = set()
        self._n_settled = 0
        self._refused: list[str] = []
        self._refused_inputs: set[str] = set()
        self._narrowed: set[str] = set()
        self._failures: list[Failure] = []
        self._vanished: list[Known] = []
        self._inputs: Counter[str] = Counter()
        self._records: Counter[str] = Counter()
        self._skipped_lines: Counter[str] = Counter()
        self._n_bytes = 0

    def run(self, plan: Plan, executor: Executor, report: Report) -> Ingested:
        """Read, redact and keep everything that `plan` names."""
        shutil.rmtree(self._vault.spool, ignore_errors=True)
        self._vault.spool.mkdir(mode=0o700)
        self._values_before = self._vault.secrets()
        self._values = set(self._values_before)
        batch = self._new_batch()
        for path, stamp, skip in plan.to_skip:
            self._skip(batch, path, stamp, skip)
        n_bytes = plan.n_bytes
        tasks = [*self._tasks(plan, batch), *self._restored(plan.to_restore)]
        batch = self._read(tasks, batch, executor, lambda: report(self._progress(n_bytes)))
        again = list(self._restored(self._vanished))
        batch = self._read(again, batch, executor, lambda: None)
        for path, stamp, skip in plan.opened:
            self._skip(batch, path, stamp, skip)
        self._accept(batch, executor)
        self._forget_refused()
        result = self._result(plan)
        self._sweep(executor)
        shutil.rmtree(self._vault.spool)
        return result

    def _accept(self, batch: Batch, executor: Executor) -> None:
        """Make a batch durable, once nothing stands in it that any input has given away."""
        if new := self._values - self._values_before:
            self._read_again(batch.to_read_again(new, self._values), batch, executor)
        self._make_durable(batch)
        for result in batch.results():
            self._records.update(result.n_records)
        if self._n_settled < len(self._values):
            self._n_settled = len(self._values)
            self._settled.clear()
        self._settled |= batch.files

    def _make_durable(self, batch: Batch) -> None:
        """Accept a batch; what is archived and may stay no more goes then, killed or not."""
        if self._vault.archive.holding(self._narrowed & self._replaceable):
            forget_consent(self._workspace)
        self._narrowed.clear()
        batch.accept(self._chunks, telling(self._key, self._scopes, self._values))

    def _read_again(self, tasks: list[ReadTask], batch: Batch, executor: Executor) -> None:
        """Read inputs of a batch once more, from the spool, and look for all secrets in them."""
        spool = str(self._vault.spool)
        shards = [replace(one, archive=spool, keeps=False) for one in self._shards(tasks)]
        alone = len(shards) == 1  # no pool of processes is worth while for one
        for part in read_shard(shards[0]) if alone else executor.map_shards(read_shard, shards):
            if isinstance(part, Rows):
                batch.write_again(part)
            elif isinstance(part, Finished):
                batch.add_again(part)

    def _sweep(self, executor: Executor) -> None:
        """Read once more what holds secrets that other inputs have given away since."""
        new = self._vault.unswept()
        if not new:
            return
        if found := holders(self._lake, new, self._values, self._settled):
            self._replaceable |= found
            known = [one for one in self._vault.inputs().values() if one.id in found]
            tasks = list(self._restored(known))
            self._vault.mark_stale(found - {task.input_id for task in tasks})
            again = self._read(tasks, self._new_batch(), executor, lambda: None)
            self._make_durable(again)
        tell_again(self._lake, telling(self._key, self._scopes, self._values))
        self._lake.purge()
        self._vault.note_swept(new)

    def _forget_refused(self) -> None:
        """Leave nothing of inputs that turned out to be erased ones, and refuse them at once."""
        if self._refused:
            assert self._erasures is not None
            self._lake.purge()
            kept = self._vault.archive.holding(self._refused_inputs)
            write_erasures(self._vault.root, self._erasures.with_refused(self._refused, kept))

    def _progress(self, n_bytes: int) -> Progress:
        return Progress("read", self._n_bytes, n_bytes)

    def _read(
        self, tasks: list[ReadTask], batch: Batch, executor: Executor, report: Callable[[], None]
    ) -> Batch:
        """Read inputs, accept full batches, and return the one that is not full yet."""
        for part in executor.map_shards(read_shard, self._shards(tasks)):
            match part:
                case Rows():
                    batch.write(part)
                case Finished():
                    self._add(batch, part)
                    report()
                case ShardEnd():
                    if batch.is_full:
                        self._accept(batch, executor)
                        batch = self._new_batch()
                case _:
                    assert_never(part)
        return batch

    def _new_batch(self) -> Batch:
        return Batch(self._vault, self._lake, self._replaceable)

    def _skip(
        self, batch: Batch, path: str, stamp: str, skip: Skip, content: str | None = None
    ) -> None:
        uri = self._redactor.text(path)
        result = Input(
            id=make_id("input", uri),
            source=None,
            source_version=None,
            uri=uri,
            status="skipped",
            reason=skip.reason,
            detail=skip.detail,
            content=content,
        )
        batch.skip(path, stamp, result, failed=skip.failed)
        self._count(result, failed=skip.failed)

    def _add(self, batch: Batch, finished: Finished) -> None:
        if finished.is_refused:
            self._refuse(finished.task.address, finished.task.stamp)
            batch.refuse(finished.task.input_id)
            self._refused_inputs.add(finished.task.input_id)
            return
        if finished.result.consent != "full":
            self._narrowed.add(finished.task.input_id)
        if finished.left_out is not None:
            self._skip(batch, finished.task.address, finished.task.stamp, finished.left_out)
            return
        before = self._known.get(finished.task.address)
        is_given_up = finished.result.status == "skipped"
        if not (is_given_up and before is not None and before.status == "read"):
            self._values.update(batch.add(finished))
        elif before.code != reading_code(before.source):
            self._vanished.append(before)  # its rows are gone or old: the archive has its bytes
        self._count(finished.result, failed=finished.failed)

    def _refuse(self, address: str, stamp: str) -> None:
        assert self._erasures is not None
        self._refused.append(self._erasures.state_code(address, stamp))
        self._inputs[ERASED] += 1

    def _count(self, result: Input, *, failed: bool) -> None:
        self._inputs["read" if result.status == "read" else result.reason or "skipped"] += 1
        self._skipped_lines.update(result.skipped)
        self._n_bytes += result.n_bytes
        if failed:
            reason, detail = result.reason or "unknown", result.detail or ""
            self._failures.append(Failure(uri=result.uri, reason=reason, detail=detail))

    def _tasks(self, plan: Plan, batch: Batch) -> list[ReadTask]:
        """Return what is to be read; copies of what is known are skipped at once."""
        originals = self._originals(plan)
        tasks = []
        for candidate, source in plan.to_read:
            if self._is_erased(candidate):
                self._refuse(candidate.address, candidate.stamp)
                continue
            original = originals.get(candidate.address)
            if original is not None:
                detail = f"the same bytes as {self._redactor.text(original.path)}"
                skip = Skip(COPY, detail, failed=False)
                self._skip(batch, candidate.address, candidate.stamp, skip, original.content)
                continue
            uri = self._redactor.text(candidate.address)
            tasks.append(
                ReadTask(
                    path=candidate.path,
                    address=candidate.address,
                    uri=uri,
                    input_id=make_id("input", uri),
                    source=source,
                    stamp=candidate.stamp,
                    n_bytes=candidate.n_bytes,
                    object_id=candidate.object_id,
                    member=candidate.within if candidate.is_member else None,
                    allowed=self._scopes.allowed(make_id("input", uri), uri),
                )
            )
        return tasks

    def _is_erased(self, candidate: Candidate) -> bool:
        """Tell whether a file holds the very bytes of an input that was erased."""
        if self._erasures is None or candidate.source is not None:
            return False
        found = refusal(self._erasures)
        if candidate.n_bytes not in found.sizes or candidate.object_id is not None:
            return False
        content = _content(candidate)
        return content is not None and found.refuses_content(content)

    def _restored(self, wanted: Sequence[Known]) -> Iterator[ReadTask]:
        """Yield inputs that are read from the archive, as they last stood there."""
        if not wanted:
            return
        latest = {state.input_id: state for _, state in self._vault.archive.states()}
        for known in wanted:
            if known.source is None or not latest[known.id].chunks:
                self._vault.keep_as_is(known.path, reading_code(known.source))
            else:
                yield ReadTask(
                    path=known.path,
                    address=known.path,
                    uri=self._redactor.text(known.path),
                    input_id=known.id,
                    source=known.source,
                    stamp=known.stamp,
                    n_bytes=known.n_bytes,
                    chunks=latest[known.id].chunks,
                    allowed=self._scopes.allowed(known.id, known.uri),
                )

    def _originals(self, plan: Plan) -> dict[str, _Original]:
        """Return, for each copy among the inputs to read, what it is a copy of."""
        changing = {candidate.address for candidate, _ in plan.to_read}
        read_before = [
            known
            for known in self._known.values()
            if known.status == "read" and known.path not in changing
        ]
        first = {known.content: known.path for known in read_before}
        originals = {}
        for candidate in _maybe_copies(plan, {known.n_bytes for known in read_before}):
            content = _content(candidate)
            if content is not None:
                original = first.setdefault(content, candidate.address)
                if original != candidate.address:
                    originals[candidate.address] = _Original(original, content)
        return originals

    def _shards(self, tasks: list[ReadTask]) -> Iterator[Shard]:
        held: list[ReadTask] = []
        n_bytes = 0
        for task in _smallest_first(tasks):
            is_full = n_bytes + task.n_bytes > _SHARD_BYTES or len(held) >= _SHARD_INPUTS
            if held and is_full and not _are_together(held[-1], task):
                yield self._shard(held)
                held, n_bytes = [], 0
            held.append(task)
            n_bytes += task.n_bytes
        if held:
            yield self._shard(held)

    def _shard(self, tasks: list[ReadTask]) -> Shard:
        return Shard(
            tasks=tuple(tasks),
            key=self._key,
            home=str(Path.home()),
            spool=str(self._vault.spool),
            archive=str(self._vault.archive.root),
            consent=self._consent,
            times=self._times,
            known=keep_known(str(self._vault.spool), self._values),
            erasures=self._erasures,
        )

    def _result(self, plan: Plan) -> Ingested:
        return Ingested(
            inputs=dict(sorted((self._inputs + plan.unchanged).items())),
            records=dict(sorted(self._records.items())),
            skipped_lines=dict(sorted(self._skipped_lines.items())),
            n_bytes=self._n_bytes,
            failures=(*plan.failures, *self._failures),
            changed=True,
        )


def _smallest_first(tasks: Sequence[ReadTask]) -> list[ReadTask]:
    """Return what is to be read so that little of it is read twice; members of one place together.

    What one input gives away is known to all that are read behind it, and those before it that hold
    it are read once more. Repositories, whose size is unknown, come first: they name most people.
    """
    sizes: Counter[str] = Counter()
    for task in tasks:
        sizes[task.path] += task.n_bytes
    return sorted(tasks, key=lambda task: (sizes[task.path], task.path))


def _are_together(one: ReadTask, other: ReadTask) -> bool:
    """Tell whether two inputs are members of one archive, which is gone through once for both."""
    return one.member is not None and other.member is not None and one.path == other.path


def _maybe_copies(plan: Plan, known_sizes: Collection[int]) -> Iterator[Candidate]:
    """Yield the files to read that may be copies: their size, and how they begin, is not unique.

    Of a size that is known from earlier runs all are, since only whole files are compared with it.
    So are all of a size that a member of an archive has, whose whole content is known.
    """
    by_size: defaultdict[int, list[Candidate]] = defaultdict(list)
    for candidate, _ in plan.to_read:
        if candidate.source is None and candidate.object_id is None:
            by_size[candidate.n_bytes].append(candidate)
    for size, found in by_size.items():
        if size in known_sizes or any(each.is_member for each in found):
            yield from found
        elif len(found) > 1:
            beginnings = [_beginning(each.path) for each in found]
            n_alike = Counter(beginnings)
            yield from (c for c, how in zip(found, beginnings, strict=True) if n_alike[how] > 1)


def _beginning(path: str) -> bytes | None:
    try:
        with Path(path).open("rb", buffering=0) as opened:
            return opened.read(_BEGINNING_BYTES)
    except OSError:
        return None  # as for the whole content


def _content(candidate: Candidate) -> str | None:
    if candidate.is_member:
        return candidate.stamp
    try:
        return hash_file(Path(candidate.path))
    except OSError:
        return None  # the kernel will meet the same failure, and say so
