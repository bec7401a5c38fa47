"""What metrics count, kept with the lists: sessions, pieces of work, reports, and texts.

A metric is asked of all work at once. Of a session it needs a few hundred bytes, so these are put
into the index with everything else that is derived, and no figure opens the lake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.analyze.work import EpisodeWork, SessionWork
from tracemill.flows.versions import COUNTED_VERSION
from tracemill.prompts.history import KeptHistory
from tracemill.records.events.team import TeamReport
from tracemill.records.process.prompt_versions import PromptHistory
from tracemill.records.refs import Record
from tracemill.store.index import Index, Row

_STATE: Final = "counted"
_SESSION: Final = "counted_session"
_EPISODE: Final = "counted_episode"
_REPORT: Final = "counted_report"
_TEXT: Final = "counted_text"


class Counted(NamedTuple):
    """All that metrics count, each kind in the order of its ids."""

    sessions: list[SessionWork]
    """Sessions, with the standing orders that each began with."""
    episodes: list[EpisodeWork]
    """Pieces of work."""
    reports: list[TeamReport]
    """What the team's own process said, told events among them."""
    texts: list[KeptHistory]
    """Texts that agents are given, by repository and path."""


class _KeptText(Record, frozen=True, kw_only=True):
    """A text as the index keeps it."""

    id: str
    told: PromptHistory
    texts: tuple[str | None, ...]


def keep_counted(index: Index, counted: Counted) -> None:
    """Put all that metrics count into the index, and say which rules made it."""
    texts = [_KeptText(id=told.id, told=told, texts=texts) for told, texts in counted.texts]
    index.replace(_SESSION, _rows(_SESSION, counted.sessions))
    index.replace(_EPISODE, _rows(_EPISODE, counted.episodes))
    index.replace(_REPORT, _rows(_REPORT, counted.reports))
    index.replace(_TEXT, _rows(_TEXT, texts))
    index.note(**{_STATE: str(COUNTED_VERSION)})


def _rows(kind: str, records: Iterable[Any]) -> Iterable[Row]:
    return (Row(kind, each.id, "", msgspec.to_builtins(each)) for each in records)


def read_counted(index: Index) -> Counted | None:
    """Return what was kept; None where something was read since, or other rules kept it."""
    if not index.state("derived") or index.state(_STATE) != str(COUNTED_VERSION):
        return None
    texts = [KeptHistory(each.told, each.texts) for each in index.records(_TEXT, _KeptText)]
    return Counted(
        list(index.records(_SESSION, SessionWork)),
        list(index.records(_EPISODE, EpisodeWork)),
        list(index.records(_REPORT, TeamReport)),
        sorted(texts, key=_place),
    )


_place: Final[Callable[[KeptHistory], Any]] = attrgetter("told.repository", "told.path")
