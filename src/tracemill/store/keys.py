"""The key of the pseudonyms: a file that nobody else can read, or an entry of the system's keyring.

Whoever has it can test guesses; without it nobody can, its owner included. A file in the vault
always says where the key is, so that a lost one is never silently replaced.
"""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from typing import Final, Literal, NamedTuple

from tracemill.base.errors import PolicyError, StoreError, UsageError
from tracemill.base.installing import install_extras
from tracemill.store.workspace import sync_folder

KEY_BYTES: Final = 32
_SERVICE: Final = "tracemill"
_ENTRY_PREFIX: Final = b"keyring "

Holder = Literal["file", "keyring"]
"""What holds a key: a file of the vault, or the system's keyring, of which the file names the
entry."""


class _Found(NamedTuple):
    """What stands in the key's file."""

    key: bytes | None
    entry: str | None
    """Name of the keyring's entry."""


class Key:
    """The key of one vault."""

    def __init__(self, vault: Path) -> None:
        self.path = vault / "pseudonyms.key"
        self._next = vault / "pseudonyms.key.next"

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self.path.exists()

    @property
    def holder(self) -> Holder:
        """What holds it."""
        return "file" if self._found(self.path).entry is None else "keyring"

    def make(self) -> None:
        """Make a new one."""
        self.put(secrets.token_bytes(KEY_BYTES))

    def put(self, key: bytes) -> None:
        """Hold a key in a file, where there is none yet."""
        _write_new(self.path, key)

    def read(self) -> bytes:
        """Return it.

        Raises:
            PolicyError: other users can read it.
            StoreError: it is damaged, or gone from the keyring.
        """
        found = self._found(self.path)
        if found.key is not None:
            return found.key
        kept = _keyring("get_password", found.entry)
        if kept is None:
            raise StoreError(
                f"the keyring has no entry {found.entry!r} any more, which held the key of the "
                "pseudonyms; restore it from a backup: tracemill privacy vault import"
            )
        return bytes.fromhex(kept)

    def move(self, holder: Holder) -> None:
        """Put it where it is to be held from now on.

        Raises:
            UsageError: there is no keyring.
        """
        found, key = self._found(self.path), self.read()
        if self.holder == holder:
            return
        if holder == "keyring":
            entry = secrets.token_hex(8)
            _keyring("set_password", entry, key.hex())
            self._replace(_ENTRY_PREFIX + entry.encode())
        else:
            self._replace(key)
            _keyring("delete_password", found.entry)

    def _replace(self, data: bytes) -> None:
        part = self.path.with_name(f".{self.path.name}.part")
        part.unlink(missing_ok=True)
        _write_new(part, data)
        part.replace(self.path)
        sync_folder(self.path.parent)

    @property
    def has_next(self) -> bool:
        """Whether another key is about to take its place."""
        return self._next.exists()

    def prepare_next(self) -> None:
        """Make the key that is to take its place."""
        if not self._next.exists():
            _write_new(self._next, secrets.token_bytes(KEY_BYTES))

    def read_next(self) -> bytes:
        """Return the key that is to take its place."""
        key = self._found(self._next).key
        assert key is not None, "the next key is always held in a file"
        return key

    def take_next(self) -> None:
        """Put the next key in its place; nobody has the old one then."""
        found = self._found(self.path)
        if found.entry is None:
            self._next.replace(self.path)
        else:
            _keyring("set_password", found.entry, self.read_next().hex())
            self._next.unlink()
        sync_folder(self.path.parent)

    def _found(self, path: Path) -> _Found:
        data = _read_closed(path)
        if data.startswith(_ENTRY_PREFIX) and len(data) != KEY_BYTES:
            return _Found(None, data.removeprefix(_ENTRY_PREFIX).decode())
        if len(data) != KEY_BYTES:
            raise StoreError(
                f"{str(path)!r} holds {len(data)} bytes, expected {KEY_BYTES}; "
                "restore it from a backup"
            )
        return _Found(data, None)


def _read_closed(path: Path) -> bytes:
    """Return what a file holds that nobody else can read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise PolicyError(
            f"{str(path)!r} is a link, so others may decide what it holds; put the file there"
        ) from error
    with os.fdopen(descriptor, "rb") as opened:
        if os.fstat(descriptor).st_mode & 0o077:
            raise PolicyError(
                f"{str(path)!r} can be read by other users, so pseudonyms could be reversed; "
                f"run: chmod 600 {str(path)!r}"
            )
        return opened.read()


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, closed to other users whatever the umask says."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _keyring(name: str, *arguments: str | None) -> str | None:
    """Call the system's keyring; its failures become errors of ours."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise UsageError(f"expected keyring; run: {install_extras('vault')}") from error
    try:
        found = getattr(keyring, name)(_SERVICE, *arguments)
    except KeyringError as error:
        raise StoreError(
            f"the keyring refused ({type(error).__name__}: {error}); unlock it, or restore the key "
            "from a backup: tracemill privacy vault import"
        ) from error
    return None if found is None else str(found)
