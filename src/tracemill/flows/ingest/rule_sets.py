"""Which rules a workspace was ever redacted with, so that nobody goes on with fewer unawares.

Each set of rules is kept once, by name only, when something is read with it. A newer program may
have merged or dropped rules; the same program, or an older one, may not lack any.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from tracemill import __version__
from tracemill.base.errors import StoreError
from tracemill.records.refs import Record
from tracemill.redact import REDACT_VERSION, Rules
from tracemill.store.workspace import Workspace, write_whole

_NAMED: Final = 10


class RuleSet(Record, frozen=True, kw_only=True):
    """The rules of one moment."""

    version: str
    """Hash of the rules and of the code around them."""
    tracemill: str
    """Version of the program that had them."""
    redact_version: int
    """Version of the code around them."""
    rules: tuple[str, ...]
    """Their names."""

    def is_ahead(self, other: RuleSet) -> bool:
        """Tell whether these are of a newer program or newer code than others."""
        return (
            numbers(self.tracemill) > numbers(other.tracemill)
            or self.redact_version > other.redact_version
        )


def numbers(version: str) -> tuple[int, ...]:
    """Return a version of a program as what can be compared."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def rules_in_use() -> RuleSet:
    """Return the rules of this program."""
    rules = Rules.shipped()
    return RuleSet(
        version=rules.version,
        tracemill=__version__,
        redact_version=REDACT_VERSION,
        rules=tuple(sorted(rule.id for rule in rules.lines)),
    )


def keep_rules(workspace: Workspace) -> None:
    """Keep the names of the rules in use, where they are not kept yet."""
    rules = rules_in_use()
    path = _folder(workspace) / f"{rules.version}.json"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, msgspec.json.encode(rules))


def kept_rules(workspace: Workspace) -> Iterator[RuleSet]:
    """Yield every set of rules that something was read with.

    Raises:
        StoreError: a file of them is damaged.
    """
    for path in sorted(_folder(workspace).glob("*.json")):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=RuleSet)
        except msgspec.DecodeError as error:
            raise StoreError(
                f"{str(path)!r} is damaged ({error}); delete it, and nobody knows whether rules "
                "have gone since"
            ) from None


def fewer_rules(before: RuleSet) -> str | None:
    """Say how the rules in use fall short of those before, or None where they do not."""
    rules = rules_in_use()
    if before.is_ahead(rules):
        return f"the rules in use are older than those of Tracemill {before.tracemill}: update"
    gone = sorted(set(before.rules) - set(rules.rules))
    if gone and not rules.is_ahead(before):
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        return f"rules are gone: {', '.join(gone[:_NAMED])}{more}"
    return None


def _folder(workspace: Workspace) -> Path:
    return workspace.root / "rules"
