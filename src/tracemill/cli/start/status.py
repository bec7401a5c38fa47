"""`tracemill status`: what there is, and what to do next."""

from tracemill.cli.shared.options import Common
from tracemill.cli.start.standing import show_standing


def status(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show what is kept, and what to do next. Read-only."""
    return show_standing(common)
