"""`tracemill turn`: what people asked for, what was called for it, and how they took that."""

import re
from dataclasses import dataclass
from typing import Literal

from cyclopts import Parameter
from msgspec import structs

from tracemill.base.errors import UsageError
from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.turns import (
    WantedTurns,
    contrasts,
    list_turns,
    telling_weights,
)
from tracemill.records.process.contrasts import BoundaryTurn, ContrastingPair
from tracemill.records.sessions.reactions import STRENGTHS
from tracemill.records.sessions.trajectory import ToolLevel
from tracemill.records.sessions.turn_work import RequestForm, TurnFamily, TurnPoint, TurnWork

Contrast = Literal["pairs", "boundary"]
_COLUMNS = ("SESSION", "STEP", "SAID", "ASKS", "CALLS", "TAKEN", "WHY", "CALLED", "REQUEST")
_SPARE = ("SAID", "WHY", "CALLS", "ASKS", "CALLED")
_PAIRS = ("DIFFER IN", "ALIKE", "REQUEST", "CALLED FIRST", "OTHER REQUEST", "CALLED FIRST")
_BOUNDARY = (
    "SESSION", "STEP", "MARGIN", "NEIGHBOURS IN WORDS", "CALLED FIRST", "REQUEST",
)  # fmt: skip
_IN_WORDS = "answered in words"
_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?")
_FAMILIES = {
    "cross_tool": "work over several tools",
    "field_access": "the use of what tools return",
    "tool_choice": "which tool to choose",
    "uncertainty": "what to do where one does not know",
}


@Parameter(name="*")
@dataclass(frozen=True)
class Which:
    """Which turns are listed; all of it must hold."""

    family: TurnFamily | None = None
    """Only those that show work over several tools, the use of fields, the choice of a tool, or
    what is done in doubt."""
    why: TurnPoint | None = None
    """Only those that are worth to be looked at for this reason."""
    form: RequestForm | None = None
    """Only those whose words ask for several operations in this way."""
    called: str | None = None
    """Only those in which this was called: a tool, or a command such as `git status`."""
    level: ToolLevel | None = None
    """Only those that called what was there (`fixed`), code, or what the model wrote before."""
    several: bool = False
    """Only those that called two different tools or more."""
    telling: bool = False
    """The most telling first: where work was given up before all else."""
    weight: tuple[str, ...] = ()
    """How telling a reaction is beside one that accepts, as `abandonment=10`, which holds
    unasked."""


def list_turn(
    *,
    which: Which = Which(),
    contrast: Contrast | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List turns of people, newest first: the request, the calls, and how they were taken.

    Parameters
    ----------
    contrast
        List instead like requests that were dealt with in other ways (`pairs`), or requests that
        stand between being answered in words and by calls (`boundary`); of all turns.
    """
    if contrast is not None:
        if which != Which():
            raise UsageError("expected --contrast alone: it looks at all turns, not at some kinds")
        return _list_contrasts(contrast, listing, common)
    question = WantedTurns(
        form=which.form, point=which.why, family=which.family, is_several=which.several,
        action=which.called, level=which.level,
        weights=telling_weights(_weights(which.weight)) if which.telling or which.weight else None,
    )  # fmt: skip
    found = list_turns(common.open(), question, 0 if listing.jsonl else listing.limit)
    if listing.jsonl:
        write_lines(found.rows)
    elif not answer("turns", found, common, next_steps=["tracemill session show SESSION"]):
        left_out = print_table(_COLUMNS, map(_cells, found.rows), _SPARE) if found.rows else []
        told = (f"{name}: {found.families.get(key, 0):,}" for key, name in _FAMILIES.items())
        hint(
            f"{len(found.rows):,} of {found.total:,}{no_room(left_out)}; of "
            f"{counted(found.n_turns, 'turn')} there is to learn from {', '.join(told)}; "
            "next: tracemill session show SESSION",
            common,
        )
    return EXIT_DONE if found.rows else EXIT_NOTHING


def _list_contrasts(kind: Contrast, listing: Listing, common: Common) -> int:
    found = contrasts(common.open(), 0 if listing.jsonl else listing.limit)
    is_pairs = kind == "pairs"
    rows = found.pairs if is_pairs else found.boundaries
    alone = structs.replace(found, **{"boundaries" if is_pairs else "pairs": ()})
    if listing.jsonl:
        write_lines(rows)
    elif not answer("contrasts", alone, common, next_steps=["tracemill session show SESSION"]):
        if is_pairs:
            print_table(_PAIRS, map(_pair_cells, found.pairs))
        else:
            print_table(_BOUNDARY, map(_boundary_cells, found.boundaries))
        total = found.n_pairs if is_pairs else found.n_boundaries
        hint(
            f"{len(rows):,} of {total:,}; {found.n_compared:,} different requests of "
            f"{counted(found.n_turns, 'turn')} were compared; next: tracemill session show SESSION",
            common,
        )
    return EXIT_DONE if rows else EXIT_NOTHING


def _pair_cells(pair: ContrastingPair) -> tuple[str, ...]:
    one, other = pair.one, pair.other
    return (
        pair.differ.replace("_", " "), f"{pair.similarity:.2f}",
        one_line(one.request, 50), one.action or _IN_WORDS,
        one_line(other.request, 50), other.action or _IN_WORDS,
    )  # fmt: skip


def _boundary_cells(turn: BoundaryTurn) -> tuple[str, ...]:
    return (
        turn.way.trajectory_id, str(turn.way.step), f"{turn.margin:+.2f}",
        f"{turn.n_answered} of {turn.n_neighbours}", turn.way.action or _IN_WORDS,
        one_line(turn.way.request, 80),
    )  # fmt: skip


def _weights(given: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in given:
        kind, _, number = text.partition("=")
        if kind not in STRENGTHS or not _NUMBER.fullmatch(number):
            known = ", ".join(STRENGTHS)
            raise UsageError(f"expected REACTION=NUMBER, found {text!r}; reactions: {known}")
        found[kind] = float(number)
    return found


def _cells(turn: TurnWork) -> tuple[str, ...]:
    why = ", ".join(point.replace("_", " ") for point in turn.points)
    return (
        turn.trajectory_id, str(turn.step), when(turn.at), turn.form or "", str(len(turn.calls)),
        turn.reaction or "", why, one_line(", ".join(turn.actions), 50),
        one_line(turn.request, 80),
    )  # fmt: skip
