"""One session file of pi as it is read: each entry to its place in the tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple

from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.building.session_events import Place
from tracemill.sources.pi.messages import PiMessages
from tracemill.sources.reading.json_fields import count, moment, text, unknown_type
from tracemill.sources.reading.json_lines import BadShapeError

_MAX_ENTRIES: Final = 30_000
_NOT_KEPT: Final = frozenset({"custom", "label", "thinking_level_change"})
_SAYING: Final = frozenset({"message", "custom_message", "compaction", "branch_summary"})
"""Entries that may make a step; others take nothing back, wherever they stand."""


class _Entry(NamedTuple):
    """One entry, with where it stands."""

    fields: dict[str, Any]
    line: Line
    at: datetime | None


class PiReader:
    """Takes the entries of one session and makes its trajectory, steps and events of them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._session = session = OpenSession(name, origin)
        self.ready = session.ready
        self._messages = PiMessages(session)
        self._began: datetime | None = None
        self._is_copy = False
        self._tip: str | None = None
        self._n_steps_at: Remembered[str, int] = Remembered(_MAX_ENTRIES)
        """How many steps there were behind each entry."""

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Take a message that stands by itself, as a document."""
        if text(fields.get("role")) is not None:
            self._messages.take(dict(fields), self._session.place(whole, None))

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        kind = record.get("type")
        entry = _Entry(record, line, moment(record.get("timestamp")))
        if kind == "session":
            return self._take_header(entry)
        if not isinstance(kind, str):
            return unknown_type(kind)
        self._messages.native_id = text(record.get("id"))
        self._messages.is_replayed = self._is_copied(entry)
        is_saying = kind in _SAYING
        if is_saying:
            self._follow(entry)
        taker = self._takers.get(kind)
        if taker is not None:
            verdict = taker(self, entry)
        else:
            verdict = kind if kind in _NOT_KEPT else unknown_type(kind)
        self._remember(entry, is_saying=is_saying)
        return verdict

    def finish(self) -> None:
        """Close all steps and give the trajectory its header."""
        self._session.finish()

    def _take_header(self, entry: _Entry) -> str | None:
        if self._session.trajectories:
            return "repeated_header"
        fields = entry.fields
        trajectory = self._session.begin("", text(fields.get("id")), entry.line.data.strip())
        trajectory.cwd = text(fields.get("cwd"))
        self._messages.model = text(fields.get("modelId"))
        self._began = entry.at
        self._is_copy = bool(text(fields.get("parentSession")) or text(fields.get("branchedFrom")))
        if not self._is_copy:
            trajectory.see_moment(entry.at)
        return None

    def _is_copied(self, entry: _Entry) -> bool:
        """Tell whether an entry is older than the file, and so a copy of another one's."""
        if not self._is_copy or entry.at is None or self._began is None:
            return False
        return entry.at < self._began

    def _follow(self, entry: _Entry) -> None:
        """Tell where a person went back before what does not lead to the entry."""
        main, n_steps = self._session.trajectories.get(""), self._n_steps_before(entry)
        if main is None or n_steps is None or n_steps >= main.n_steps:
            return
        place = Place(main, entry.line, entry.at, main.last_index())
        behind = n_steps - 1 if n_steps else None
        told = self._session.events.feedback(
            place, "rewind", undone_from=n_steps, goes_on_from=behind
        )
        self._session.tell(place, told)

    def _n_steps_before(self, entry: _Entry) -> int | None:
        """Return how many steps lead to an entry; None where it follows the tip, or nothing known.

        The tip is the newest entry that said something, or that followed such a one.
        """
        parent_id = entry.fields.get("parentId", self._tip)
        if self._tip is None or parent_id == self._tip:
            return None
        if parent_id is None:
            return 0
        return self._n_steps_at.get(parent_id) if isinstance(parent_id, str) else None

    def _remember(self, entry: _Entry, *, is_saying: bool) -> None:
        """Note how many steps lead to what follows an entry."""
        own_id, main = text(entry.fields.get("id")), self._session.trajectories.get("")
        if own_id is None:
            return
        n_steps = None if is_saying else self._n_steps_before(entry)
        if n_steps is None:
            self._tip, n_steps = own_id, main.n_steps if main is not None else 0
        self._n_steps_at.put(own_id, n_steps)

    def _place(self, entry: _Entry) -> Place:
        return self._session.place(entry.line, entry.at)

    def _take_message(self, entry: _Entry) -> str | None:
        message = entry.fields.get("message")
        if not isinstance(message, dict):
            raise BadShapeError(f"expected an object as message, found {type(message).__name__}")
        return self._messages.take(message, self._place(entry))

    def _take_custom(self, entry: _Entry) -> str | None:
        return self._messages.inject(entry.fields.get("content"), self._place(entry))

    def _take_compaction(self, entry: _Entry) -> str | None:
        place = self._place(entry)
        before = count(entry.fields.get("tokensBefore"))
        told = self._session.events.compaction(place, tokens_before=before)
        self._session.tell(place, told)
        self._messages.summarise(entry.fields.get("summary"), place)
        return None

    def _take_branch_summary(self, entry: _Entry) -> str | None:
        return self._messages.summarise(entry.fields.get("summary"), self._place(entry))

    def _take_model(self, entry: _Entry) -> str | None:
        self._messages.model = text(entry.fields.get("modelId")) or self._messages.model
        return None

    def _take_info(self, entry: _Entry) -> str | None:
        title = text(entry.fields.get("name"))
        if title is not None:
            self._place(entry).trajectory.title = title
        return None if title else "no_content"

    _takers: ClassVar[Mapping[str, Callable[[PiReader, _Entry], str | None]]] = {
        "message": _take_message,
        "custom_message": _take_custom,
        "compaction": _take_compaction,
        "branch_summary": _take_branch_summary,
        "model_change": _take_model,
        "session_info": _take_info,
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""
