"""How a model is asked that judges: not at all, here and now, or by file."""

from dataclasses import dataclass
from pathlib import Path

from cyclopts import Parameter

from tracemill.base.errors import UsageError


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
            raise UsageError(f"expected one of {' and '.join(given)}, found both")
