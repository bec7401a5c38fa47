"""SQLite databases of other programs, read without a trace beside them.

A database that is in use keeps its newest rows in a file beside it, so its own bytes are not
all of it: such a one is copied as a consistent snapshot. Whatever a database holds, reading
it runs nothing of its own: views and virtual tables count as absent, functions of its schema
are not trusted, and it is opened as a file that nobody may change.
"""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from tracemill.base.streams import Blocks

MAGIC: Final = b"SQLite format 3\0"
"""How every database begins."""
DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)
"""What any look into a damaged database may raise: SQLite quotes the names that stand in it."""
_COMPANIONS: Final = ("-wal", "-journal")
_BLOCK_BYTES: Final = 2**20
_CREATED: Final = re.compile(rb"""CREATE TABLE (?:IF NOT EXISTS )?["'`\[]?(\w{1,64})""")


def companions_of(path: Path) -> list[Path]:
    """Return the files beside a database that hold rows of it."""
    beside = (path.with_name(path.name + ending) for ending in _COMPANIONS)
    return [found for found in beside if _holds_something(found)]


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def open_stream(path: Path) -> BinaryIO:
    """Return the bytes of a database: its own, or of a snapshot while it is in use.

    Raises OSError, at once or while it is read, where there is no snapshot to be had.
    """
    if not companions_of(path):
        return path.open("rb", buffering=0)
    return io.BufferedReader(Blocks(_snapshot(path, _back_up)), _BLOCK_BYTES)


def open_excerpt(path: Path, table: str, condition: str) -> BinaryIO:
    """Return the bytes of a database that holds only those rows of a table that are asked for.

    The table has the columns `key` and `value`; `condition` is our own SQL on them. A database
    without such a table gives an empty one. Raises OSError as `open_stream` does.
    """
    create = f"CREATE TABLE main.{table} (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID"
    chosen = f"SELECT key, value FROM source.{table} WHERE {condition}"  # noqa: S608
    excerpt = create, f"INSERT OR IGNORE INTO main.{table} {chosen} ORDER BY key"
    copy = partial(_excerpt, table=table, statements=excerpt)
    return io.BufferedReader(Blocks(_snapshot(path, copy)), _BLOCK_BYTES)


def _excerpt(address: str, out: Path, table: str, statements: tuple[str, str]) -> None:
    with closing(sqlite3.connect(out, uri=True, isolation_level=None)) as database:
        for setting in ("trusted_schema = OFF", "journal_mode = OFF", "temp_store = MEMORY"):
            database.execute(f"PRAGMA {setting}")
        database.execute("ATTACH ? AS source", (address,))
        create, fill = statements
        database.execute(create)
        has_table = database.execute(
            "SELECT 1 FROM source.sqlite_master WHERE type = 'table' AND name = ? AND rootpage > 0",
            (table,),
        )
        if has_table.fetchone() is not None:
            database.execute(fill)


def _snapshot(path: Path, make: Callable[[str, Path], None]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="tracemill-") as folder:
        try:
            copy = _copied(path, Path(folder), make)
        except DAMAGE as error:
            reason = type(error).__name__
            raise OSError(0, f"no snapshot of the database can be made: {reason}") from None
        with copy.open("rb") as opened:
            copy.unlink()
            while block := opened.read(_BLOCK_BYTES):
                yield block


def _copied(path: Path, folder: Path, make: Callable[[str, Path], None]) -> Path:
    copy = folder / "snapshot"
    beside = companions_of(path)
    try:
        make(reading_address(path), copy)
    except sqlite3.OperationalError:
        # Nobody has it open, so SQLite would have to write beside it to read it: not there.
        copy.unlink(missing_ok=True)
        moved = folder / "moved"
        for found in (path, *beside):
            shutil.copyfile(found, moved.with_name(found.name.replace(path.name, moved.name, 1)))
        make(_address(moved), copy)
    return copy


def _back_up(address: str, copy: Path) -> None:
    with (
        closing(sqlite3.connect(address, uri=True)) as database,
        closing(sqlite3.connect(copy)) as out,
    ):
        out.execute("PRAGMA journal_mode = OFF")
        database.backup(out)


def _address(path: Path) -> str:
    return f"file:{quote(str(path.absolute()))}"


def reading_address(path: Path) -> str:
    """Return the address of a database that is read without a byte being written beside it."""
    return f"{_address(path)}?mode=ro&{'readonly_shm' if companions_of(path) else 'immutable'}=1"


@contextmanager
def reading(path: Path, max_bytes: int) -> Iterator[sqlite3.Connection]:
    """Give a database that nobody else has open; texts come as bytes of at most `max_bytes`.

    Raises one of `DAMAGE`, at once or by any query, where it is damaged.
    """
    address = f"{_address(path)}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as database:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max_bytes)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA temp_store = MEMORY")
        database.text_factory = bytes
        yield database


def columns_of(database: sqlite3.Connection, table: str) -> dict[str, bool]:
    """Return the columns of a table, and of each whether it alone tells rows apart.

    There are none where the table is absent, a view, or a virtual one.
    """
    rows = database.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? AND rootpage > 0", (table,)
    )
    if rows.fetchone() is None:
        return {}
    described = database.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
    has_one_key = sum(bool(key) for _, key in described) == 1
    return {str(name, "utf-8", "replace"): has_one_key and bool(key) for name, key in described}


def named_tables(head: bytes) -> frozenset[str]:
    """Return the tables that the first bytes of a database tell of."""
    return frozenset(name.decode("ascii", "replace") for name in _CREATED.findall(head))


def tables_of(path: Path) -> frozenset[str]:
    """Return the tables of a database as it stands; none where it cannot be read."""
    try:
        with reading(path, _BLOCK_BYTES) as database:
            rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return frozenset(str(name, "utf-8", "replace") for (name,) in rows)
    except DAMAGE:
        return frozenset()
