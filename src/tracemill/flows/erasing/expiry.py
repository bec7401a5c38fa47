"""Retention: what the settings keep for a period is deleted when the period is over.

An input is as old as the last moment that it tells of, so a session that goes on does not expire;
what tells of none is as old as its file, and what has no known age is kept. What expired is gone
as if it were erased, and stays away as long as its file stands as it did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.flows.erasing.erasure import MakeExecutor, new_receipt, resume_erasures
from tracemill.flows.erasing.quotes import quoting
from tracemill.flows.erasing.versions import erase_folders, version_folders
from tracemill.flows.held.lookup import read_status, require_kept
from tracemill.flows.ingest import Report
from tracemill.flows.ingest.erasing import KeptState, kept_states
from tracemill.records.privacy.erasures import ErasedContent, Erasure, ErasureReceipt, Tombstone
from tracemill.records.privacy.settings import Retention
from tracemill.records.refs import Record
from tracemill.store.erasures import ErasureBook, new_book, read_erasures, write_erasures
from tracemill.store.lake import Lake
from tracemill.store.settings import NAME, read_settings
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_DAYS: Final = {"day": 1, "week": 7, "month": 30, "year": 365}
_PERIOD: Final = re.compile(r"(\d+) ?([a-z]+?)s?\Z")
_LONGEST_PAUSE: Final = timedelta(days=45)
"""After a longer pause nothing expires by itself: a clock may have been wrong."""


class Expiring(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What of one class is over its period."""

    period: str | None
    """How long it is kept; None for good."""
    expired: int
    """How many inputs or versions are older than that."""
    kept: int
    """How many are not, or have no known age."""
    oldest: datetime | None
    """How old the oldest is."""


class RetentionResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """For how long things are kept, and what is over."""

    settings: str
    """The file that says so, whether it is there or not."""
    originals: Expiring
    """Inputs whose original bytes are archived."""
    facts: Expiring
    """Inputs that were read."""
    datasets: Expiring
    """Dataset versions but the newest."""
    receipt: ErasureReceipt | None = None
    """Proof of what went; None where nothing was done."""


class _Expired(NamedTuple):
    """What is over its period."""

    originals: dict[str, KeptState]
    facts: dict[str, KeptState]
    versions: list[Path]

    @property
    def is_empty(self) -> bool:
        return not (self.originals or self.facts or self.versions)


def read_retention(workspace: Workspace, at: datetime) -> RetentionResult:
    """Say what is over its period at a moment. Read-only."""
    require_kept(workspace)
    return _Looking(workspace, at).result()


def expire(
    workspace: Workspace, at: datetime, make: MakeExecutor, report: Report
) -> RetentionResult:
    """Take away what is over its period, for good."""
    require_kept(workspace)
    looking = _Looking(workspace, at)
    if looking.expired.is_empty:
        return looking.result()
    with workspace.writing():
        receipt = _carry_out(workspace, looking.expired, make, report)
    return looking.result(receipt)


def expire_by_itself(
    workspace: Workspace, at: datetime, make: MakeExecutor, report: Report
) -> bool:
    """Take away what is over its period, in a workspace that is held; return whether anything was.

    Nothing goes where inputs were last looked at long ago, or later than now.
    """
    synced = read_status(workspace).synced
    if synced is None or not timedelta() <= at - synced <= _LONGEST_PAUSE:
        return False
    expired = _Looking(workspace, at).expired
    if expired.is_empty:
        return False
    _carry_out(workspace, expired, make, report)
    return True


class _Looking:
    """One look at the ages of everything."""

    def __init__(self, workspace: Workspace, at: datetime) -> None:
        self._workspace = workspace
        self._at = at
        self._retention: Retention = read_settings(workspace).retention
        self._states = kept_states(workspace)
        self._moments = _moments(workspace, self._states)
        self._versions = dict(_versions(workspace))
        facts = self._over(self._retention.facts, self._states)
        archived = {i: state for i, state in self._states.items() if state.is_archived}
        self.expired = _Expired(
            originals={
                i: self._states[i]
                for i in self._over(self._retention.originals, archived)
                if i not in facts
            },
            facts={i: self._states[i] for i in facts},
            versions=[
                folder
                for folder, made in self._versions.items()
                if self._is_over(self._retention.datasets, made)
            ],
        )

    def _over(self, period: str | None, inputs: Collection[str]) -> list[str]:
        return sorted(i for i in inputs if self._is_over(period, self._moments.get(i)))

    def _is_over(self, period: str | None, moment: datetime | None) -> bool:
        return period is not None and moment is not None and self._at - moment > _length(period)

    def result(self, receipt: ErasureReceipt | None = None) -> RetentionResult:
        """Return what was seen."""
        archived = [i for i, state in self._states.items() if state.is_archived]
        gone = len(self.expired.originals) + sum(
            state.is_archived for state in self.expired.facts.values()
        )
        moments = [self._moments.get(i) for i in self._states]
        originals = [self._moments.get(i) for i in archived]
        kept = self._retention
        return RetentionResult(
            settings=str(self._workspace.root / NAME),
            originals=_expiring(kept.originals, gone, originals),
            facts=_expiring(kept.facts, len(self.expired.facts), moments),
            datasets=_expiring(
                kept.datasets, len(self.expired.versions), list(self._versions.values())
            ),
            receipt=receipt,
        )


def _expiring(period: str | None, n_expired: int, moments: Collection[datetime | None]) -> Expiring:
    known = [moment for moment in moments if moment is not None]
    return Expiring(
        period=period,
        expired=n_expired,
        kept=len(moments) - n_expired,
        oldest=min(known, default=None),
    )


def _length(period: str) -> timedelta:
    found = _PERIOD.match(period)
    assert found is not None, "settings hold periods only"
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


def _moments(workspace: Workspace, states: Mapping[str, KeptState]) -> dict[str, datetime]:
    """Return the last moment that each input tells of, or else when its file was written."""
    found = {i: state.written for i, state in states.items() if state.written is not None}
    told: dict[str, datetime] = {}
    lake = Lake(workspace.lake)
    for name, column in (("trajectories", "ended"), ("events", "at")):
        for batch in lake.batches(TABLES[name], columns=("input_id", column)):
            rows = zip(*(batch.column(i).to_pylist() for i in range(2)), strict=True)
            for input_id, moment in rows:
                if moment is not None:
                    told[input_id] = max(moment, told.get(input_id, moment))
    return found | told


def _versions(workspace: Workspace) -> Iterator[tuple[Path, datetime]]:
    newest = read_status(workspace).dataset
    for folder in version_folders(workspace):
        if str(folder) != newest:
            made = (folder / "manifest.json").stat().st_mtime
            yield folder, datetime.fromtimestamp(made, UTC)


def _carry_out(
    workspace: Workspace, expired: _Expired, make: MakeExecutor, report: Report
) -> ErasureReceipt:
    resume_erasures(workspace, make, report)
    book = read_erasures(workspace.vault) or new_book()
    quoted = quoting(workspace, {folder.name for folder in expired.versions})
    erasure = _intended(expired, book, quoted.n_rows)
    write_erasures(workspace.vault, book.with_erasure(erasure))
    erase_folders(workspace, expired.versions, erasure.receipt.asked)
    resume_erasures(workspace, make, report)
    done = read_erasures(workspace.vault)
    assert done is not None
    return done.erasures[-1].receipt


def _intended(expired: _Expired, book: ErasureBook, n_rows: int) -> Erasure:
    counts = {
        "inputs_whole": len(expired.facts),
        "originals": len(expired.originals),
        "dataset_versions": len(expired.versions),
        "training_files": n_rows,
    }
    code = book.code("\0".join(["retention", *sorted({*expired.facts, *expired.originals})]))
    facts = expired.facts.values()
    return Erasure(
        receipt=new_receipt("retention", code, counts),
        tombstone=Tombstone(
            states=tuple(sorted({book.state_code(s.address, s.stamp) for s in facts})),
            contents=tuple(
                ErasedContent(content=book.code(content), n_bytes=n_bytes)
                for content, n_bytes in sorted(
                    {(s.content, s.n_bytes) for s in facts if s.content is not None}
                )
            ),
        ),
        whole_inputs=tuple(sorted(expired.facts)),
        emptied_inputs=tuple(sorted(expired.originals)),
    )
