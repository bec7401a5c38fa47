"""`tracemill review rate`: say of a turn that called tools whether it was right, in one key."""

import sys
from getpass import getuser
from typing import Annotated, Protocol

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.errors import UsageError
from tracemill.base.text import one_line
from tracemill.cli.review.screen import Keys
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.reviews.turns import RatedTurn, turn_to_rate
from tracemill.records.events.reviews import ReviewForm
from tracemill.store.settings import read_settings

_WIDTH = 100
_MOST_TOOLS = 6
_KEYS = "+-s"


class Asked(Protocol):
    """Where a rating comes from."""

    def key_within(self, allowed: str, seconds: float) -> str:
        """Return the next key that is allowed; `""` for Enter, and where none comes in time."""
        ...

    def line(self, said: str) -> str:
        """Return a line of text, asked for with `said`."""
        ...


def rate_review(
    name: str | None = None,
    /,
    *,
    turn: Annotated[int | None, Parameter(validator=Number(gt=0))] = None,
    right: Annotated[bool | None, Parameter(negative="--wrong")] = None,
    because: str | None = None,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Rate the last turn that called tools as right or wrong, or be asked for three seconds.

    Turns that were answered in words alone are not asked about. Who presses nothing has said
    nothing, and what they say next is heard all the same; how long is waited is `rating_timeout`
    in `[ui]` of `tracemill.toml`.

    Parameters
    ----------
    name
        The session, by its id or how that begins; the newest unless given.
    turn
        Which turn of it, from 1; the last that called tools unless given.
    right
        Whether it was right; asked for at a terminal where neither is said.
    because
        What went wrong; it is redacted like any other text.
    by
        Who says so; by default your user name.
    """
    workspace = common.open()
    found = turn_to_rate(workspace, name, turn)
    if right is None:
        if not sys.stdin.isatty():
            raise UsageError("expected --right or --wrong, since nobody can be asked here")
        right, because = ask(found, Keys(), read_settings(workspace).ui.rating_timeout)
    if right is None:
        hint("nothing was said of it", common)
        return EXIT_DONE
    form = ReviewForm(is_right=right, comments=because or None)
    with Desk(workspace, by or getuser()) as desk:
        filed = desk.submit(found.step.name, form, now())
    following = [f"tracemill review undo {filed.review.id}", "tracemill run"]
    if not answer("review-filed", filed, common, next_steps=following):
        write(f"turn {found.number} of {found.step.id} was {'right' if right else 'wrong'}")
    return EXIT_DONE


def ask(turn: RatedTurn, asked: Asked, seconds: float) -> tuple[bool | None, str | None]:
    """Show a turn and return whether it was right and why not; None where nobody says in time."""
    tools = list(dict.fromkeys(turn.tools))
    more = f" and {len(tools) - _MOST_TOOLS} more" if len(tools) > _MOST_TOOLS else ""
    write(f"{one_line(turn.request, _WIDTH)}\n  → {', '.join(tools[:_MOST_TOOLS])}{more}")
    write("+ right   - wrong   Enter nothing")
    key = asked.key_within(_KEYS, seconds)
    if key == "-":
        return False, asked.line("What went wrong? (Enter for nothing)") or None
    return (True, None) if key == "+" else (None, None)
