"""How a model is asked that judges: not at all, here and now, or by file."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cyclopts import Parameter

from tracemill.base.errors import UsageError

_BOTH: Final = 2


@Parameter(name="*")
@dataclass(frozen=True)
class Asking:
    """How a model is asked, and what is printed of it."""

    dry_run: bool = False
    """Say what would be asked, and ask nothing."""
    jsonl: bool = False
    """Print each label as one line of JSON."""
    to: Path | None = None
    """Folder to write the questions into, as a batch that other programs take; nothing is asked."""
    answers: Path | None = None
    """File of the answers to such questions, to take instead of asking."""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        given = [
            name
            for name, is_given in (
                ("--dry-run", self.dry_run),
                ("--to", self.to is not None),
                ("--answers", self.answers is not None),
            )
            if is_given
        ]
        if len(given) > 1:
            *first, last = given
            found = "both" if len(given) == _BOTH else "all of them"
            raise UsageError(f"expected {', '.join(first)} or {last}, found {found}")


def answering(
    command: str, subject: str, policy: str, *, n: int | None, endpoint: str | None
) -> str:
    """Return the command that takes the answers: to the same questions, kept in the same place."""
    words = ["tracemill", "review", command, subject, "--policy", policy]
    words += [] if n is None else ["--n", str(n)]
    words += [] if endpoint is None else ["--endpoint", endpoint]
    return f"{shlex.join(words)} --answers FILE"
