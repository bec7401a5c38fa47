"""`tracemill dataset`: list and show dataset versions, and audit any dataset files."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from cyclopts import Parameter

from tracemill.base.text import counted, one_line
from tracemill.cli.datasets.dataset_check import show_checks
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO, EXIT_NOTHING
from tracemill.cli.shared.funnel import show_funnel
from tracemill.cli.shared.options import Common, Limit, Listing
from tracemill.cli.shared.output import answer, counts, hint, when, write, write_lines, write_parts
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.reach import read_reach
from tracemill.flows.datasets.audit import audit_files
from tracemill.flows.datasets.versions import VersionRow, show_rejects, show_version, version_rows
from tracemill.flows.executors.protocol import Executor, make_executor

_WIDTH: Final = 140
_REJECTS: Final = 20
_HASH: Final = 12
"""Digits of a hash that tell files apart; the whole one stands in the version's manifest."""
_NEXT: Final = "tracemill dataset show ID"
_COLUMNS: Final = (
    "ID", "NAME", "WRITTEN", "MADE", "UNIQUE", "ACCEPTED", "EXAMPLES", "LEFT OUT", "CHECKS",
)  # fmt: skip
_SPARE: Final = ("LEFT OUT", "CHECKS", "EXAMPLES")


def list_dataset(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List dataset versions, newest first."""
    listed = version_rows(common.open(), 0 if listing.jsonl else listing.limit)
    if listing.jsonl:
        write_lines(listed.versions)
    elif not answer("versions", listed, common, next_steps=[_NEXT]):
        if listed.versions:
            left_out = print_table(_COLUMNS, map(_cells, listed.versions), _SPARE)
            shown = f"{len(listed.versions)} of {listed.total}{no_room(left_out)}"
            hint(f"{shown}; next: {_NEXT}", common)
        else:
            hint("no version is made yet; run: tracemill run, or tracemill dataset build", common)
    return EXIT_DONE if listed.versions else EXIT_NOTHING


def _cells(row: VersionRow) -> tuple[str, ...]:
    examples = Counter[str]()
    for part, n in row.examples.items():
        examples[part.partition("/")[0]] += n
    said = ", ".join(f"{kind} {n:,}" for kind, n in examples.items())
    checks = ", ".join(f"{n} {verdict}" for verdict, n in sorted(row.checks.items()))
    name = row.name if row.newest else f"{row.name}, older"
    made, unique = ("unknown" if n is None else f"{n:,}" for n in (row.made_examples, row.unique))
    return (
        row.id, name, when(row.made), made, unique, f"{row.accepted:,}", said or "none",
        f"{row.left_out:,}", checks or "none made",
    )  # fmt: skip


def show_dataset(
    name: str = "chat",
    /,
    *,
    rows: Limit = 1,
    rejects: str | None = None,
    reach: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show a dataset version: what is in it, what was left out and why, and its first rows.

    Parameters
    ----------
    name
        The dataset, or the id of one of its versions.
    rows
        How many rows to show.
    rejects
        Show what was left out for this reason instead.
    reach
        Show instead how far into their sessions examples reach, and how full the window was there.
    """
    if reach:
        return _show_reach(name, common)
    if rejects is not None:
        return _show_rejects(name, rejects, rows, common)
    shown = show_version(common.open(), name, rows)
    if answer("dataset", shown, common, next_steps=["tracemill dataset export --to FOLDER"]):
        return EXIT_DONE
    version = shown.version
    write(f"{version.name}  {version.id}")
    write(f"Folder       {shown.folder}")
    show_funnel(version.funnel)
    counts("Examples", version.n_examples)
    counts("Left out", version.drops)
    for file in version.files:
        write(
            f"File         {file.path}  {counted(file.rows, 'row')}, "
            f"{counted(file.n_bytes, 'byte')}, {file.sha256[:_HASH]}"
        )
    for row in shown.rows:
        _show_row(row)
    marks = "* is trained on, + right, - wrong" if shown.rows else "no rows shown"
    why = "; why something is left out: --rejects REASON" if version.drops else ""
    hint(f"{marks}{why}; next: tracemill dataset export --to FOLDER", common)
    return EXIT_DONE


def _show_reach(name: str, common: Common) -> int:
    found = read_reach(common.open(), name)
    if not answer("reach", found, common, next_steps=["tracemill dataset recipes"]):
        write(f"{found.version}  {counted(found.n, 'example')}")
        for title, values in (("Ends in", found.positions), ("Window", found.windows)):
            write_parts(f"{title:<12} ", [f"{each} {n:,}" for each, n in values.items()])
    return EXIT_DONE


def _show_rejects(name: str, reason: str, n_rows: int, common: Common) -> int:
    shown = show_rejects(common.open(), name, reason, max(n_rows, _REJECTS))
    if answer("rejects", shown, common, next_steps=["tracemill explain ID"]):
        return EXIT_DONE
    if shown.meaning is not None:
        write(f"{shown.reason}: {shown.meaning}")
    for each in shown.rejects:
        steps = f"{each.trajectory_id} {_steps(each.first_step, each.last_step)}"
        write("  ".join(filter(None, (each.id, steps, each.detail))))
    hint(f"{len(shown.rejects):,} of {shown.total:,}; next: tracemill explain ID", common)
    return EXIT_DONE


def _steps(first: int, last: int) -> str:
    return f"step {first}" if first == last else f"steps {first}-{last}"


def _show_row(row: dict[str, Any]) -> None:
    write(f"\n{row['id']}  {', '.join(row['tags'])}")
    for name, mark in (("prompt", " "), ("chosen", "+"), ("rejected", "-")):
        for message in row.get(name, ()):
            _show_message(message, mark)
    for message in row.get("completion", ()):
        _show_message(message, "+" if row["label"] else "-")
    for step, is_right in zip(row.get("completions", ()), row.get("labels", ()), strict=True):
        for message in step:
            _show_message(message, "+" if is_right else "-")
    for message, trained in zip(row.get("messages", ()), row.get("trained", ()), strict=True):
        _show_message(message, "*" if trained else " ")
    if "verifier" in row:
        write(f"= {row['verifier']['check']:<9} {one_line(row['verifier']['command'], _WIDTH)}")


def _show_message(message: dict[str, Any], mark: str) -> None:
    calls = " ".join(f"→ {call['function']['name']}" for call in message.get("tool_calls", ()))
    said = one_line(message["content"], _WIDTH)
    write(f"{mark} {message['role']:<9} {calls}{' ' if calls and said else ''}{said}")


@Parameter(name="*")
@dataclass(frozen=True)
class Spread:
    """Where rows are looked at that are nearly the same."""

    workers: int = 1
    """Processes that look for rows which are nearly the same."""
    executor: str = "local"
    """Where they run: local or ray."""
    address: str | None = None
    """Address of a running Ray cluster."""

    def executor_in(self, scratch: Path) -> Executor | None:
        """Return what runs them apart; None where it is this process."""
        if self.workers <= 1 and self.executor == "local":
            return None
        return make_executor(self.executor, self.workers, scratch, self.address)


def audit_dataset(
    *files: Path,
    before: tuple[Path, ...] = (),
    against: tuple[Path, ...] = (),
    tools: Path | None = None,
    spread: Spread = Spread(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check anybody's dataset files: JSON Lines or JSON in any shape that trainers read.

    Splits are told by the names of the files. Nothing is kept, and nothing leaves this machine.

    Parameters
    ----------
    files
        Files, or folders that hold them.
    before
        Files of the version before, to compare with.
    against
        Files or folders of rows that models are judged on, of which nothing may stand in it.
    tools
        The tools that the model will have: a JSON array of names or schemas. What calls another
        one is found, whatever the rows declare.
    """
    with TemporaryDirectory() as scratch:
        where = spread.executor_in(Path(scratch))
        report = audit_files(files, before, against, where, tools=tools)
    if not answer("audit", report, common):
        counts("Rows", report.rows)
        show_checks(report.checks, common)
    return EXIT_NO if report.has_failed else EXIT_DONE
