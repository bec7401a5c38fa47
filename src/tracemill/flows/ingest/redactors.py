"""The redactor of a process, made once, with patterns that the vault keeps compiled.

The file may be damaged or another machine's: then the patterns are compiled again, and kept in
its place.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

from tracemill.redact import Redactor
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

_KEY_BYTES = 32


@lru_cache(maxsize=1)
def redactor(key: bytes, home: str, compiled: str) -> Redactor:
    """Return the redactor with this key, for sessions of whoever has this home folder.

    `compiled` is the file of the compiled patterns. They name the home folder.
    """
    kept: bytes | None = None
    with suppress(OSError):
        kept = Path(compiled).read_bytes()
    made = Redactor(key, home=home, compiled=kept)
    if made.compiled is not None and made.compiled != kept:
        with suppress(OSError):  # without it the next process takes longer, and that is all
            Path(compiled).write_bytes(made.compiled)
    return made


class OwnRedactor(NamedTuple):
    """A redactor for texts that no run reads."""

    redactor: Redactor
    is_kept: bool
    """Whether it has the workspace's key, so that stand-ins are those of its datasets."""


def own_redactor(workspace: Workspace, engine: str | None = None) -> OwnRedactor:
    """Return a redactor with the workspace's key, or with a key that is forgotten again.

    Nothing is made for it: where no workspace is, none is afterwards. There no patterns are kept
    either, and RE2 has found everything in some 50 MB before Hyperscan has compiled them.
    """
    vault = Vault(workspace.vault)
    home = str(Path.home())
    if not vault.has_key:
        unkept = Redactor(token_bytes(_KEY_BYTES), engine=engine or "re2", home=home)
        return OwnRedactor(unkept, is_kept=False)
    if engine is not None:
        return OwnRedactor(Redactor(vault.key(), engine=engine, home=home), is_kept=True)
    return OwnRedactor(redactor(vault.key(), home, str(vault.patterns)), is_kept=True)
