"""`tracemill privacy`: what redaction finds, and what may go out."""

import io
import sys
from collections.abc import Iterator
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.errors import PolicyError, UsageError
from tracemill.base.text import counted, one_line, printable
from tracemill.cli.exits import EXIT_DONE, EXIT_NO, EXIT_NOTHING, EXIT_PARTLY, EXIT_REFUSED
from tracemill.cli.output import Common, Listing, answer, counts, hint, write, write_lines
from tracemill.cli.tables import print_table
from tracemill.flows.ingest import OwnRedactor, own_redactor
from tracemill.flows.privacy.allowing import (
    AllowResult,
    allow,
    decision,
    disallow,
    list_allowed,
)
from tracemill.flows.privacy.files import RedactedText, RedactedTexts, redact_bytes, redact_files
from tracemill.flows.privacy.preview import PreviewResult, Shown, preview
from tracemill.flows.privacy.rows import RowFilter
from tracemill.flows.privacy.rules import list_rules
from tracemill.flows.privacy.scan import Kind, Scan, ScanResult, files_of
from tracemill.flows.privacy.verify import verify_export
from tracemill.flows.results import Failure
from tracemill.flows.scanning import find_targets
from tracemill.records.allowances import Allowance
from tracemill.redact import Redactor

_BLOCK_BYTES = 2**20


def redact_privacy(
    *files: Path,
    jsonl: Annotated[bool, Parameter(negative="")] = False,
    to: Path | None = None,
    engine: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Redact files, or what comes in; nothing is kept. JSON keeps its shape.

    With --jsonl each line {"id", "text"} of the input is answered at once with {"id", "text",
    "spans"}, whose spans [start, end, kind] count the code points of the text that came in. What
    cannot be read or redacted is answered with an error, and the exit code is 4.

    Stand-ins are those of the workspace, where there is one; otherwise their key is forgotten.

    Parameters
    ----------
    files
        Files to redact; by default what comes in.
    jsonl
        Answer lines of JSON, for scripts.
    to
        Write each file below this folder, and do not print it.
    engine
        hyperscan or re2; both find the same.
    """
    own = own_redactor(common.open(), engine)
    if jsonl:
        return _answer_lines(files, own.redactor)
    if files:
        return _say(redact_files(files, to, own.redactor), own, common)
    if to is not None:
        raise UsageError("--to names where files go; what comes in goes to stdout")
    return _say(redact_bytes("stdin", sys.stdin.buffer.read(), own.redactor), own, common)


def _answer_lines(files: tuple[Path, ...], redactor: Redactor) -> int:
    if files:
        raise UsageError(
            "--jsonl reads what comes in; run: tracemill privacy redact --jsonl < FILE"
        )
    rows = RowFilter(redactor, _write_through)
    rows.run(_blocks())
    return EXIT_PARTLY if rows.n_refused else EXIT_DONE


def _blocks() -> Iterator[bytes]:
    """Yield what comes in as it comes, without waiting for more."""
    stream = cast("io.BufferedReader", sys.stdin.buffer)
    while block := stream.read1(_BLOCK_BYTES):
        yield block


def _write_through(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _say(result: RedactedTexts, own: OwnRedactor, common: Common) -> int:
    if not answer("redact", result, common):
        for redacted in result.files:
            _show(redacted, common)
    for failure in result.failures:
        hint(f"not redacted: {failure.uri}: {failure.detail}", common)
    if not own.is_kept:
        hint("no workspace: the key of these stand-ins is forgotten now", common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def _show(redacted: RedactedText, common: Common) -> None:
    found = ", ".join(f"{rule} {n:,}" for rule, n in redacted.found.items()) or "nothing found"
    hint(f"{redacted.path}: {found}", common)
    if redacted.text is not None:
        shown = printable(redacted.text) if sys.stdout.isatty() else redacted.text
        sys.stdout.write(shown)
    else:
        write(f"{redacted.to}")


def scan_privacy(
    *targets: str,
    kind: Kind | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say what redaction finds, by kind, rule and place, and never what it is.

    Exits with 1 where something is found. What was redacted with the rules in use holds nothing
    that they find; in a workspace or an export, anything found is new to them or was put in since.

    Parameters
    ----------
    targets
        Files, folders, datasets or their versions; `workspace`, the default, is all that is kept
        outside the vault.
    kind
        Look for one kind only: secret or pii.
    """
    workspace = common.open()
    with_rules = own_redactor(workspace)
    scan = Scan(with_rules.redactor, kind)
    for target in find_targets(workspace, targets):
        scan.look(files_of(target))
    result = scan.result()
    if listing.jsonl:
        write_lines(result.places)
    elif not answer("scan", result, common):
        _show_scan(result, listing, common)
    for failure in result.failures:
        hint(f"not looked at: {failure.uri}: {failure.detail}", common)
    return EXIT_NO if result.places else EXIT_PARTLY if result.failures else EXIT_DONE


def _show_scan(result: ScanResult, listing: Listing, common: Common) -> None:
    size = f"{counted(result.n_files, 'file')}, {result.n_bytes:,} bytes"
    write(f"Looked at    {size}, rules {result.rules_version}")
    counts("Found", result.kinds)
    counts("Rules", result.rules)
    if not result.places:
        write("Found        nothing")
        return
    shown = result.places[: listing.limit or None]
    columns = ("FILE", "PLACE", "KIND", "RULE", "N", "FIELD")
    rows = [(p.path, p.place, p.kind, p.rule, f"{p.n:,}", p.where) for p in shown]
    left_out = print_table(columns, rows, ("KIND",))
    narrow = f"; no room for {', '.join(left_out)}" if left_out else ""
    hint(f"{len(shown)} of {len(result.places)} places{narrow}", common)


def preview_privacy(
    *files: Path,
    unredacted: Annotated[bool, Parameter(negative="")] = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what redaction would change, finding by finding: what begins how, and what replaces it.

    Parameters
    ----------
    files
        Files, or folders that hold them.
    unredacted
        Show what stands there now, in full. On a terminal only, and never kept.
    """
    if not files:
        raise UsageError("expected files to look at, found none")
    if unredacted and (common.json or listing.jsonl or not sys.stdout.isatty()):
        raise PolicyError(
            "what stands there now is shown on a terminal only; leave out --unredacted"
        )
    workspace = common.open()
    targets = find_targets(workspace, [str(name) for name in files])
    found = [path for target in targets for path in files_of(target)]
    shown = preview(found, own_redactor(workspace).redactor)
    if listing.jsonl or common.json:
        return _answer_preview(shown, listing, common)
    return _show_preview(shown, unredacted=unredacted, limit=listing.limit, common=common)


def _answer_preview(previewed: Iterator[Shown | Failure], listing: Listing, common: Common) -> int:
    every = list(previewed)
    result = PreviewResult(
        findings=tuple(one.finding for one in every if isinstance(one, Shown)),
        failures=tuple(one for one in every if isinstance(one, Failure)),
    )
    if listing.jsonl:
        write_lines(result.findings)
    else:
        answer("preview", result, common)
    return EXIT_PARTLY if result.failures else EXIT_DONE


def _show_preview(
    previewed: Iterator[Shown | Failure], *, unredacted: bool, limit: int, common: Common
) -> int:
    n_shown = n_more = n_failed = 0
    for one in previewed:
        if isinstance(one, Failure):
            n_failed += 1
            hint(f"not looked at: {one.uri}: {one.detail}", common)
        elif limit and n_shown == limit:
            n_more += 1
        else:
            n_shown += 1
            _show_change(one, unredacted=unredacted)
    more = f", {n_more:,} more (--limit)" if n_more else ""
    hint(f"{counted(n_shown, 'finding')} shown{more}", common)
    return EXIT_PARTLY if n_failed else EXIT_DONE


def _show_change(shown: Shown, *, unredacted: bool) -> None:
    found = shown.finding
    before = shown.before if unredacted else found.masked
    place = " ".join(part for part in (found.place, found.where) if part)
    write(f"{found.path}, {place}: {found.rule} ({found.kind}, {found.n_characters} characters)")
    write(f"- {shown.left}{before}{shown.right}")
    write(f"+ {shown.left}{found.after}{shown.right}")


def allow_privacy(
    stand_in: str,
    /,
    *,
    reason: str,
    project: Path | None = None,
    days: Annotated[int, Parameter(validator=Number(gte=1))] = 365,
    by: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say that something which is found is harmless, and stays as it is from the next run on.

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
    """List what was said to be harmless, by whom, why and until when."""
    result = list_allowed(common.open())
    if listing.jsonl:
        write_lines(result.allowances)
    elif not answer("allowed", result, common) and result.allowances:
        columns = ("ID", "STAND-IN", "UNTIL", "BY", "PROJECT", "REASON")
        shown = result.allowances[: listing.limit or None]
        print_table(columns, map(_cells_of_allowance, shown), ("BY", "PROJECT"))
    return EXIT_DONE if result.allowances else EXIT_NOTHING


def _cells_of_allowance(one: Allowance) -> tuple[str, ...]:
    until = f"{one.until:%Y-%m-%d}" if one.ended is None else f"ended {one.ended:%Y-%m-%d}"
    return (one.id, one.stand_in, until, one.by, one.project or "all", one_line(one.reason, 80))


def rules_privacy(
    *,
    listing: Listing = Listing(limit=0),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the rules, each tried on the texts that it came with; exits with 1 where one fails."""
    result = list_rules(own_redactor(common.open()).redactor)
    failed = [rule for rule in result.rules if rule.n_wrong]
    if listing.jsonl:
        write_lines(result.rules)
    elif not answer("rules", result, common):
        rows = [
            (rule.id, rule.kind, f"{rule.n_texts - rule.n_wrong} of {rule.n_texts}", rule.title)
            for rule in result.rules[: listing.limit or None]
        ]
        print_table(("RULE", "KIND", "PASSED", "FINDS"), rows, ("KIND",))
        hint(f"{counted(len(result.rules), 'rule')}, version {result.version}", common)
    for rule in failed:
        hint(f"failed: {rule.id} is wrong about {counted(rule.n_wrong, 'text')}", common)
    return EXIT_NO if failed else EXIT_DONE


def verify_privacy(
    export: Path,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say whether an export is what went through the gate, and whether the rules still count.

    Exits with 5 where a byte or the receipt has changed, a rule is gone, or the rules are older.

    Parameters
    ----------
    export
        The exported folder or file, with its receipt in it or beside it.
    """
    result = verify_export(common.open(), export.expanduser().absolute())
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
