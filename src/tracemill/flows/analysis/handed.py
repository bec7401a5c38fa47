"""Hand-offs in sessions and documents, each with the session that took it up, as a stream.

What a session left is taken up by the session that its own words lead to, where the first request
of one of the next holds them, and otherwise by the one that `link.sessions.take_ups` tells. A
document is taken up by the first session before its next version that names or opens it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from msgspec import structs

from tracemill.base.clock import moment_key
from tracemill.base.handed_on import is_agents_own, is_named
from tracemill.flows.analysis.each_once import sessions_once
from tracemill.flows.held.lookup import require_kept
from tracemill.label.handoffs import HandOffReader, handed_by_document
from tracemill.link.authorship.stated import repository_of
from tracemill.link.commits.index import CommitIndex
from tracemill.link.sessions.links import order
from tracemill.link.sessions.take_ups import Place, later_than, place_of, places_of, take_ups
from tracemill.records.events.event import Commit, DocumentVersion
from tracemill.records.links import SURE_ENOUGH, Link
from tracemill.records.refs import Ref
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.work.handoffs import HandOff, TakeUp, WhyUnknown
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_WHILE_TRUE: Final = timedelta(days=30)
"""How long a document may be taken up, unless another version comes first."""
_LOOKED_AT: Final = 5
"""Sessions behind one whose first request may hold its words."""
_MIN_WORDS: Final = 25
"""Characters of a hand-off that nobody else begins a request with."""
_MIN_NAME: Final = 8
_COLUMNS: Final = (
    "input_id", "trajectory_id", "index", "at", "speaker", "text", "calls", "is_replayed",
    "is_error", "byte_start", "byte_end",
)  # fmt: skip
"""What is read of steps; results are most of their bytes, and hand nothing on."""


class HeldSessions(NamedTuple):
    """What is known of all sessions and documents."""

    trajectories: Mapping[str, Trajectory]
    activities: Mapping[str, Activity]
    links: list[Link]
    commits: list[Commit]
    documents: list[DocumentVersion]


class _Found(NamedTuple):
    """What was read off the steps."""

    readers: Mapping[str, HandOffReader]
    handed: Mapping[str, list[HandOff]]


def read_handoffs(workspace: Workspace) -> list[HandOff]:
    """Return all hand-offs, the newest first, each with who went on where that is known.

    Raises:
        NotFoundError: nothing is kept.
    """
    require_kept(workspace)
    lake = Lake(workspace.lake)
    held = held_sessions(lake)
    found = _read(lake, held)
    mains = [each for each in held.trajectories.values() if not each.is_subagent]
    places = places_of(mains, held.activities)
    taken = take_ups(mains, held.activities, held.links)
    made = [
        _with_taker(each, found, places, held, taken.get(name))
        for name, handed in found.handed.items()
        for each in handed
    ]
    made += _of_documents(held, found)
    return sorted(made, key=lambda each: (-moment_key(each.at), each.id))


def held_sessions(lake: Lake) -> HeldSessions:
    """Return all sessions, each once, and what links, commits and documents say of them."""
    once = sessions_once(lake)
    commits: list[Commit] = []
    documents: list[DocumentVersion] = []
    for event in lake.records(TABLES["events"], where=is_unknown("trajectory_id")):
        if isinstance(event, Commit):
            commits.append(event)
        elif isinstance(event, DocumentVersion):
            documents.append(event)
    return HeldSessions(
        once.trajectories,
        once.activities,
        list(lake.records(TABLES["links"])),
        commits,
        documents,
    )


def _read(lake: Lake, held: HeldSessions) -> _Found:
    readers = {name: HandOffReader(each) for name, each in held.activities.items()}
    for step in steps_of(lake, held.activities, _COLUMNS):
        readers[step.trajectory_id].take(step)
    handed = {
        name: list(reader.finish(held.trajectories[name])) for name, reader in readers.items()
    }
    return _Found(readers, handed)


def steps_of(
    lake: Lake, activities: Mapping[str, Activity], columns: Sequence[str] | None = None
) -> Iterator[Step]:
    """Yield the steps of sessions, each from the input that stands for it; all columns for None."""
    owners = {each.input_id for each in activities.values()}
    table = TABLES["steps"]
    for batch in lake.batches(table, owners=owners, columns=columns):
        inputs = batch.column("input_id").to_pylist()
        for owner, step in zip(inputs, table.from_batch(batch), strict=True):
            activity = activities.get(step.trajectory_id)
            if activity is not None and activity.input_id == owner:
                yield step


def _with_taker(
    handoff: HandOff,
    found: _Found,
    places: Mapping[str, Place],
    held: HeldSessions,
    known: TakeUp | None,
) -> HandOff:
    """Return the hand-off of a session with who went on, or why that is not known."""
    name = handoff.trajectory_id or ""
    if handoff.kind == "compaction" and handoff.source.step in found.readers[name].went_on:
        return structs.replace(
            handoff,
            taken_up=TakeUp(
                trajectory_id=name, method="same_session", confidence=0.99,
                evidence=(handoff.source,),
            ),
        )  # fmt: skip
    session = held.trajectories[name]
    place = places.get(place_of(session) or "")
    behind = later_than(session, place.sessions) if place is not None else []
    given = next(_given(handoff, behind[:_LOOKED_AT], found), None)
    taken = max(filter(None, (given, known)), key=lambda each: each.confidence, default=None)
    if taken is not None:
        return structs.replace(handoff, taken_up=taken)
    why: WhyUnknown = "no_moment" if session.ended is None else "no_later_session"
    return structs.replace(handoff, why_unknown="nothing_shared" if behind else why)


def _given(handoff: HandOff, behind: Iterable[Trajectory], found: _Found) -> Iterator[TakeUp]:
    """Yield the sessions whose first request holds a hand-off's own words, or its command."""
    openings = [_plain(handoff.text[part.start : part.end])[:_MIN_WORDS] for part in handoff.parts]
    openings += [_plain(item.text)[: 2 * _MIN_WORDS] for item in handoff.items]
    told = [words for words in openings if len(words) >= _MIN_WORDS]
    told += [_plain(each) for each in handoff.commands if is_agents_own(each)]
    for later in behind:
        request = found.readers[later.id].request
        if request is not None and any(words in _plain(request.text) for words in told):
            yield TakeUp(
                trajectory_id=later.id, method="given_text", confidence=0.9,
                evidence=(Ref(kind="trajectory", id=later.id, step=request.step),),
            )  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("*", "").replace("`", "").split())


def _of_documents(held: HeldSessions, found: _Found) -> Iterator[HandOff]:
    """Yield what documents hand on, version by version."""
    index = CommitIndex(held.commits)
    sessions: defaultdict[str, list[Trajectory]] = defaultdict(list)
    for each in sorted(held.trajectories.values(), key=order):
        repository = None if each.is_subagent else repository_of(each, index)
        if repository is not None:
            sessions[repository].append(each)
    authors = {
        link.target.id: link.source.id
        for link in held.links
        if link.method == "edited_document" and link.confidence >= SURE_ENOUGH
    }
    for versions in _by_document(held.documents):
        before: HandOff | None = None
        for at, version in enumerate(versions):
            made = handed_by_document(version, before, authors.get(version.id))
            if made is None:
                continue
            before = made
            until = next((v.at for v in versions[at + 1 :] if v.at), None)
            here = sessions[version.origin.uri.partition("#")[0]]
            yield _taken_document(made, list(_between(made, here, until)), found)


def _by_document(documents: Iterable[DocumentVersion]) -> Iterator[list[DocumentVersion]]:
    held: defaultdict[tuple[str, str], list[DocumentVersion]] = defaultdict(list)
    for each in documents:
        held[each.origin.uri.partition("#")[0], each.path].append(each)
    for versions in held.values():
        yield sorted(versions, key=lambda each: (moment_key(each.at), each.id))


def _between(
    handoff: HandOff, sessions: Iterable[Trajectory], until: datetime | None
) -> Iterator[Trajectory]:
    """Yield the sessions that began behind a version and before the next one."""
    if handoff.at is None:
        return
    for each in sessions:
        if each.started is None or each.started < handoff.at or each.id == handoff.trajectory_id:
            continue
        if each.started - handoff.at <= _WHILE_TRUE and not (until and each.started > until):
            yield each


def _taken_document(handoff: HandOff, behind: list[Trajectory], found: _Found) -> HandOff:
    path = handoff.path or ""
    for method, confidence in (("names_document", 0.9), ("opened_document", 0.8)):
        for later in behind:
            step = _step_that(method, path, found.readers[later.id])
            if step is not None:
                shown = (Ref(kind="trajectory", id=later.id, step=step),)
                taken = TakeUp(
                    trajectory_id=later.id,
                    method="names_document" if method == "names_document" else "opened_document",
                    confidence=confidence,
                    evidence=shown,
                )
                return structs.replace(handoff, taken_up=taken)
    why: WhyUnknown = "no_moment" if handoff.at is None else "no_later_session"
    return structs.replace(handoff, why_unknown="nothing_shared" if behind else why)


def _step_that(method: str, path: str, reader: HandOffReader) -> int | None:
    """Return the step at which a session named a document, or opened it."""
    if method == "names_document":
        request = reader.request
        name = path.rsplit("/", 1)[-1]
        is_there = request is not None and (
            is_named(path, request.text) if len(name) >= _MIN_NAME else path in request.text
        )
        return request.step if request is not None and is_there else None
    ends = (each.step for each in reader.opened if f"/{each.path}".endswith(f"/{path}"))
    return next(ends, None)
