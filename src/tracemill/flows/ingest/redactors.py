"""The redactor of a process, made once, with patterns that the machine keeps compiled.

What is kept may be damaged or another release's: then the patterns are compiled again, and kept
beside it. It says nothing about anybody: who runs this machine stands in no pattern of it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

from tracemill.base.clock import now
from tracemill.redact import Redactor
from tracemill.store.allowances import read_allowances
from tracemill.store.machine_cache import keep, load
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

_KEY_BYTES = 32
_COMPILED = "patterns"


@lru_cache(maxsize=8)
def redactor(key: bytes, home: str) -> Redactor:
    """Return the redactor with this key, for sessions of whoever has this home folder."""
    return _made(key, home)


def _made(
    key: bytes, home: str, engine: str | None = None, allowed: frozenset[str] = frozenset()
) -> Redactor:
    kept = list(load(_COMPILED)) if engine != "re2" else []
    made = Redactor(key, engine=engine, home=home, compiled=kept, allowed=allowed)
    if made.compiled is not None and made.compiled not in kept:
        keep(_COMPILED, made.compiled)
    return made


def knowing_redactor(
    key: bytes, home: str, allowed: frozenset[str], known: tuple[bytes, ...]
) -> Redactor:
    """Return the same for a place of which more is known.

    `allowed` are the stand-ins of what is harmless, `known` secrets that are looked for by their
    values.
    """
    made = redactor(key, home)
    return _knowing(made, allowed, known) if allowed or known else made


@lru_cache(maxsize=8)
def _knowing(made: Redactor, allowed: frozenset[str], known: tuple[bytes, ...]) -> Redactor:
    return made.knowing(known, allowed)


class OwnRedactor(NamedTuple):
    """A redactor for texts that no run reads."""

    redactor: Redactor
    is_kept: bool
    """Whether it has the workspace's key, so that stand-ins are those of its datasets."""


def own_redactor(workspace: Workspace, engine: str | None = None) -> OwnRedactor:
    """Return a redactor with the workspace's key, or with a key that is forgotten again.

    What is allowed in any project is allowed to it, for it is not told of which a text is. It knows
    the secrets that inputs of the workspace have given away.
    Nothing is made for it: where no workspace is, none is afterwards.
    """
    vault = Vault(workspace.vault)
    home = str(Path.home())
    if not vault.has_key:
        return OwnRedactor(_made(token_bytes(_KEY_BYTES), home, engine), is_kept=False)
    moment = now()
    active = (one for one in read_allowances(workspace.vault) if one.is_active(moment))
    allowed = frozenset(one.stand_in for one in active)
    known = tuple(sorted(vault.secrets()))
    vault.close()
    if engine is not None:
        named = _made(vault.key(), home, engine, allowed)
        named.know(known)
        return OwnRedactor(named, is_kept=True)
    kept = knowing_redactor(vault.key(), home, allowed, known)
    return OwnRedactor(kept, is_kept=True)


def telling_redactors(workspace: Workspace) -> set[Redactor]:
    """Return one redactor for each way in which records may tell of the same text.

    A name in a path goes once somebody is known by it, but what is allowed in one project stays
    there. The workspace must have a key.
    """
    vault = Vault(workspace.vault)
    key, home, known = vault.key(), str(Path.home()), tuple(sorted(vault.secrets()))
    vault.close()
    by_project: defaultdict[str | None, set[str]] = defaultdict(set)
    for one in read_allowances(workspace.vault):
        by_project[one.project].add(one.stand_in)
    everywhere = by_project.pop(None, set())
    allowed = {frozenset(everywhere | own) for own in (set(), *by_project.values())}
    knowing = (knowing_redactor(key, home, each, known) for each in (frozenset(), *allowed))
    return {redactor(key, home), *knowing}


def keeping_redactor(workspace: Workspace) -> Redactor:
    """Return a redactor for what people type that is to be kept, such as who decided and why.

    The key is made where there is none, since what is kept is to name the same people for good.
    """
    workspace.create()
    vault = Vault(workspace.vault)
    vault.key()
    vault.close()
    return own_redactor(workspace).redactor
