"""The vault: what is unredacted, and the key of the pseudonyms. Ingest alone may come here.

The archive is the truth. The catalog beside it only remembers which inputs stand in it in
which state, so that nothing is read twice; it is rebuilt from the archive's manifests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.errors import StoreError
from tracemill.store.archive import Archive, Archived, Chunk
from tracemill.store.databases import connect
from tracemill.store.index import compact
from tracemill.store.keys import Key

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS inputs (
  path TEXT PRIMARY KEY, id TEXT NOT NULL, uri TEXT NOT NULL, source TEXT, stamp TEXT NOT NULL,
  code TEXT NOT NULL, content TEXT, n_bytes INTEGER NOT NULL, status TEXT NOT NULL,
  reason TEXT, detail TEXT, failed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS inputs_content ON inputs (content);
CREATE TABLE IF NOT EXISTS chunks (sha256 TEXT PRIMARY KEY, chunk BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (input_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS folders (path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secrets (
  input_id TEXT, value BLOB, PRIMARY KEY (input_id, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS secrets_value ON secrets (value);
CREATE TABLE IF NOT EXISTS unswept (value BLOB PRIMARY KEY) WITHOUT ROWID;
"""


class Known(NamedTuple):
    """What the catalog remembers of one input."""

    path: str
    id: str
    uri: str
    """Its address, with personal parts pseudonymised."""
    source: str | None
    stamp: str
    """State in which it was last seen."""
    code: str
    """Version of the code that read it."""
    content: str | None
    n_bytes: int
    status: str
    reason: str | None
    detail: str | None
    failed: bool
    """Whether a person should know that it could not be read whole."""


class Vault:
    """Everything unredacted in one workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.archive = Archive(root / "archive")
        self.spool = root / "spool"
        self.pseudonyms = Key(root)
        self._database: sqlite3.Connection | None = None

    @property
    def has_key(self) -> bool:
        """Whether pseudonyms were ever made here."""
        return self.pseudonyms.exists

    def key(self) -> bytes:
        """Return the key of the pseudonyms, made on first use.

        Raises:
            PolicyError: other users can read it.
            StoreError: it is damaged, or gone although pseudonyms were made with it.
        """
        if not self.pseudonyms.exists:
            self._make_key()
        return self.pseudonyms.read()

    def _make_key(self) -> None:
        if any(self.archive.states()):
            raise StoreError(
                f"{str(self.pseudonyms.path)!r} is gone, but pseudonyms were made with it; "
                "restore it from a backup, or begin a new workspace"
            )
        self.pseudonyms.make()

    @property
    def _catalog(self) -> sqlite3.Connection:
        if self._database is None:
            path = self.root / "catalog.sqlite"
            is_new = not path.exists()
            self._database = connect(path, _SCHEMA)
            if is_new:
                path.chmod(0o600)
                self._remember_chunks()
        return self._database

    def _remember_chunks(self) -> None:
        """Fill a new catalog with the chunks that the archive holds; inputs are read again."""
        chunks = {c.sha256: c for _, state in self.archive.states() for c in state.chunks}
        pending = {state.input_id for _, state in self.archive.states()}
        with self._catalog as catalog:
            catalog.executemany("INSERT INTO chunks VALUES (?, ?)", _chunk_rows(chunks))
            catalog.executemany("INSERT INTO pending VALUES (?)", [(i,) for i in sorted(pending)])

    def inputs(self) -> dict[str, Known]:
        """Return what is known of every input, by path."""
        rows = self._catalog.execute("SELECT * FROM inputs")
        return {row[0]: Known(*row)._replace(failed=bool(row[-1])) for row in rows}

    def chunks(self) -> dict[str, Chunk]:
        """Return every chunk that the archive holds, by hash."""
        decode = msgspec.json.Decoder(Chunk).decode
        return {sha: decode(blob) for sha, blob in self._catalog.execute("SELECT * FROM chunks")}

    def begin(self, input_ids: Iterable[str]) -> None:
        """Note that rows of these inputs may now be in the lake; undone by `finish`."""
        with self._catalog as catalog:
            catalog.executemany(
                "INSERT OR IGNORE INTO pending VALUES (?)", [(i,) for i in input_ids]
            )

    def pending(self) -> set[str]:
        """Return inputs whose rows may be in the lake although they never finished."""
        return {row[0] for row in self._catalog.execute("SELECT input_id FROM pending")}

    def finish(
        self,
        inputs: Collection[Known],
        chunks: Mapping[str, Chunk],
        folders: Iterable[str],
        secrets: Mapping[str, Iterable[bytes]],
    ) -> None:
        """Remember, in one step, that these inputs are in the archive and the lake.

        `secrets` is what was found in each of them that may stand elsewhere, too.
        """
        with self._catalog as catalog:
            self._give_away(catalog, [known.id for known in inputs], secrets)
            catalog.executemany("INSERT OR IGNORE INTO chunks VALUES (?, ?)", _chunk_rows(chunks))
            catalog.executemany(
                "INSERT OR REPLACE INTO inputs VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", inputs
            )
            catalog.executemany("INSERT OR IGNORE INTO folders VALUES (?)", [(f,) for f in folders])
            catalog.executemany("DELETE FROM pending WHERE input_id = ?", [(k.id,) for k in inputs])

    def keep_as_is(self, path: str, code: str) -> None:
        """Take an input of which no bytes are left to read again as if newer code had read it."""
        with self._catalog as catalog:
            catalog.execute("UPDATE inputs SET code = ? WHERE path = ?", (code, path))

    def _give_away(
        self,
        catalog: sqlite3.Connection,
        input_ids: Sequence[str],
        secrets: Mapping[str, Iterable[bytes]],
    ) -> None:
        rows = [(i, value) for i in input_ids for value in secrets.get(i, ())]
        catalog.executemany(
            "INSERT OR IGNORE INTO unswept SELECT ?1"
            " WHERE NOT EXISTS (SELECT 1 FROM secrets WHERE value = ?1)",
            [(value,) for _, value in rows],
        )
        catalog.executemany("DELETE FROM secrets WHERE input_id = ?", [(i,) for i in input_ids])
        catalog.executemany("INSERT OR IGNORE INTO secrets VALUES (?, ?)", rows)

    def secrets(self) -> frozenset[bytes]:
        """Return all secrets that were found and may stand elsewhere, too; makes nothing."""
        if self._database is None and not (self.root / "catalog.sqlite").exists():
            return frozenset()
        return frozenset(row[0] for row in self._catalog.execute("SELECT value FROM secrets"))

    def unswept(self) -> list[bytes]:
        """Return those of the secrets that no earlier facts have been searched for."""
        return [row[0] for row in self._catalog.execute("SELECT value FROM unswept ORDER BY value")]

    def note_swept(self, secrets: Iterable[bytes]) -> None:
        """Note that all facts have been searched for these secrets."""
        with self._catalog as catalog:
            catalog.executemany("DELETE FROM unswept WHERE value = ?", [(s,) for s in secrets])

    def outdate(self) -> None:
        """Take every input for one that older code read, so that all are read again."""
        with self._catalog as catalog:
            catalog.execute("UPDATE inputs SET code = ''")

    def forget(self, input_ids: Collection[str], folders: Collection[str]) -> None:
        """Forget inputs and folders."""
        with self._catalog as catalog:
            gone = [(input_id,) for input_id in input_ids]
            catalog.executemany("DELETE FROM inputs WHERE id = ?", gone)
            catalog.executemany("DELETE FROM pending WHERE input_id = ?", gone)
            catalog.executemany("DELETE FROM folders WHERE path = ?", [(f,) for f in folders])
            catalog.executemany("DELETE FROM secrets WHERE input_id = ?", gone)
            catalog.execute("DELETE FROM unswept WHERE value NOT IN (SELECT value FROM secrets)")

    def move(self, chunks: Mapping[str, Chunk], contents: Mapping[str, str]) -> None:
        """Remember where chunks lie after the archive was rewritten, and what contents became."""
        with self._catalog as catalog:
            catalog.execute("DELETE FROM chunks")
            catalog.executemany("INSERT INTO chunks VALUES (?, ?)", _chunk_rows(chunks))
            catalog.executemany(
                "UPDATE inputs SET content = ? WHERE content = ?",
                [(new, old) for old, new in contents.items()],
            )

    def mark_stale(self, input_ids: Collection[str]) -> None:
        """Take inputs for ones that older code read, so that they are read again."""
        with self._catalog as catalog:
            stale = [(input_id,) for input_id in input_ids]
            catalog.executemany("UPDATE inputs SET code = '' WHERE id = ?", stale)

    def compact(self) -> None:
        """Leave nothing of what was forgotten in the catalog's free pages and its journal."""
        compact(self._catalog)

    def folders(self) -> list[str]:
        """Return every folder in which a session ran, unredacted."""
        return [row[0] for row in self._catalog.execute("SELECT path FROM folders ORDER BY path")]

    def close(self) -> None:
        """Close the catalog."""
        if self._database is not None:
            self._database.close()
            self._database = None


def _chunk_rows(chunks: Mapping[str, Chunk]) -> list[tuple[str, bytes]]:
    return [(sha, msgspec.json.encode(chunk)) for sha, chunk in chunks.items()]


__all__ = ["Archive", "Archived", "Chunk", "Known", "Vault"]
