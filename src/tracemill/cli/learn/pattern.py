"""`tracemill pattern`: what repeats, how sure that is, and what could be done."""

from collections.abc import Iterator
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted, measured, one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.patterns import (
    find_pattern,
    first_of_kinds,
    read_patterns,
    read_practices,
    shown_patterns,
)
from tracemill.records.process.patterns import Measure, Pattern

_LEAST_CHANCE = 0.0001
_PRACTICES = (
    "PRACTICE", "ACHIEVED", "WITH", "ACHIEVED WITHOUT", "WITHOUT", "HELPS", "EXAMPLES", "IS",
)  # fmt: skip


def list_pattern(
    *,
    all: bool = False,  # noqa: A002 - the option's name
    top: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what repeats in the work, those that are more than chance.

    Parameters
    ----------
    all
        List also what chance alone could have done: it may be worth watching.
    top
        Of each kind only the first so many, those that are surest first.
    jsonl
        Print each pattern as one line of JSON.
    """
    found = read_patterns(common.open())
    shown = first_of_kinds(found if all else shown_patterns(found), top)
    if jsonl:
        write_lines(shown.patterns)
        return EXIT_DONE if shown.patterns else EXIT_NOTHING
    whole = first_of_kinds(found, top)
    if answer("patterns", whole, common, next_steps=["tracemill pattern show ID"]):
        return EXIT_DONE if found.patterns else EXIT_NOTHING
    rows = [
        (each.id, each.verdict.replace("_", " "), _chance(each.q_value), one_line(each.says, 110))
        for each in shown.patterns
    ]
    if rows:
        print_table(("ID", "VERDICT", "CHANCE", "SAYS"), rows, ("CHANCE",))
    n_chance = sum(each.verdict != "found" for each in found.patterns)
    following = "; next: tracemill pattern show ID" if rows else ""
    hint(
        f"{counted(found.n_questions, 'slice')} of the work compared with the rest: "
        f"{len(found.patterns) - n_chance:,} beyond chance, {n_chance:,} more may be chance "
        f"(--all){following}",
        common,
    )
    if shown.n_cut:
        hint(f"{counted(shown.n_cut, 'pattern')} behind the first {top} of a kind left out", common)
    if found.skipped:
        n_rules = counted(len(found.skipped), "rule")
        hint(f"{n_rules} found no cases to look at; --json names them", common)
    return EXIT_DONE if rows else EXIT_NOTHING


def _chance(q_value: float) -> str:
    """Return how often chance alone makes a pattern like it."""
    return "<0.0001" if q_value < _LEAST_CHANCE else f"{q_value:.4f}"


def show_pattern(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show a pattern: how much was seen, why, and what shows it.

    Parameters
    ----------
    name
        Its id, or how it begins.
    """
    pattern = find_pattern(common.open(), name)
    following = [f"tracemill explain {ref.id}" for ref in pattern.evidence[:1]]
    if not answer("pattern", pattern, common, next_steps=following):
        for line in _lines(pattern):
            write(line)
    return EXIT_DONE


def practices_pattern(
    *,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List ways of working, and how much of the work is achieved with and without each.

    HELPS is said where the difference is more than chance; it does not say why.

    Parameters
    ----------
    jsonl
        Print each practice as one line of JSON.
    """
    found = read_practices(common.open())
    if jsonl:
        write_lines(found.practices)
    elif not answer("practices", found, common, next_steps=["tracemill episode show ID"]):
        rows = [
            (
                each.name, *_achieved(each.kept), *_achieved(each.left_out),
                {"high": "yes", "low": "no", None: "not shown"}[each.effectiveness],
                ", ".join(ref.id for ref in each.examples[:2]), each.says,
            )
            for each in found.practices
        ]  # fmt: skip
        left_out = print_table(_PRACTICES, rows, ("EXAMPLES", "WITHOUT", "WITH"))
        hint(f"next: tracemill episode show ID{no_room(left_out)}", common)
    return EXIT_DONE


def _achieved(side: Measure | None) -> tuple[str, str]:
    """Return the share of the work that is achieved, and how much work there is."""
    return ("none", "0") if side is None else (measured("share", side.value), f"{side.n:,}")


def _lines(pattern: Pattern) -> Iterator[str]:
    yield pattern.says
    yield f"Verdict      {pattern.verdict.replace('_', ' ')}, q {pattern.q_value:.3g}"
    low, high = pattern.measure.low, pattern.measure.high
    if low is not None and high is not None:
        yield f"At 95 %      {low:.3g} to {high:.3g}, beside {pattern.beside:.3g}"
    for reason in pattern.reasons:
        yield f"Reason       {reason.n:,} times: {one_line(reason.text, 140)}"
    for period in pattern.measure.periods[-6:]:
        yield f"{period.month}      {period.value:.3g} of {period.n:,}"
    if pattern.actions:
        yield f"Could help   {', '.join(action.replace('_', ' ') for action in pattern.actions)}"
    for ref in pattern.evidence[:5]:
        yield f"Shown by     {ref.kind} {ref.id}" + (f" step {ref.step}" if ref.step else "")
