"""Asking a person for a yes, before anything is done that they may regret."""

import sys
from collections.abc import Callable

from tracemill.base.errors import UsageError
from tracemill.cli.shared.options import Common


def require_yes(show: Callable[[], None], question: str, refusal: str, common: Common) -> None:
    """Show what would be done, and ask; nobody is asked where nobody can answer.

    Raises:
        UsageError: nobody said yes; `refusal` says what was not done.
    """
    if not common.json and sys.stdin.isatty():
        show()
        sys.stderr.write(f"\n{question} Type yes: ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() == "yes":
            return
    raise UsageError(f"{refusal}; answer with yes, or add --yes")
