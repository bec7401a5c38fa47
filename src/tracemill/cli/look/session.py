"""`tracemill session`: list and read sessions, and hand them to other tools."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import structs

from tracemill.base.text import counted, one_line, printable_json
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.held.lookup import SessionCopy, show_trajectory
from tracemill.flows.results import SessionRow
from tracemill.flows.views.session_export import export_session as write_session
from tracemill.flows.views.session_export import session_document
from tracemill.flows.views.value_flows import decisions_of, fields_of, flows_of
from tracemill.records.sessions.accessed_fields import AccessedField
from tracemill.records.sessions.decision_points import DecisionPoint
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import Step
from tracemill.records.sessions.value_flows import ValueFlow
from tracemill.records.work.episodes import Outcome

_TEXT_WIDTH = 2_000
_PART_WIDTH = 40


def _cells(row: SessionRow) -> tuple[str, ...]:
    agent = f"{row.agent} (subagent)" if row.is_subagent else row.agent
    tokens = f"{row.output_tokens:,}" if row.output_tokens is not None else "unknown"
    errors = "unknown" if row.tool_errors is None else str(row.tool_errors)
    return (
        row.id, when(row.started), agent, row.outcome, str(row.user_steps), str(row.tool_calls),
        errors, tokens, one_line(row.title or "", 50),
    )  # fmt: skip


_SHAPE = Shape(
    "sessions",
    ("ID", "STARTED", "AGENT", "OUTCOME", "USER", "CALLS", "ERRORS", "OUT TOKENS", "TITLE"),
    _cells,
    "tracemill session show ID",
    ("OUT TOKENS", "USER", "CALLS", "ERRORS", "AGENT"),
    "no sessions are held; name a folder of them to `tracemill run`",
)


def list_session(
    *,
    outcome: Outcome | None = None,
    agent: str | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List sessions, newest first.

    Parameters
    ----------
    outcome
        Only those that ended so.
    agent
        Only those of one agent, for example `codex`.
    """
    return show_list("session", SessionRow, _SHAPE, listing, common, outcome=outcome, agent=agent)


def show_session(
    name: str,
    /,
    *,
    full: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show a session, step by step, as it was redacted.

    Parameters
    ----------
    name
        Its id, the source's own session id, or how one of them begins.
    full
        Show long texts whole.
    """
    workspace = common.open()
    shown = show_trajectory(workspace, name)
    if answer("session", shown, common, next_steps=[f"tracemill explain {shown.row.id}"]):
        return EXIT_DONE
    _show_header(shown.row)
    for copy in shown.copies:
        write(_said_of(copy))
    from tracemill.flows.reviews.marks import marks_of

    marks = marks_of(workspace, shown.row.id)
    reactions: defaultdict[int, list[Reaction]] = defaultdict(list)
    for reaction in shown.reactions:
        reactions[reaction.step].append(reaction)
    for step in shown.steps:
        is_undone = any(branch.holds(step.index) for branch in shown.undone)
        _show_step(step, is_undone=is_undone, width=0 if full else _TEXT_WIDTH)
        for reaction in reactions[step.index]:
            doubt = "" if reaction.is_sure else "perhaps "
            write(f"  ↳ {doubt}{reaction.kind} {reaction.strength:+.1f}, by rule {reaction.rule}")
        for mark in marks.get(step.index, ()):
            write(f"  ↳ {'right' if mark.is_right else 'wrong'}, says {mark.reviewer}")
    return EXIT_DONE


def flow_session(
    name: str,
    /,
    *,
    carried: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show which earlier result, or person's words, the values in a session's calls came from.

    Parameters
    ----------
    name
        Its id, the source's own session id, or how one of them begins.
    carried
        Only values from before the request that is worked on, as where a person says "those files".
    """
    found = flows_of(common.open(), name)
    flows = [flow for flow in found.flows if flow.n_turns or not carried]
    if listing.jsonl:
        write_lines(flows)
    elif not answer("session-flow", structs.replace(found, flows=tuple(flows)), common):
        shown = flows[: listing.limit or None]
        _table(("STEP", "ARGUMENT", "FROM STEP", "TURNS", "VALUE"), map(_flow_cells, shown))
        told = found.n_from_results + found.n_from_person
        n_undone = found.n_undone_steps
        hint(
            f"{len(shown):,} of {len(flows):,}; of {counted(found.n_values, 'value')} "
            f"{told:,} came from before, {found.n_carried:,} of them from an earlier request"
            + (f"; {counted(n_undone, 'undone step')} left out" if n_undone else "")
            + (f"; {found.n_unheld:,} were too many to follow" if found.n_unheld else ""),
            common,
        )
    return EXIT_DONE if flows else EXIT_NOTHING


def _failed(n: int | None) -> str:
    return ", of which nothing says how they ended" if n is None else f", {n:,} failed"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; where there are no rows, what is hinted says so, and no heads stand alone."""
    if found := list(rows):
        print_table(columns, found)


def _flow_cells(flow: ValueFlow) -> tuple[str, ...]:
    used, source = flow.use, flow.source
    return (
        str(used.step), one_line(f"{used.tool or ''} {used.argument or ''}", 40),
        one_line(f"{source.step} {source.tool or source.part}", 30), str(flow.n_turns),
        one_line(flow.value, 80),
    )  # fmt: skip


def fields_session(
    name: str,
    /,
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show which fields of results the Python in a session's calls reads, tests and loops over.

    Parameters
    ----------
    name
        Its id, the source's own session id, or how one of them begins.
    """
    found = fields_of(common.open(), name)
    if listing.jsonl:
        write_lines(found.fields)
    elif not answer("session-fields", found, common):
        shown = found.fields[: listing.limit or None]
        columns = ("CALL", "FIELD", "READS", "TESTS", "FULL", "LIMITED", "FILTERED", "GROUPED")
        _table(columns, map(_field_cells, shown))
        hint(
            f"{len(shown):,} of {len(found.fields):,}; of {counted(found.n_codes, 'piece')} of "
            f"code {found.n_reading:,} read fields, {found.n_unparsed:,} do not parse",
            common,
        )
    return EXIT_DONE if found.fields else EXIT_NOTHING


def _field_cells(row: AccessedField) -> tuple[str, ...]:
    limits = ", ".join(map(str, row.limits))
    return (
        one_line(row.call, 40), one_line(row.field or "(itself)", 60), f"{row.n_reads:,}",
        f"{row.n_tests:,}", f"{row.n_full:,}",
        f"{row.n_limited:,} (to {limits})" if limits else f"{row.n_limited:,}",
        f"{row.n_filtered:,}", f"{row.n_grouped:,}",
    )  # fmt: skip


def decisions_session(
    name: str,
    /,
    *,
    offered: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show which result decided what was called next, and what shows it.

    Parameters
    ----------
    name
        Its id, the source's own session id, or how one of them begins.
    offered
        Only what the agent offered or asked, and the person agreed to.
    """
    found = decisions_of(common.open(), name)
    points = [point for point in found.points if point.offer or not offered]
    if listing.jsonl:
        write_lines(points)
    elif not answer("session-decisions", structs.replace(found, points=tuple(points)), common):
        shown = points[: listing.limit or None]
        columns = ("STEP", "SAW", "SHOWN BY", "WHAT OF IT", "THEN", "AGREED", "AS IT SAID")
        _table(columns, _decision_rows(shown))
        told = found.n_transitions - found.n_unshown
        hint(
            f"{len(shown):,} of {len(points):,}; of {counted(found.n_transitions, 'call')} behind "
            f"a result {told:,} show which decided; {counted(found.n_offers, 'offer')} agreed to",
            common,
        )
    return EXIT_DONE if points else EXIT_NOTHING


def _decision_rows(points: Iterable[DecisionPoint]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each result and what it led to; like calls made at once are one."""
    for cells, n in Counter(map(_decision_cells, points)).items():
        times = f", {n} times" if n > 1 else ""
        *before, then, agreed, said = cells
        yield *before, then + times, agreed, said


def _decision_cells(point: DecisionPoint) -> tuple[str, ...]:
    saw, offer = point.deciding, point.offer
    mark = " (failed)" if saw.status == "error" else ""
    part = ", ".join(saw.fields) or saw.value or ""
    part = part if len(part) <= _PART_WIDTH else f"…{part[1 - _PART_WIDTH :]}"
    then = dict.fromkeys(call.action for call in point.chosen)
    return (
        str(point.chosen[0].step if point.chosen else saw.step),
        one_line(f"{saw.step} {saw.action}{mark}", 30), point.basis, one_line(part, _PART_WIDTH),
        one_line(", ".join(then), 30), "" if offer is None else str(offer.answered),
        one_line(point.condition or "", 80),
    )  # fmt: skip


def export_session(
    name: str,
    /,
    *,
    format: str = "atif",  # noqa: A002 - the option's name
    to: Path | None = None,
    reviewer: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write a session, with its subagents, as a document that other tools read.

    Parameters
    ----------
    name
        Its id, the source's own session id, or how one of them begins.
    format
        The document's format: atif is the Agent Trajectory Interchange Format, adp the Agent Data
        Protocol, sts what the trace viewer of the Hugging Face Hub shows, turns one line with each
        request, what came of it, and how the person took it, and dialogue a text that ends with
        the outcome and the quality.
    to
        The new file; without it, the document is printed.
    reviewer
        Who has looked at it; the name stands in the receipt beside the file.
    """
    if to is None:
        sys.stdout.write(printable_json(session_document(common.open(), name, format).decode()))
        return EXIT_DONE
    written = write_session(common.open(), name, format, to, reviewer)
    if not answer("session-export", written, common):
        write(f"{written.path}  {written.format}, {written.n_bytes:,} bytes")
    return EXIT_DONE


def _show_header(row: SessionRow) -> None:
    """Show what is known of the whole session; what is not known is left out."""
    write(f"{row.id}  {row.agent}  {row.model or 'unknown model'}  {row.outcome}")
    write(row.uri)
    if row.title:
        write(one_line(row.title, 100))
    ended = f" to {row.ended:%Y-%m-%d %H:%M}" if row.ended else ""
    where = [f"branch {row.branch}" if row.branch else None, row.cwd]
    write(" · ".join(filter(None, [f"{when(row.started)}{ended}", *where])))
    spent = [
        f"{n:,} tokens {way}"
        for n, way in ((row.input_tokens, "read fresh"), (row.output_tokens, "written"))
        if n is not None
    ]
    did = [
        counted(row.steps, "step"),
        counted(row.user_steps, "prompt"),
        counted(row.tool_calls, "call") + _failed(row.tool_errors),
    ]
    write(" · ".join([*did, *spent]))
    if row.parent_id:
        write(f"a subagent of {row.parent_id}")


def _said_of(copy: SessionCopy) -> str:
    what = counted(copy.n_steps, "step")
    if copy.n_alike == copy.n_steps:
        return f"also in {copy.uri}: {what} of these"
    return f"also in {copy.uri}: {what}, OTHERS than these from step {copy.n_alike} on"


def _show_step(step: Step, *, is_undone: bool, width: int) -> None:
    moment = f" {step.at:%H:%M:%S}" if step.at else ""
    marks = {
        "undone": is_undone,
        "replayed": step.is_replayed,
        "an error of the program": step.is_error,
    }
    said = "".join(f" ({mark})" for mark, holds in marks.items() if holds)
    write(f"\n[{step.index}] {step.speaker}{moment}{said}")
    if step.reasoning:
        write(f"  thought: {one_line(step.reasoning, 160)}")
    if step.text:
        write(_cut(step.text, width))
    for call in step.calls:
        write(f"  → {call.name} {one_line(str(call.arguments), 160)}")
    for result in step.results:
        code = "" if result.exit_code is None else f" {result.exit_code}"
        write(f"  ← {result.status}{code} {one_line(result.content, 160)}")
        if result.feedback:
            write(f"    the person said: {one_line(result.feedback, 160)}")


def _cut(text: str, width: int) -> str:
    if not width or len(text) <= width:
        return text
    return f"{text[:width]}\n… {len(text) - width:,} characters more (--full)"
