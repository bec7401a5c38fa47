"""What is new: every input's state against what the catalog remembers.

An unchanged input costs one stat. An input counts as changed when its state differs, or when
the code that read it has a newer version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tracemill.base import git
from tracemill.flows.ingest.discovery import Candidate, Skip, Unreadable, discover, recognise
from tracemill.flows.ingest.results import Ingested, Report
from tracemill.flows.results import Failure
from tracemill.flows.versions import reading_code
from tracemill.store.vault import Known, Vault
from tracemill.store.workspace import Workspace


class Plan(NamedTuple):
    """What an ingest would do."""

    to_read: list[tuple[Candidate, str]]
    """New or changed inputs, with the names of their sources."""
    to_skip: list[tuple[str, str, Skip]]
    """Path, state and reason of new or changed inputs that are not read."""
    unchanged: Counter[str]
    """Inputs that stand as they were, counted by what became of them."""
    failures: list[Known]
    """Unchanged inputs that could not be read whole."""

    @property
    def n_bytes(self) -> int:
        """Bytes to read, as far as they are known beforehand."""
        return sum(candidate.n_bytes for candidate, _ in self.to_read)


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

    def plan(self, places: Sequence[Path]) -> Plan:
        """Look at everything below `places`; only what is new or changed is opened."""
        known = self._vault.inputs() if self._workspace.exists else {}
        plan = Plan([], [], Counter(), [])
        for found in discover(places):
            before = known.get(found.path)
            if isinstance(found, Unreadable):
                skip = Skip(found.reason, found.detail, failed=True)
                self._plan_skip(plan, found.path, "", skip, before)
            elif before and _is_current(before, found):
                _note_unchanged(plan, before)
            else:
                self._plan_candidate(plan, found, before)
        return plan

    def _plan_candidate(self, plan: Plan, found: Candidate, before: Known | None) -> None:
        recognised = recognise(found)
        if isinstance(recognised, Skip):
            self._plan_skip(plan, found.path, found.stamp, recognised, before)
        else:
            plan.to_read.append((found, recognised))

    def _plan_skip(
        self, plan: Plan, path: str, stamp: str, skip: Skip, before: Known | None
    ) -> None:
        if before and before.status == "skipped" and before.reason == skip.reason:
            _note_unchanged(plan, before)
        else:
            plan.to_skip.append((path, stamp, skip))

    def run(self, plan: Plan, executor: Any, report: Report) -> Ingested:
        """Carry out a plan; the workspace must be held for writing."""
        if not plan.to_read and not plan.to_skip:
            return nothing_new(plan)
        from tracemill.flows.ingest.accept import Accepting

        return Accepting(self._workspace, self._vault).run(plan, executor, report)

    def repositories(self) -> list[Path]:
        """Return the repositories on this machine in which known sessions ran."""
        if not self._workspace.exists:
            return []
        found = (git.find_repository(Path(folder)) for folder in self._vault.folders())
        return sorted({repository for repository in found if repository is not None})


def _is_current(before: Known, found: Candidate) -> bool:
    return bool(found.stamp) and before.stamp == found.stamp and before.code == reading_code()


def _note_unchanged(plan: Plan, known: Known) -> None:
    plan.unchanged["unchanged"] += 1
    if known.failed:
        plan.failures.append(known)


def nothing_new(plan: Plan) -> Ingested:
    """Return the result of an ingest that found every input as it was."""
    return Ingested(
        inputs=dict(plan.unchanged),
        records={},
        skipped_lines={},
        n_bytes=0,
        failures=tuple(known_failures(plan)),
        changed=False,
    )


def known_failures(plan: Plan) -> list[Failure]:
    """Return the failures of inputs that were met before and have not changed."""
    return [
        Failure(uri=known.uri, reason=known.reason or "unknown", detail=known.detail or "")
        for known in plan.failures
    ]
