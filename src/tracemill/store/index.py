"""The index: rows for look-ups, paging and start-up speed, in SQLite.

Everything in it follows from the lake; deleting the file costs one rebuild and loses nothing.
It also remembers under which key each derivation was last made, which is why a run that finds
nothing new does nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeVar

import msgspec

from tracemill.store.databases import connect

R = TypeVar("R")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS rows (
  kind TEXT NOT NULL, id TEXT NOT NULL, sort TEXT NOT NULL, data TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_sort ON rows (kind, sort);
CREATE TABLE IF NOT EXISTS aliases (
  alias TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (alias, kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
DROP TABLE IF EXISTS built;
CREATE TABLE IF NOT EXISTS builds (
  episode_id TEXT PRIMARY KEY, key TEXT NOT NULL
) WITHOUT ROWID;
"""
_WAITING: Final = """\
FROM rows AS r WHERE kind = ?1 AND NOT EXISTS
(SELECT 1 FROM aliases AS a WHERE a.alias = ?3 || r.id AND a.kind = ?2)
AND (?4 IS NULL OR EXISTS (SELECT 1 FROM aliases AS a WHERE a.alias = ?4 || r.id AND a.kind = ?2))
"""
_FIND: Final = """\
SELECT data FROM (
  SELECT data, sort, id FROM rows WHERE kind = ?1 AND {own}
  UNION
  SELECT r.data, r.sort, r.id FROM aliases AS a JOIN rows AS r ON r.kind = a.kind AND r.id = a.id
  WHERE a.kind = ?1 AND {other}
) ORDER BY sort, id
"""
_EXACT: Final = _FIND.format(own="id IN (?2, ?3)", other="a.alias IN (?2, ?3)")
_BEGINNING: Final = _FIND.format(own="id BETWEEN ?2 AND ?3", other="a.alias BETWEEN ?2 AND ?3")
_LAST: Final = "\U0010ffff"
"""Comes after all that may follow the beginning of a name."""
_encode: Final = msgspec.json.Encoder().encode


class Row(NamedTuple):
    """One thing that can be looked up."""

    kind: str
    id: str
    sort: str
    """Rows of a kind are listed by this, highest first."""
    data: Mapping[str, Any]
    aliases: tuple[str, ...] = ()
    """Other names for it, for example the source's own session id."""

    @classmethod
    def of(cls, kind: str, record: Any, at: datetime | None, aliases: tuple[str, ...] = ()) -> Self:
        """Return the row of a record that has an id, sorted by a moment; the unknown come last."""
        moment = at.isoformat() if at else ""
        return cls(kind, record.id, moment, msgspec.to_builtins(record), aliases)


class Text(NamedTuple):
    """A text that is looked for in some fields of rows."""

    part: str = ""
    """What must stand there; empty for no matter."""
    fields: tuple[str, ...] = ()


class Index:
    """The index of one workspace."""

    def __init__(self, path: Path) -> None:
        self._database = connect(path, _SCHEMA)
        # SQLite's own lower() leaves all but ASCII as it is: "über" would not find "Über".
        self._database.create_function("folded", 1, _folded, deterministic=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def relax(self) -> None:
        """Wait for no disk: for rows that something durable brings back after a power cut."""
        self._database.execute("PRAGMA synchronous=NORMAL")

    def compact(self) -> None:
        """Leave nothing of what was replaced in free pages and the journal."""
        compact(self._database)

    def state(self, key: str) -> str | None:
        """Return what was noted under `key`."""
        row = self._database.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def note(self, **values: str) -> None:
        """Note values in one step."""
        with self._database as database:
            database.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", values.items())

    def newest_dataset(self, name: str) -> str | None:
        """Return the id of the newest version of a dataset."""
        return self.state(f"dataset/{name}")

    def note_dataset(self, name: str, version_id: str) -> None:
        """Remember which version of a dataset is the newest."""
        if self.newest_dataset(name) != version_id:
            self.note(**{f"dataset/{name}": version_id})

    def replace(self, kind: str, rows: Iterable[Row]) -> None:
        """Put `rows` in place of all rows of `kind`."""
        with self._database as database:
            database.execute("DELETE FROM rows WHERE kind = ?", (kind,))
            database.execute("DELETE FROM aliases WHERE kind = ?", (kind,))
            kept = list(rows)
            database.executemany(
                "INSERT INTO rows VALUES (?, ?, ?, ?)",
                ((row.kind, row.id, row.sort, _encode(row.data).decode()) for row in kept),
            )
            database.executemany(
                "INSERT OR IGNORE INTO aliases VALUES (?, ?, ?)",
                ((alias, row.kind, row.id) for row in kept for alias in row.aliases),
            )

    def put(self, row: Row) -> None:
        """Put one row in place of what has its kind and id, if anything has."""
        with self._database as database:
            self._remove(row.kind, row.id)
            data = (row.kind, row.id, row.sort, _encode(row.data).decode())
            database.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", data)
            database.executemany(
                "INSERT OR IGNORE INTO aliases VALUES (?, ?, ?)",
                ((alias, row.kind, row.id) for alias in row.aliases),
            )

    def remove(self, kind: str, name: str) -> None:
        """Take away the row of a kind that has this id."""
        with self._database:
            self._remove(kind, name)

    def _remove(self, kind: str, name: str) -> None:
        self._database.execute("DELETE FROM rows WHERE kind = ? AND id = ?", (kind, name))
        self._database.execute("DELETE FROM aliases WHERE kind = ? AND id = ?", (kind, name))

    def waiting(
        self, kind: str, answer: str, *, without: str = "", having: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield rows of a kind that no row of the kind `answer` answers, highest first.

        An answer has the id of what it answers as an alias, behind a word of its own or none.

        Args:
            kind: the kind of what waits.
            answer: the kind of its answers.
            without: the word of the answers that there must not be.
            having: the word of an answer that there must be; None for no matter.
        """
        query = f"SELECT data {_WAITING} ORDER BY sort DESC, id"
        for (data,) in self._database.execute(query, (kind, answer, without, having)):
            yield json.loads(data)

    def n_waiting(
        self, kind: str, answer: str, *, without: str = "", having: str | None = None
    ) -> int:
        """Return how many rows `waiting` would yield."""
        query = f"SELECT COUNT(*) {_WAITING}"
        row = self._database.execute(query, (kind, answer, without, having)).fetchone()
        return int(row[0])

    def rows(self, kind: str, limit: int = -1) -> Iterator[dict[str, Any]]:
        """Yield rows of a kind, highest sort key first; a negative limit means all."""
        found = self._database.execute(
            "SELECT data FROM rows WHERE kind = ? ORDER BY sort DESC, id LIMIT ?", (kind, limit)
        )
        for (data,) in found:
            yield json.loads(data)

    def records(self, kind: str, record: type[R]) -> Iterator[R]:
        """Yield the rows of a kind as the records that they were made of, by their ids."""
        decode = msgspec.json.Decoder(record).decode
        found = self._database.execute("SELECT data FROM rows WHERE kind = ? ORDER BY id", (kind,))
        for (data,) in found:
            yield decode(data)

    def page(
        self, kind: str, *, only: Mapping[str, str], text: Text, first: int, limit: int
    ) -> list[dict[str, Any]]:
        """Return some rows of a kind, highest sort key first, of those that match.

        Args:
            kind: the kind.
            only: what must stand in a row's fields.
            text: what must stand somewhere in some of its fields, in any case of letters.
            first: how many matching rows to pass over.
            limit: how many rows to return at most; negative for all.
        """
        where, values = _matching(kind, only, text)
        query = f"SELECT data FROM rows WHERE {where} ORDER BY sort DESC, id LIMIT ? OFFSET ?"  # noqa: S608
        found = self._database.execute(query, (*values, limit, first))
        return [json.loads(data) for (data,) in found]

    def n_matching(self, kind: str, *, only: Mapping[str, str], text: Text) -> int:
        """Return how many rows `page` could return."""
        where, values = _matching(kind, only, text)
        query = f"SELECT COUNT(*) FROM rows WHERE {where}"  # noqa: S608
        return int(self._database.execute(query, values).fetchone()[0])

    def tallies(self, kind: str, fields: Sequence[str]) -> dict[str, dict[str, int]]:
        """Return by field how often each value stands there in rows of a kind, commonest first."""
        if not fields:
            return {}
        columns = ", ".join("json_extract(data, ?)" for _ in fields)
        places = ", ".join(str(place + 2) for place in range(len(fields)))
        found = self._database.execute(
            f"SELECT COUNT(*), {columns} FROM rows WHERE kind = ? GROUP BY {places}",  # noqa: S608
            (*(f"$.{field}" for field in fields), kind),
        )
        counts: dict[str, Counter[str]] = {field: Counter() for field in fields}
        for n, *values in found:
            for field, value in zip(fields, values, strict=True):
                if value is not None:
                    counts[field][str(value)] += n
        return {
            field: dict(sorted(each.items(), key=lambda one: (-one[1], one[0])))
            for field, each in counts.items()
        }

    def filled(self, kind: str, fields: Sequence[str]) -> frozenset[str]:
        """Return those of the fields in which any row of a kind has a value."""
        if not fields:
            return frozenset()
        columns = ", ".join("MAX(json_extract(data, ?) IS NOT NULL)" for _ in fields)
        found = self._database.execute(
            f"SELECT {columns} FROM rows WHERE kind = ?",  # noqa: S608
            (*(f"$.{field}" for field in fields), kind),
        ).fetchone()
        return frozenset(field for field, has in zip(fields, found, strict=True) if has)

    def find(self, kind: str, name: str) -> list[dict[str, Any]]:
        """Return the rows that `name` may mean: an id, an alias, or how one of them begins."""
        for query, last in ((_EXACT, name), (_BEGINNING, name + _LAST)):
            found = self._database.execute(query, (kind, name, last)).fetchall()
            if found:
                return [json.loads(data) for (data,) in found]
        return []

    def count(self, kind: str) -> int:
        """Return how many rows of a kind there are."""
        row = self._database.execute("SELECT COUNT(*) FROM rows WHERE kind = ?", (kind,)).fetchone()
        return int(row[0])

    def built(self) -> dict[str, str]:
        """Return under which key the examples of each episode were built."""
        return dict(self._database.execute("SELECT episode_id, key FROM builds").fetchall())

    def note_built(self, keys: Mapping[str, str], gone: Iterable[str]) -> None:
        """Remember which episodes were built, and forget those that are gone."""
        with self._database as database:
            database.executemany("DELETE FROM builds WHERE episode_id = ?", [(g,) for g in gone])
            database.executemany("INSERT OR REPLACE INTO builds VALUES (?, ?)", keys.items())


def _folded(value: object) -> str | None:
    return None if value is None else str(value).casefold()


def _matching(kind: str, only: Mapping[str, str], text: Text) -> tuple[str, list[str]]:
    """Return a condition on rows, and its values."""
    conditions, values = ["kind = ?"], [kind]
    for field, value in sorted(only.items()):
        conditions.append("json_extract(data, ?) = ?")
        values += [f"$.{field}", value]
    if text.part:
        looked = " OR ".join("instr(folded(json_extract(data, ?)), ?)" for _ in text.fields)
        conditions.append(f"({looked})")
        values += [word for field in text.fields for word in (f"$.{field}", text.part.casefold())]
    return " AND ".join(conditions), values


def begin_index(path: Path) -> None:
    """Make an empty index where there is none: from then on the workspace counts as begun."""
    Index(path).__exit__(None, None, None)


def compact(database: sqlite3.Connection) -> None:
    """Write a database anew, so that neither free pages nor its journal hold anything of before."""
    database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
