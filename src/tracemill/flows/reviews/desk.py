"""A reviewer's desk: the queue, filing a review, and taking it back.

What is said is durable in the inbox before anything else happens, and becomes a label with the next
run. Meanwhile the index shows it, redacted as everything is. What a page or a command asks here is
answered from the index alone, but for the messages of an example, which stand in the lake.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from tracemill.base.errors import AmbiguousNameError, NotFoundError, StoreError, UsageError
from tracemill.base.ids import make_id
from tracemill.capture.inbox import Inbox
from tracemill.flows.deriving.review_facts import index_row, review_row
from tracemill.flows.held.lookup import find_row, open_index
from tracemill.flows.held.review_rows import (
    ENTRY,
    REVIEW,
    NextItem,
    QueueEntry,
    QueueRow,
    ReviewRow,
    ShownReviews,
    Submitted,
    Undone,
    entry_of,
)
from tracemill.records.events.event import HumanReview
from tracemill.records.events.forge import Actor
from tracemill.records.events.reviews import MachineVerdict, ReviewForm, ReviewItem
from tracemill.records.refs import Origin, Ref
from tracemill.records.work.learning import LearningEpisode
from tracemill.redact import Redactor
from tracemill.review.checklist import Checklist, read_checklist, shipped_checklist
from tracemill.review.items import with_messages
from tracemill.store.workspace import Workspace

PREFIX: Final = "reviews-"
"""How the files of the inbox begin in which reviews wait."""
_CHECKLIST: Final = "checklist.toml"
_FORMAT: Final = 1
_HERE: Final = Origin(source="inbox", source_version=0, uri="", input_id="")
_NOTHING: Final = ReviewItem(id="", subject=Ref(kind="event", id=""), title="", look="")
_EPOCH: Final = datetime.min.replace(tzinfo=UTC)


class Desk:
    """Where one reviewer works; it is opened once, and answers at once from then on."""

    def __init__(self, workspace: Workspace, reviewer: str) -> None:
        """Open the desk of `reviewer`, of whose name only a pseudonym leaves the vault.

        Raises:
            NotFoundError: nothing is kept yet.
            UsageError: the workspace's own checklist is not one.
        """
        self._workspace = workspace
        self._index = open_index(workspace)
        self._index.relax()  # what is said is durable in the inbox
        self._inbox = Inbox(str(workspace.inbox), PREFIX)
        self._reviewer = reviewer
        self._redactor: Redactor | None = None
        self.checklist = read_workspace_checklist(workspace)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._index.__exit__(kind, error, trace)

    def next_item(self, *, is_second: bool = False, skipped: Collection[str] = ()) -> NextItem:
        """Return what waits first; of second opinions, what others have judged and not this one."""
        waits = self._waits(is_second=is_second)
        entries = map(entry_of, self._index.waiting(ENTRY, REVIEW, **waits))
        item = next((entry.item for entry in entries if entry.item.id not in skipped), None)
        waiting = self._index.n_waiting(ENTRY, REVIEW, **waits)
        return NextItem(
            item=None if item is None else self._filled(item),
            checklist=self.checklist,
            waiting=waiting,
        )

    def submit(
        self, name: str, form: ReviewForm, at: datetime, *, seconds: float | None = None
    ) -> Submitted:
        """File a review, and say what the machine thinks of the same.

        Raises:
            NotFoundError: nothing answers to the name.
            UsageError: the form is empty, or answers no question of the checklist.
            StoreError: it could not be kept; nothing was filed.
        """
        self._check(form)
        entry = self.entry(name)
        if form.is_right is not None and entry.item.subject.step is None:
            raise UsageError("a step is right or wrong: name one as traj_…#12; else an outcome")
        review = self._review(entry.item, form, at, seconds)
        self._keep("review", _payload(review), at)
        row = review_row(self._redacted(review))
        before = self.last_of(entry.item.id)
        if before is not None:
            self._index.put(index_row(msgspec.structs.replace(before, standing=False)))
        self._index.put(index_row(row))
        then = self.next_item()
        return Submitted(
            review=row,
            triggers=entry.triggers,
            machine=entry.machine,
            waiting=then.waiting,
            following=then.item,
        )

    def undo(self, name: str | None, at: datetime) -> Undone:
        """Take back a review of one's own: the one that is named, or the last.

        What one said of the same before stands again.

        Raises:
            NotFoundError: there is none, or the name may mean several.
        """
        own = [row for row in self.reviews() if row.reviewer == self.pseudonym]
        if name is not None:
            own = [row for row in own if name in (row.id, row.of.name) or row.id.startswith(name)]
        if not own or (name is not None and len(own) > 1):
            listed = ", ".join(row.id for row in own[:10]) or "none"
            raise NotFoundError(
                f"expected one review of yours, found {listed}; see: tracemill review list"
            )
        self._keep("review_undone", {"review_id": own[0].id}, at)
        self._index.remove(REVIEW, own[0].id)
        if own[0].standing:
            self._stand_again(own[0])
        return Undone(review=own[0], waiting=self._index.n_waiting(ENTRY, REVIEW))

    def _stand_again(self, undone: ReviewRow) -> None:
        """Let the review stand that the undone one took the place of, if there is one."""
        about = (undone.reviewer, undone.of)
        earlier = [row for row in self.reviews() if (row.reviewer, row.of) == about]
        if earlier:
            last = max(earlier, key=lambda row: (row.at or _EPOCH, row.id))
            self._index.put(index_row(msgspec.structs.replace(last, standing=True)))

    def reviews(self) -> list[ReviewRow]:
        """Return every review that was not taken back, newest first."""
        return [msgspec.convert(data, ReviewRow) for data in self._index.rows(REVIEW)]

    def queue(self) -> list[QueueRow]:
        """Return what waits, in order."""
        return [
            QueueRow(id=e.item.id, kind=e.item.subject.kind, title=e.item.title, reviews=0)
            for e in map(entry_of, self._index.waiting(ENTRY, REVIEW))
        ]

    def show(self, name: str) -> ShownReviews:
        """Return a thing, and once somebody has judged it, what the machine thinks of it."""
        if name.startswith("review_"):
            name = find_row(self._workspace, REVIEW, name, ReviewRow).of.name
        entry = self.entry(name)
        rows = [row for row in reversed(self.reviews()) if row.of == entry.item.subject]
        return ShownReviews(
            item=self._filled(entry.item),
            told=self.told(entry.item, is_blind=not rows),
            reviews=tuple(rows),
            triggers=entry.triggers if rows else None,
            machine=entry.machine if rows else None,
        )

    def machine_of(self, review: str) -> MachineVerdict | None:
        """Return what the machine thinks of what a review is of.

        Raises:
            NotFoundError: no review is called that.
        """
        row = find_row(self._workspace, REVIEW, review, ReviewRow)
        return self.entry(row.of.name).machine

    def told(self, item: ReviewItem, *, is_blind: bool) -> LearningEpisode | None:
        """Return what the record tells of an episode; of other things None."""
        if item.subject.kind != "episode":
            return None
        from tracemill.flows.analysis.learning import show_learning

        told = show_learning(self._workspace, item.id).sources
        if is_blind:
            return msgspec.structs.replace(told, outcome="unknown", outcome_words=())
        return told

    def _filled(self, item: ReviewItem) -> ReviewItem:
        """Return an item with what only the lake holds of it."""
        if item.subject.kind != "example":
            return item
        from tracemill.flows.reviews.entries import find_example

        found = find_example(self._workspace, item.id)
        return item if found is None else with_messages(item, found)

    def entry(self, name: str) -> QueueEntry:
        """Return what a name means: what waits, or any episode, example, event or step."""
        found = self._index.find(ENTRY, name)
        if len(found) == 1:
            return entry_of(found[0])
        if len(found) > 1:
            raise AmbiguousNameError(name, [entry_of(each).item.id for each in found])
        from tracemill.flows.reviews.entries import any_entry

        return any_entry(self._workspace, name)

    def last_of(self, name: str) -> ReviewRow | None:
        """Return what this reviewer last said of a thing, or None."""
        found = self._index.find(REVIEW, f"{self.pseudonym}:{name}")
        rows = [msgspec.convert(data, ReviewRow) for data in found]
        return next((row for row in reversed(rows) if row.of.name == name), None)

    def redacted_form(self, form: ReviewForm) -> ReviewForm:
        """Return a form as it will be kept."""
        return self._redacted(self._review(_NOTHING, form, _EPOCH, None)).form

    def _waits(self, *, is_second: bool) -> dict[str, Any]:
        return {"without": f"{self.pseudonym}:", "having": ""} if is_second else {}

    def _check(self, form: ReviewForm) -> None:
        if form == ReviewForm():
            raise UsageError(
                "expected an outcome, a rating, an answer, or of a step whether it was right; "
                "found an empty review"
            )
        if (fault := self.checklist.fault_of(form)) is not None:
            raise UsageError(fault)

    def _review(
        self, item: ReviewItem, form: ReviewForm, at: datetime, seconds: float | None
    ) -> HumanReview:
        name = make_id("review", self._reviewer, item.id, at.isoformat())
        return HumanReview(
            id=name,
            at=at,
            origin=_HERE,
            review_id=name,
            subject=item.subject,
            basis=item.basis,
            session_ids=item.session_ids,
            reviewer=Actor(person=self._reviewer),
            form=form,
            seconds=seconds,
        )

    def _keep(self, kind: str, payload: dict[str, Any], at: datetime) -> None:
        line = {"tracemill": _FORMAT, "kind": kind, "at": at.isoformat(), "payload": payload}
        reason = self._inbox.append(json.dumps(line).encode())
        if reason is not None:
            place = str(self._inbox.folder)
            raise StoreError(f"nothing was filed: the review was not kept in {place!r}: {reason}")

    def _redacted(self, review: HumanReview) -> HumanReview:
        if self._redactor is None:
            from tracemill.flows.ingest.redactors import own_redactor

            self._redactor = own_redactor(self._workspace).redactor
        return self._redactor.redact([review]).records[0]

    @cached_property
    def pseudonym(self) -> str:
        """The reviewer's name as it is kept."""
        bare = self._review(_NOTHING, ReviewForm(), _EPOCH, None)
        return self._redacted(bare).reviewer.person or "unknown"


def read_workspace_checklist(workspace: Workspace) -> Checklist:
    """Return the workspace's own checklist, or the one that comes with Tracemill.

    Raises:
        UsageError: the workspace's own is not one.
    """
    path = workspace.root / _CHECKLIST
    try:
        return read_checklist(path.read_bytes(), str(path))
    except FileNotFoundError:
        return shipped_checklist()


def _payload(review: HumanReview) -> dict[str, Any]:
    """Return a review as it waits in the inbox: unredacted, as whoever typed it."""
    names = ("review_id", "subject", "basis", "session_ids", "form", "seconds")
    told = {name: getattr(review, name) for name in names}
    found: dict[str, Any] = msgspec.to_builtins({**told, "reviewer": review.reviewer.person})
    return found
