"""`tracemill metrics completeness`: how complete the team's reports are."""

from tracemill.base.text import measured
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.completeness import read_completeness


def completeness_metrics(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show for each field that reports should have how many of them have it."""
    found = read_completeness(common.open())
    code = EXIT_DONE if found.fields else EXIT_NOTHING
    if answer("completeness", found, common, next_steps=["tracemill report maturity"]):
        return code
    rows = [
        (each.kind, each.field, measured("share", each.share), f"{each.n_told:,} of {each.n:,}")
        for each in found.fields
    ]
    if rows:
        print_table(("OF", "FIELD", "TOLD", "CASES"), rows, ())
    hint(f"nothing is held of: {', '.join(found.missing_kinds) or 'no kind'}", common)
    return code
