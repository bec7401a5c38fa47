"""`tracemill pattern code`: what code that a program's rules judge has in common, and breaks."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.conventions import read_conventions, read_data_requests
from tracemill.records.process.conventions import Convention
from tracemill.records.process.data_requests import DataRequest

_COLUMNS = ("ARTIFACT", "WHAT", "NAME", "LET THROUGH", "95 %", "NOT LET THROUGH")

_ASKED = (
    "ARTIFACT", "RULE", "KIND", "BROKEN BY", "95 %", "ASK FOR", "PAIRS HELD", "EXAMPLES HELD",
)  # fmt: skip
_WANTED = {
    "examples": "examples that keep it",
    "pairs": "pairs that break and keep it",
    "wording": "plainer words of it",
}


def code_pattern(
    *,
    artifact: str | None = None,
    broken: bool = False,
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
    broken
        List instead the rules that attempts break, and which examples they ask for.
    """
    if broken:
        return _list_requests(artifact, common)
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


def _list_requests(artifact: str | None, common: Common) -> int:
    found = read_data_requests(common.open(), artifact)
    if not answer("data-requests", found, common, next_steps=["tracemill synth generate"]):
        if found.requests:
            print_table(_ASKED, map(_asked_cells, found.requests), ("95 %", "KIND"))
        hint(
            f"{counted(found.n_rare, 'rule')} broken too rarely to ask for anything; "
            "next: tracemill dataset build error-fix, or tracemill synth generate",
            common,
        )
    return EXIT_DONE if found.requests else EXIT_NOTHING


def _asked_cells(each: DataRequest) -> tuple[str, ...]:
    return (
        each.artifact or "unknown", each.rule, each.kind or "unknown",
        f"{each.share:.0%} of {each.n_judged:,}", f"{each.low:.0%} to {each.high:.0%}",
        _WANTED[each.wanted], f"{each.n_mended:,}", f"{each.n_kept:,}",
    )  # fmt: skip


def _cells(each: Convention) -> tuple[str, ...]:
    return (
        each.artifact, each.form.replace("_", " "), each.name, f"{each.n} of {each.of}",
        f"{each.low:.0%} to {each.high:.0%}", f"{each.n_refused} of {each.of_refused}",
    )  # fmt: skip
