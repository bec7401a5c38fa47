"""`tracemill privacy allow`, `disallow`, `allowed`, `verify`: what may stay, and what may go on."""

from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.named_files import expanded
from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING, EXIT_REFUSED
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.privacy.allowing import (
    AllowResult,
    allow,
    decision,
    disallow,
    list_allowed,
)
from tracemill.flows.privacy.exports import list_exports
from tracemill.flows.privacy.verify import verify_export
from tracemill.records.privacy.allowances import Allowance
from tracemill.records.privacy.receipts import ExportNote

_MOST_DAYS: Final = 36_500


def allow_privacy(
    stand_in: str,
    /,
    *,
    reason: str,
    project: Path | None = None,
    days: Annotated[int, Parameter(validator=Number(gte=1, lte=_MOST_DAYS))] = 365,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Declare a finding harmless, so that it stays as it is from the next run on.

    Only what stands in its place is kept, which is a keyed hash of it, and never the text itself.

    Parameters
    ----------
    stand_in
        What stands in its place, for example [SECRET:github-pat:k7f2qa].
    reason
        Why it is harmless.
    project
        A folder: it is harmless in what lies below it, and in sessions that ran there.
    days
        After so many days it is redacted again.
    by
        Who says so; by default your user name.
    """
    at = now()
    wanted = decision(stand_in, project, reason, by or getuser(), (at, at + timedelta(days=days)))
    result = allow(common.open(), stand_in, wanted)
    if not answer("allow", result, common, next_steps=["tracemill run"]):
        allowance = result.allowance
        write(f"{allowance.id}  {stand_in} stays as it is until {allowance.until:%Y-%m-%d}")
        _say_read_again(result, common)
    return EXIT_DONE


def disallow_privacy(
    name: str,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take back that something is harmless: it is redacted again from the next run on.

    Parameters
    ----------
    name
        The decision's id, or how it begins, or the stand-in.
    """
    result = disallow(common.open(), name, now())
    if not answer("allow", result, common, next_steps=["tracemill run"]):
        write(f"{result.allowance.id}  {result.allowance.stand_in} is redacted again")
        _say_read_again(result, common)
    return EXIT_DONE


def _say_read_again(result: AllowResult, common: Common) -> None:
    inputs = counted(result.n_inputs, "input")
    verb = "is" if result.n_inputs == 1 else "are"
    hint(f"{inputs} {verb} read again with the next run; next: tracemill run", common)


def allowed_privacy(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what was declared harmless, by whom, why and until when."""
    result = list_allowed(common.open())
    if listing.jsonl:
        write_lines(result.allowances)
    elif answer("allowed", result, common):
        pass
    elif not result.allowances:
        hint("nothing was said to be harmless; see: tracemill privacy preview", common)
    else:
        columns = ("ID", "STAND-IN", "UNTIL", "BY", "PROJECT", "REASON")
        shown = result.allowances[: listing.limit or None]
        print_table(columns, map(_cells_of_allowance, shown), ("BY", "PROJECT"))
    return EXIT_DONE if result.allowances else EXIT_NOTHING


def _cells_of_allowance(one: Allowance) -> tuple[str, ...]:
    until = f"{one.until:%Y-%m-%d}" if one.ended is None else f"ended {one.ended:%Y-%m-%d}"
    return (one.id, one.stand_in, until, one.by, one.project or "all", one_line(one.reason, 80))


def verify_privacy(
    export: Path,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check whether an export is what went through the gate, and whether the rules still apply.

    Exits with 5 where a byte or the receipt has changed, a rule is gone, or the rules are older.

    Parameters
    ----------
    export
        The exported folder or file, with its receipt in it or beside it.
    """
    result = verify_export(common.open(), expanded(export).absolute())
    if not answer("verify", result, common):
        if result.receipt is not None:
            receipt = result.receipt
            write(f"{receipt.kind} {receipt.subject}, {counted(len(receipt.files), 'file')}")
            write(f"Passed       {receipt.at:%Y-%m-%d %H:%M} UTC, rules {receipt.rules_version}")
            write(f"Reviewer     {receipt.reviewer or 'nobody'}")
        write(f"Verdict      {'accepted' if result.is_accepted else 'refused'}")
        for problem in result.problems:
            write(f"             {problem}")
    for note in (*result.notes, *(result.receipt.not_checked if result.receipt else ())):
        hint(f"not checked: {note}" if note not in result.notes else note, common)
    return EXIT_DONE if result.is_accepted else EXIT_REFUSED


def exports_privacy(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what left the workspace through the gate, and where to, newest first."""
    result = list_exports(common.open())
    if listing.jsonl:
        write_lines(result.exports)
    elif answer("exports", result, common):
        pass
    elif not result.exports:
        hint("nothing has left the workspace through the gate", common)
    else:
        shown = result.exports[: listing.limit or None]
        columns = ("AT", "KIND", "SUBJECT", "REVIEWER", "TO")
        print_table(columns, map(_cells_of_export, shown), ("REVIEWER", "KIND"))
    return EXIT_DONE if result.exports else EXIT_NOTHING


def _cells_of_export(one: ExportNote) -> tuple[str, ...]:
    return (f"{one.at:%Y-%m-%d %H:%M}", one.kind, one.subject, one.reviewer or "nobody", one.to)
