"""Consent over time: what was kept under other settings, and what is kept of each input now.

When the settings change, every input is read again under them, and what they do not allow any
more goes: originals out of the archive, rows and examples with their text. An input whose original
is gone, and which may be kept again in more than numbers, stays as it was.
"""

from __future__ import annotations

from collections import Counter

from tracemill.flows.erasing.erasure import MakeExecutor, new_receipt, resume_erasures
from tracemill.flows.held.lookup import require_kept
from tracemill.flows.ingest import Report
from tracemill.flows.ingest.consent import NO_CONSENT
from tracemill.records.inputs import Input
from tracemill.records.privacy.erasures import Erasure, Tombstone
from tracemill.records.privacy.settings import Consent
from tracemill.records.refs import Record
from tracemill.store.erasures import new_book, read_erasures, write_erasures
from tracemill.store.lake import Lake
from tracemill.store.settings import (
    NAME,
    consent_digest,
    is_new,
    note_consent,
    read_settings,
)
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class ConsentResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How much may be kept of what."""

    settings: str
    """The file that says so, whether it is there or not."""
    consent: Consent
    """What it says, or what holds without it."""
    inputs: dict[str, int]
    """Inputs by the level under which they are kept."""
    is_pending: bool
    """Whether the settings have changed since inputs were last read."""


def read_consent(workspace: Workspace) -> ConsentResult:
    """Say how much may be kept of what, and how much is."""
    consent = read_settings(workspace).consent
    require_kept(workspace)
    counts = Counter(map(_level, Lake(workspace.lake).records(TABLES["inputs"])))
    return ConsentResult(
        settings=str(workspace.root / NAME),
        consent=consent,
        inputs=dict(sorted(counts.items())),
        is_pending=is_new(workspace, consent),
    )


def _level(found: Input) -> str:
    return "off" if found.reason == NO_CONSENT else found.consent


def withdraw_surplus(workspace: Workspace, make: MakeExecutor, report: Report) -> None:
    """Take away what the settings do not allow any more, once all inputs were read under them."""
    consent = read_settings(workspace).consent
    levels = {one.id: _level(one) for one in Lake(workspace.lake).records(TABLES["inputs"])}
    emptied = {i for i, level in levels.items() if level != "full"}
    withheld = {i for i, level in levels.items() if level in {"off", "metadata"}}
    if emptied:
        book = read_erasures(workspace.vault) or new_book()
        code = book.code(f"consent:{consent_digest(consent)}")
        receipt = new_receipt("consent", code, {"originals": len(emptied), "texts": len(withheld)})
        erasure = Erasure(
            receipt=receipt,
            tombstone=Tombstone(),
            emptied_inputs=tuple(sorted(emptied)),
            withheld_inputs=tuple(sorted(withheld)),
        )
        write_erasures(workspace.vault, book.with_erasure(erasure))
        resume_erasures(workspace, make, report)
    note_consent(workspace, consent)
