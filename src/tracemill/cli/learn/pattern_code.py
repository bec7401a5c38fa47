"""`tracemill pattern code`: what the code has in common that a program's rules let through."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.conventions import read_conventions
from tracemill.records.process.conventions import Convention

_COLUMNS = ("ARTIFACT", "WHAT", "NAME", "LET THROUGH", "95 %", "NOT LET THROUGH")


def code_pattern(
    *,
    artifact: str | None = None,
    least: Annotated[float, Parameter(validator=Number(gte=0, lte=1))] = 0.5,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what the code shares that was let through: decorators, bases, names, what is handed in.

    Parameters
    ----------
    artifact
        Only artifacts of this type, for example view.
    least
        Smallest share of those let through that must hold it; three of them at least.
    """
    found = read_conventions(common.open(), least, artifact)
    following = ["tracemill metrics show --metric rule_failure_rate --by rule"]
    if answer("conventions", found, common, next_steps=following):
        return EXIT_DONE if found.conventions else EXIT_NOTHING
    if found.conventions:
        print_table(_COLUMNS, map(_cells, found.conventions), ("95 %",))
    else:
        hint("nothing is shared by so many of them", common)
    if found.n_unread:
        hint(f"{counted(found.n_unread, 'attempt')} are no Python", common)
    return EXIT_DONE if found.conventions else EXIT_NOTHING


def _cells(each: Convention) -> tuple[str, ...]:
    return (
        each.artifact, each.form.replace("_", " "), each.name, f"{each.n} of {each.of}",
        f"{each.low:.0%} to {each.high:.0%}", f"{each.n_refused} of {each.of_refused}",
    )  # fmt: skip
