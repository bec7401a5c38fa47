"""Values of a SQLite database changed one by one, and nothing of the old ones left in its pages.

A value may be split over pages, so bytes of the file cannot simply be replaced. Whatever the
database holds, changing it runs nothing of its own: triggers, views and indexes are dropped first,
functions of its schema are not trusted, virtual tables are left to the plain tables behind them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

Change = Callable[[bytes], bytes]
"""Returns what is to stand in place of a text, in UTF-8, or of bytes."""

_SETTINGS: Final = (
    "trusted_schema = OFF", "journal_mode = DELETE", "temp_store = MEMORY", "secure_delete = ON",
    "foreign_keys = OFF", "ignore_check_constraints = ON",
)  # fmt: skip
_PLAIN: Final = "type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_STORED: Final = 0
"""What `table_xinfo` says of a column that is neither hidden nor generated."""


def change_values(path: Path, change: Change) -> None:
    """Change every text and every blob in a database in place.

    Raises one of `base.sqlite.DAMAGE` where it is damaged; it is useless then.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for setting in _SETTINGS:
            database.execute(f"PRAGMA {setting}").fetchall()
        coding = str(database.execute("PRAGMA encoding").fetchone()[0]).replace("UTF-16", "utf-16-")
        database.create_function("changed_blob", 1, change, deterministic=True)
        database.create_function("changed_text", 1, _in_coding(change, coding), deterministic=True)
        _drop(database)
        tables = database.execute(f"SELECT name FROM sqlite_master WHERE {_PLAIN}").fetchall()  # noqa: S608
        database.execute("BEGIN")
        for (table,) in tables:
            _change_table(database, _quoted(table))
        database.execute("COMMIT")
        database.execute("VACUUM")


def _in_coding(change: Change, coding: str) -> Change:
    """Return a change of texts as the database writes them."""
    if coding.lower() == "utf-8":
        return change

    def changed(data: bytes) -> bytes:
        try:
            return change(data.decode(coding).encode()).decode().encode(coding)
        except UnicodeError:
            return change(data)

    return changed


def _drop(database: sqlite3.Connection) -> None:
    rows = database.execute(
        "SELECT type, name FROM sqlite_master "
        "WHERE type IN ('trigger', 'view', 'index') AND sql IS NOT NULL"
    ).fetchall()
    for kind, name in rows:
        database.execute(f"DROP {kind} IF EXISTS {_quoted(name)}")


def _change_table(database: sqlite3.Connection, table: str) -> None:
    columns = database.execute(f"PRAGMA table_xinfo({table})").fetchall()
    for name in (_quoted(column[1]) for column in columns if column[6] == _STORED):
        for kind in ("text", "blob"):
            new = f"changed_{kind}(CAST({name} AS BLOB))"
            database.execute(
                f"UPDATE OR REPLACE {table} SET {name} = CAST({new} AS {kind}) "  # noqa: S608 - quoted
                f"WHERE typeof({name}) = '{kind}' AND {new} <> CAST({name} AS BLOB)"
            )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
