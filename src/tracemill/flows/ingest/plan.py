"""What is new: every input's state against what the catalog remembers.

An unchanged input costs one stat. An input counts as changed when its state differs, or when
the code that read it has a newer version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tracemill.base.git import repositories as git
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.ingest.discovery import Candidate, Unreadable, discover
from tracemill.flows.ingest.recognition import Archive, Skip, Verdict, recognise
from tracemill.flows.ingest.results import COPY, ERASED, Ingested, Plan, Report
from tracemill.flows.ingest.rule_sets import keep_rules
from tracemill.flows.results import Failure
from tracemill.flows.versions import reading_code
from tracemill.store.erasures import Refusal, read_erasures
from tracemill.store.vault import Archived, Known, Vault
from tracemill.store.workspace import Workspace

_STILL_WRITTEN: Final = timedelta(days=2)
"""How long a file of the inbox may still grow: its day, and clocks that differ."""
Refuses = Callable[[str, str], bool]
"""Tells whether an input at an address, in a state, was erased."""


class Ingest:
    """Reads inputs into one workspace; holds its vault open."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._vault = Vault(workspace.vault)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._vault.close()

    @property
    def lost_lake(self) -> bool:
        """Whether the archive holds inputs of which the lake has no trace."""
        return self._workspace.exists and bool(self._vault.inputs()) and not self._has_lake

    @property
    def holds_inputs(self) -> bool:
        """Whether anything was ever archived."""
        return self._workspace.exists and any(self._vault.archive.states())

    @property
    def _has_lake(self) -> bool:
        return self._workspace.table_versions(["inputs"])["inputs"] >= 0

    def plan(self, places: Sequence[Path]) -> Plan:
        """Look at everything below `places`; only what is new or changed is opened."""
        planning = _Planning(self._known(), self._refuses())
        for found in discover(places):
            planning.take(found)
        plan = planning.finish()
        plan.to_restore.extend(self._unswept(plan))
        return plan

    def _unswept(self, plan: Plan) -> list[Known]:
        """Return inputs that hold what a killed run found, and that are not read anyway."""
        new = self._vault.unswept() if self._workspace.exists else []
        if not new:
            return []
        from tracemill.flows.ingest.sweeping import holders
        from tracemill.store.lake import Lake

        found = holders(Lake(self._workspace.lake), new, self._vault.secrets())
        planned = {candidate.address for candidate, _ in plan.to_read}
        planned.update(known.path for known in plan.to_restore)
        known = self._vault.inputs().values()
        return [one for one in known if one.id in found and one.path not in planned]

    def _refuses(self) -> Refuses:
        """Return what tells whether an input was erased; captured events are of everybody."""
        book = read_erasures(self._workspace.vault)
        if book is None:
            return lambda _address, _stamp: False
        refusal = Refusal(book)
        inbox = self._workspace.inbox
        return lambda address, stamp: (
            Path(address).parent != inbox
            and (refusal.refuses_address(address) or refusal.refuses_state(address, stamp))
        )

    def count_waiting(self, found: Iterable[Candidate]) -> int:
        """Return how many of these inputs are not known in the state in which they stand."""
        known = self._vault.inputs() if self._workspace.exists else {}
        stamps = {path: before.stamp for path, before in known.items()}
        return sum(stamps.get(candidate.address) != candidate.stamp for candidate in found)

    def _known(self) -> dict[str, Known]:
        """Return what is known by path; where rows may be missing, as if older code had read it."""
        if not self._workspace.exists:
            return {}
        known = self._vault.inputs()
        if not self._has_lake:
            known = {path: before._replace(code="") for path, before in known.items()}
        return known | self._unfinished()

    def _unfinished(self) -> dict[str, Known]:
        """Return archived inputs of which a killed run may have left half the rows.

        They may be gone, or in no place that is looked at now; the archive has them.
        """
        pending = self._vault.pending()
        if not pending:
            return {}
        states = [state for _, state in self._vault.archive.states() if state.input_id in pending]
        return {state.path: _as_archived(state) for state in states}

    def forget_lake(self) -> None:
        """Have every input read again; a rebuild that was killed is gone on with."""
        self._vault.outdate()

    def run(self, plan: Plan, executor: Executor, report: Report) -> Ingested:
        """Carry out a plan that is not empty; the workspace must be held for writing."""
        from tracemill.flows.ingest.accept import Accepting

        keep_rules(self._workspace)
        return Accepting(self._workspace, self._vault).run(plan, executor, report)

    def clear_inbox(self, now: datetime) -> None:
        """Remove captured events of past days that are archived just as they stand."""
        if not self._workspace.inbox.is_dir():
            return
        known = self._vault.inputs()
        newest = f"{now - _STILL_WRITTEN:%Y-%m-%d}"
        for found in discover([self._workspace.inbox]):
            before = known.get(found.address)
            is_archived = (
                isinstance(found, Candidate)
                and before is not None
                and before.status == "read"
                and before.stamp == found.stamp
            )
            if is_archived and Path(found.path).stem[-len(newest) :] < newest:
                Path(found.path).unlink()

    def repositories(self) -> list[Path]:
        """Return the repositories on this machine in which known sessions ran."""
        if not self._workspace.exists:
            return []
        found = (git.find_repository(Path(folder)) for folder in self._vault.folders())
        return sorted({repository for repository in found if repository is not None})


class _Planning:
    """Compares what is found with what is known, and makes a plan of it."""

    def __init__(self, known: dict[str, Known], refuses: Refuses) -> None:
        self._known = known
        self._refuses = refuses
        self._members = _members(known)
        self._plan = Plan([], [], Counter(), [], [], [])
        self._copies: list[tuple[Candidate, Verdict | None, Known]] = []
        self._archives: list[tuple[Candidate, Known]] = []
        self._standing: set[str | None] = set()

    def take(self, found: Candidate | Unreadable) -> None:
        """Take in an input that stands there now."""
        if isinstance(found, Candidate):
            self._compare(found, None)
            return
        if self._refuses(found.address, ""):
            self._plan.unchanged[ERASED] += 1
            return
        before = self._known.pop(found.address, None)
        skip = Skip(found.reason, found.detail, failed=True)
        _plan_skip(self._plan, found.address, "", skip, before)

    def finish(self) -> Plan:
        """Return the plan, once all inputs are taken in."""
        others = self._known.values()
        self._standing.update(other.content for other in others if other.status == "read")
        for archive in self._archives:
            self._keep_members(*archive)
        for found, verdict, before in self._copies:
            if before.content in self._standing:
                _note_unchanged(self._plan, before)
            else:
                self._add(found, verdict, before)  # what it was a copy of stands no longer
        self._plan.to_restore.extend(filter(_is_stale, self._known.values()))
        return self._plan

    def _compare(self, found: Candidate, verdict: Verdict | None) -> None:
        """Compare an input with what is known of it; a member's verdict is known already."""
        before = self._known.pop(found.address, None)
        if self._refuses(found.address, found.stamp):
            self._plan.unchanged[ERASED] += 1
        elif not (before and _is_current(before, found)):
            self._add(found, verdict, before)
        elif before.reason == COPY:
            self._copies.append((found, verdict, before))
        elif before.status == "skipped" and found.address in self._members:
            self._archives.append((found, before))
        else:
            _note_unchanged(self._plan, before)
            self._standing.add(before.content)

    def _add(self, found: Candidate, verdict: Verdict | None, before: Known | None) -> None:
        match verdict or recognise(found):
            case Archive() as archive:
                self._look_within(found, archive, before)
            case Skip() as skip:
                _plan_skip(self._plan, found.address, found.stamp, skip, before)
            case str(source):
                self._plan.to_read.append((found, source))

    def _look_within(self, found: Candidate, archive: Archive, before: Known | None) -> None:
        from tracemill.flows.ingest.archives import look_within

        within = look_within(found.path, found.stamp, archive)
        for member, verdict in within.members:
            self._compare(member, verdict)
        if before is not None and before.status == "read":
            _plan_skip(self._plan, found.address, found.stamp, within.skip, before)
        else:
            self._plan.opened.append((found.address, found.stamp, within.skip))

    def _keep_members(self, archive: Candidate, before: Known) -> None:
        """Note an archive that stands as it did, and its members; what is stale is restored."""
        names = self._members[archive.address]
        members = {name: self._known[name] for name in names if name in self._known}
        is_needed = any(
            known.reason == COPY and known.content not in self._standing
            for known in members.values()
        )
        if is_needed:  # what a member was a copy of stands no longer
            self._add(archive, None, before)
            return
        _note_unchanged(self._plan, before)
        for name, known in members.items():
            if not _is_stale(known):
                del self._known[name]
                _note_unchanged(self._plan, known)


def _members(known: Iterable[str]) -> dict[str, list[str]]:
    """Return the addresses of inputs within others by what may be the address of the other."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for address in known:
        at = address.find("#")
        while at != -1:
            members[address[:at]].append(address)
            at = address.find("#", at + 1)
    return members


def _plan_skip(plan: Plan, path: str, stamp: str, skip: Skip, before: Known | None) -> None:
    """Plan not to read an input; what was read of it earlier is never given up for that."""
    is_current = before is not None and before.code == reading_code(before.source)
    if before is None or (
        before.status == "skipped" and not (is_current and before.reason == skip.reason)
    ):
        plan.to_skip.append((path, stamp, skip))
        return
    if _is_stale(before):
        plan.to_restore.append(before)
    else:
        plan.unchanged["unchanged"] += 1
    if skip.failed:
        plan.failures.append(Failure(uri=before.uri, reason=skip.reason, detail=skip.detail))


def _is_current(before: Known, found: Candidate) -> bool:
    is_same = bool(found.stamp) and before.stamp == found.stamp
    return is_same and before.code == reading_code(before.source)


def _is_stale(known: Known) -> bool:
    """Tell whether rows of an input that is not read now must be made anew from the archive."""
    return known.status == "read" and known.code != reading_code(known.source)


def count_stale(workspace: Workspace) -> int:
    """Return how many inputs were read by other rules, so that a run makes their rows anew."""
    vault = Vault(workspace.vault)
    try:
        return sum(map(_is_stale, vault.inputs().values()))
    finally:
        vault.close()


def _as_archived(state: Archived) -> Known:
    """Return what the archive knows; the id stands for an address that is not made yet."""
    return Known(
        path=state.path, id=state.input_id, uri=state.input_id, source=state.source,
        stamp=state.stamp, code="", content=state.content, n_bytes=state.n_bytes,
        status="read" if state.chunks else "skipped", reason=None, detail=None, failed=False,
    )  # fmt: skip


def _note_unchanged(plan: Plan, known: Known) -> None:
    plan.unchanged["unchanged"] += 1
    if known.failed:
        reason, detail = known.reason or "unknown", known.detail or ""
        plan.failures.append(Failure(uri=known.uri, reason=reason, detail=detail))
