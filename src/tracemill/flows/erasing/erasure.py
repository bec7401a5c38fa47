"""Erasing a subject: everything of it goes, everywhere in the workspace, before this returns.

First the intent is written, in keyed hashes, then each place is cleaned in an order that can be
begun again at any moment: dataset versions, the archive and captured events, rows of the lake,
what is read again without the names, what follows from it, and at last old files and free pages. A
killed erasure is gone on with by the next command that writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import msgspec

from tracemill import __version__
from tracemill.base.clock import now
from tracemill.base.errors import AmbiguousNameError, NotFoundError
from tracemill.base.ids import make_id
from tracemill.base.keyed_words import words_of
from tracemill.base.places import absolute_place
from tracemill.flows.deriving import derive
from tracemill.flows.deriving.timing import StageClock
from tracemill.flows.erasing.exported_copies import exported_copies
from tracemill.flows.erasing.made_up import count_made
from tracemill.flows.erasing.other_files import mask_other_files
from tracemill.flows.erasing.quotes import count_reports, erase_reports, quoting
from tracemill.flows.erasing.turn_answers import count_turn_answers, erase_turn_answers
from tracemill.flows.erasing.versions import affected_versions, erase_versions
from tracemill.flows.executors.protocol import Executor
from tracemill.flows.held.lookup import find_row, require_kept
from tracemill.flows.ingest import Progress, Report
from tracemill.flows.ingest.erasing import (
    clean_captured,
    compact_vault,
    erase_from_vault,
    read_again,
)
from tracemill.flows.ingest.subjects import (
    Found,
    Subject,
    find_subject,
    places_named,
    tombstone_of,
)
from tracemill.flows.results import SessionRow
from tracemill.flows.versions import deriving_code, reading_code
from tracemill.records.privacy.erasures import Erasure, ErasureKind, ErasureReceipt, SubjectKind
from tracemill.records.refs import Record
from tracemill.store.erasures import (
    ErasureBook,
    Refusal,
    new_book,
    read_erasures,
    write_erasures,
)
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.tables import FACTS, TABLES
from tracemill.store.workspace import Workspace

MakeExecutor = Callable[[int], Executor]
"""Returns an executor for so many bytes."""


class FoundSubject(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Where a subject stands in a workspace."""

    subject: str
    """As it was asked for."""
    kind: SubjectKind
    """What it was taken for."""
    aliases: tuple[str, ...]
    """Other names and addresses of a person, which are looked for too."""
    possible_aliases: tuple[str, ...]
    """Single words that may be the person's too; they are looked for only where they are named."""
    whole_inputs: int
    """Inputs that are the subject's own, and would go as a whole."""
    masked_inputs: int
    """Other inputs that name it, in which only the names would be masked."""
    places: int
    """In how many places of these."""
    sessions: tuple[str, ...]
    """Sessions that would go."""
    passing: tuple[str, ...]
    """Those of them that began elsewhere, and worked at the place for a while; they go whole."""
    along: tuple[str, ...]
    """Sessions that share an input with these: they stay, and its original goes."""
    rows: dict[str, int]
    """Rows of facts that would go, by table."""
    datasets: dict[str, int]
    """Examples made from it, kept or left out, by dataset version."""
    training_files: int
    """Files of rows that models were trained on, drawn from those versions, and all that another
    program may have made of them; they would go."""
    report_files: int
    """Files of written reports, which all would go."""
    made_up_rows: int
    """Lines of what was made up out of it, or asked of a model for that; they would go."""
    turn_answers: int
    """What models said of turns in it; it would go."""
    models: tuple[str, ...]
    """Runs that learned from those versions; their weights stay, and would say so."""
    originals: tuple[str, ...]
    """Files, folders and repositories outside the workspace that hold it; nothing changes them."""
    copies: tuple[str, ...]
    """Exports that hold it, or may, with what they are and when they were made."""
    erased: tuple[ErasureReceipt, ...]
    """Earlier erasures of the subject."""


class ErasedSubject(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What an erasure took away, or would."""

    found: FoundSubject
    """Where the subject stood."""
    receipt: ErasureReceipt | None
    """Proof of it; None where nothing was done."""


def read_subject(
    workspace: Workspace, name: str, kind: SubjectKind | None, also: Collection[str]
) -> Subject:
    """Return what a name means: a session, a place, or else a person.

    Raises:
        NotFoundError: nothing is kept, no session answers to it, or it is that of several places.
    """
    require_kept(workspace)
    if kind in (None, "session") and (session := _session(workspace, name, kind)):
        return Subject("session", session)
    if kind is None and _was_session(workspace, name):
        return Subject("session", name)
    if kind in (None, "path") and not _looks_like_path(name):
        places = places_named(workspace, name)
        if len(places) > 1:
            raise AmbiguousNameError(name, places, "name one of them")
        if places:
            return Subject("path", places[0])
    if kind == "path" or (kind is None and _looks_like_path(name)):
        return Subject("path", absolute_place(name))
    return Subject("person", name, tuple(also))


def _session(workspace: Workspace, name: str, kind: SubjectKind | None) -> str | None:
    try:
        row = find_row(workspace, "session", name, SessionRow)
    except NotFoundError:
        if kind == "session":
            raise
        return None
    is_whole = name in {row.session_id, row.id} or name.startswith("traj_")
    return row.session_id if is_whole or kind == "session" else None


def _was_session(workspace: Workspace, name: str) -> bool:
    """Tell whether a name is that of a session that was erased."""
    book = read_erasures(workspace.vault)
    erasures = book.erasures if book else ()
    return book is not None and any(book.code(name) in e.tombstone.sessions for e in erasures)


def _looks_like_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.startswith((".", "~"))


def find_data(workspace: Workspace, subject: Subject, report: Report) -> FoundSubject:
    """Say where a subject stands. Read-only.

    Raises:
        NotFoundError: nothing is kept, or it stands nowhere and never did.
    """
    require_kept(workspace)
    book = read_erasures(workspace.vault)
    return _described(workspace, find_subject(workspace, subject, report), book)


def erase_data(
    workspace: Workspace, subject: Subject, make: MakeExecutor, report: Report
) -> ErasedSubject:
    """Take everything of a subject out of the workspace, and keep it out.

    Raises:
        NotFoundError: nothing is kept, or it stands nowhere.
        StoreError: the workspace is held by another process, or damaged.
    """
    require_kept(workspace)
    with workspace.writing():
        resume_erasures(workspace, make, report)
        found = find_subject(workspace, subject, report)
        book = read_erasures(workspace.vault) or new_book()
        described = _described(workspace, found, book)
        erasure = _intended(found, described, book)
        write_erasures(workspace.vault, book.with_erasure(erasure))
        resume_erasures(workspace, make, report)
    done = read_erasures(workspace.vault)
    assert done is not None
    return ErasedSubject(found=described, receipt=done.erasures[-1].receipt)


def resume_erasures(workspace: Workspace, make: MakeExecutor, report: Report) -> None:
    """Carry out every erasure that was asked for and is not done; the workspace must be held.

    Captured events that have come since are freed of what is refused, before anybody reads them.
    """
    book = read_erasures(workspace.vault)
    if book is None:
        return
    clean_captured(workspace, Refusal(book))
    for erasure in book.unfinished:
        counts = Counter(erasure.receipt.counts) | _carry_out(
            workspace, book, erasure, make, report
        )
        receipt = msgspec.structs.replace(
            erasure.receipt, done=now(), counts=dict(sorted(counts.items()))
        )
        book = book.with_erasure(Erasure(receipt=receipt, tombstone=erasure.tombstone))
        write_erasures(workspace.vault, book)


def erasures_of(book: ErasureBook | None, subject: Subject) -> tuple[ErasureReceipt, ...]:
    """Return the receipts of what was erased under a name."""
    if book is None:
        return ()
    codes = {book.code(subject.name), _subject_code(book, subject)}
    codes.add(book.code(" ".join(words_of(subject.name))))
    return tuple(one.receipt for one in book.erasures if not codes.isdisjoint(_codes(one)))


def _codes(erasure: Erasure) -> set[str]:
    """Return everything that an erasure can be asked for by."""
    stone = erasure.tombstone
    names = {name.whole for name in stone.names}
    return {erasure.receipt.subject, *stone.paths, *stone.sessions, *names}


def _subject_code(book: ErasureBook, subject: Subject) -> str:
    name = " ".join(words_of(subject.name)) if subject.kind == "person" else subject.name
    return book.code(f"{subject.kind}:{name}")


def _described(workspace: Workspace, found: Found, book: ErasureBook | None) -> FoundSubject:
    erased = erasures_of(book, found.subject)
    if found.is_empty and not erased:
        raise NotFoundError(
            f"nothing in {str(workspace.root)!r} is of, or names, {found.subject.name!r} "
            f"as a {found.subject.kind}; name it otherwise, or say what it is with --as"
        )
    touched = {*found.whole, *found.thinned, *found.masked}
    datasets = affected_versions(workspace, touched)
    quoted = quoting(workspace, datasets)
    return FoundSubject(
        subject=found.subject.name,
        kind=found.subject.kind,
        aliases=tuple(found.aliases.certain[1:]),
        possible_aliases=tuple(found.aliases.possible),
        whole_inputs=len(found.whole),
        masked_inputs=len(found.masked),
        places=sum(found.masked.values()),
        sessions=found.sessions,
        passing=found.passing,
        along=found.along,
        rows=_rows(workspace, found.whole),
        datasets=datasets,
        training_files=quoted.n_rows,
        report_files=count_reports(workspace) if touched else 0,
        made_up_rows=count_made(workspace, touched),
        turn_answers=count_turn_answers(workspace, touched),
        models=tuple(quoted.runs),
        originals=tuple(_standing(found, touched)),
        copies=tuple(exported_copies(workspace, datasets, touched)),
        erased=erased,
    )


def _rows(workspace: Workspace, owners: Collection[str]) -> dict[str, int]:
    lake = Lake(workspace.lake)
    counts = {
        table.name: sum(
            batch.num_rows for batch in lake.batches(table, owners=owners, columns=[table.owner])
        )
        for table in FACTS
    }
    return {name: n for name, n in counts.items() if n}


def _standing(found: Found, touched: Collection[str]) -> Iterator[str]:
    places = {found.states[input_id].path.partition("#")[0] for input_id in touched}
    yield from (place for place in sorted(places) if Path(place).exists())


def new_receipt(kind: ErasureKind, code: str, counts: dict[str, int]) -> ErasureReceipt:
    """Return the receipt of an erasure that is about to begin."""
    return ErasureReceipt(
        id=make_id("erasure", code),
        kind=kind,
        subject=code,
        asked=now(),
        done=None,
        counts=counts,
        versions={"tracemill": __version__, "reading": reading_code(), "deriving": deriving_code()},
    )


def _intended(found: Found, described: FoundSubject, book: ErasureBook) -> Erasure:
    code = _subject_code(book, found.subject)
    counts = {
        "inputs_whole": described.whole_inputs,
        "inputs_thinned": len(found.thinned),
        "inputs_masked": described.masked_inputs,
        "places_masked": described.places,
        "sessions": len(described.sessions),
        "sessions_passing": len(described.passing),
        **{f"rows_{name}": n for name, n in described.rows.items()},
    }
    return Erasure(
        receipt=new_receipt(found.subject.kind, code, counts),
        tombstone=tombstone_of(found, book),
        whole_inputs=tuple(sorted(found.whole)),
        masked_inputs=tuple(sorted(found.masked)),
        emptied_inputs=found.thinned,
        gone_trajectories=found.trajectories if found.thinned else (),
        gone_folders=tuple(sorted(map(book.code, found.folders))),
    )


def _carry_out(
    workspace: Workspace, book: ErasureBook, erasure: Erasure, make: MakeExecutor, report: Report
) -> Counter[str]:
    """Take away what an erasure names; what was taken away before is left as it is."""
    thinned = erasure.emptied_inputs if erasure.gone_trajectories else ()
    touched = {*erasure.whole_inputs, *erasure.masked_inputs, *erasure.withheld_inputs, *thinned}
    refusal = Refusal(book)
    report(Progress("erase", 0, None))
    gone = erase_versions(workspace, touched, refusal, erasure.receipt.asked)
    n_reports = erase_reports(workspace) if touched else 0
    vault = erase_from_vault(workspace, book, erasure)
    lake = Lake(workspace.lake)
    for table in FACTS:
        lake.remove(table, set(erasure.whole_inputs))
    _remove_sessions(lake, set(erasure.gone_trajectories))
    n_answers = erase_turn_answers(workspace, touched)
    read_again(workspace, make, report)
    report(Progress("derive", 0, None))
    _derive_again(workspace, make)
    n_bytes = lake.purge()
    compact_vault(workspace)
    with Index(workspace.index) as index:
        index.compact()
    n_others = mask_other_files(workspace, refusal)
    return gone + Counter(
        {
            "archive_bytes": vault.n_bytes,
            "lake_bytes": n_bytes,
            "captured_files": vault.n_captured,
            "report_files": n_reports,
            "turn_answers": n_answers,
            "other_files": n_others,
        }
    )


def _remove_sessions(lake: Lake, trajectory_ids: Collection[str]) -> None:
    """Take away the rows of sessions that share their input with others."""
    if not trajectory_ids:
        return
    events = TABLES["events"]
    columns = ("id", "trajectory_id")
    told = {
        row["id"]
        for batch in lake.batches(events, columns=columns)
        for row in batch.to_pylist()
        if row["trajectory_id"] in trajectory_ids
    }
    lake.remove(TABLES["findings"], {*told, *trajectory_ids}, "record_id")
    lake.remove(TABLES["trajectories"], trajectory_ids, "id")
    for name in ("steps", "events", "activities"):
        lake.remove(TABLES[name], trajectory_ids, "trajectory_id")


def _derive_again(workspace: Workspace, make: MakeExecutor) -> None:
    """Make all that follows from the facts anew, where anything was ever made of them."""
    with Index(workspace.index) as index:
        if index.state("derived") is None:
            return
    derive.refresh(workspace, lambda: make(0), StageClock())
