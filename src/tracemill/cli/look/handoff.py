"""`tracemill handoff`: work left for a later session, and which one took it up."""

from typing import Final

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, counts, hint, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.handoffs import HandOffRow, check_handoffs, list_handoffs
from tracemill.flows.analysis.handoffs import show_handoff as look
from tracemill.records.work.handoffs import CheckedHandOff, HandOffKind
from tracemill.report.handoffs import HOW_KNOWN, WHY_UNKNOWN

_COLUMNS: Final = ("ID", "AT", "KIND", "LEFT", "NEXT", "HOW", "SURE", "FROM", "BEGINS")
_SPARE: Final = ("FROM", "LEFT", "AT", "KIND", "HOW")
_NEXT: Final = "tracemill handoff show ID"
_WIDTH: Final = 100


def list_handoff(
    *,
    kind: HandOffKind | None = None,
    unknown: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List hand-offs, newest first, with the session that took each up.

    Parameters
    ----------
    kind
        Only those of one kind.
    unknown
        Only those of which nobody knows for sure who went on.
    """
    limit = 0 if listing.jsonl else listing.limit
    found = list_handoffs(common.open(), limit, kind, is_unknown_only=unknown)
    if listing.jsonl:
        write_lines(found.rows)
    elif not answer("handoffs", found, common, next_steps=[_NEXT]):
        if found.rows:
            left_out = print_table(_COLUMNS, map(_cells, found.rows), _SPARE)
            ways = ", ".join(f"{name} {n:,}" for name, n in found.methods.items())
            shown = f"{len(found.rows):,} of {found.total:,}{no_room(left_out)}"
            hint(f"{shown}; taken up by: {ways}; next: {_NEXT}", common)
        else:
            hint("no session or document that is held says what is left to do", common)
    return EXIT_DONE if found.rows else EXIT_NOTHING


def _cells(row: HandOffRow) -> tuple[str, ...]:
    return (
        row.id, when(row.at), row.kind.replace("_", " "), str(row.items),
        row.next_session or "unknown", (row.method or row.why_unknown or "").replace("_", " "),
        "" if row.sure is None else f"{row.sure:.2f}", one_line(row.source, 50),
        one_line(row.opening, 70),
    )  # fmt: skip


def show_handoff(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show a hand-off: its words, what is left, and who took it up.

    Parameters
    ----------
    name
        Its id, or how it begins.
    """
    shown = look(common.open(), name)
    taken = shown.taken_up
    following = [f"tracemill session show {taken.trajectory_id}"] if taken else []
    if answer("handoff", shown, common, next_steps=following):
        return EXIT_DONE
    write(f"{shown.id}  {shown.kind}  {when(shown.at)}  ({shown.confidence:.2f})")
    write(f"From         {shown.path or shown.source.name}")
    if taken is not None:
        how = HOW_KNOWN[taken.method]
        write(f"Taken up     {taken.trajectory_id}  ({taken.confidence:.2f}): {how}")
    elif shown.why_unknown is not None:
        write(f"Taken up     unknown: {WHY_UNKNOWN[shown.why_unknown]}")
    for item in shown.items:
        write(f"{'Done' if item.is_done else 'Left':<12} {one_line(item.text, _WIDTH)}")
    for path in shown.files:
        write(f"File         {one_line(path, _WIDTH)}")
    for command in shown.commands:
        write(f"Command      {one_line(command, _WIDTH)}")
    for part in shown.parts:
        write(f"\n{shown.text[part.start : part.end].strip()}")
    return EXIT_DONE


def check_handoff(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show how much of each hand-off the next session had to ask for again.

    Only hand-offs of which the next session is known for sure are looked at.
    """
    found = check_handoffs(common.open())
    if listing.jsonl:
        write_lines(found.checked)
    elif not answer("handoff-check", found, common, next_steps=[_NEXT]):
        known = f"{found.n_known:,} with a next session that is known"
        write(f"Hand-offs    {found.n_handoffs:,}, {known}")
        for kind, fates in found.facts.items():
            told = {name.replace("_", " "): n for name, n in fates.items()}
            counts(f"{kind.capitalize()}s", told)
        share = "unknown" if found.asked_again is None else f"{found.asked_again:.1%}"
        n_sought = sum(each["used"] + each["asked_again"] for each in found.facts.values())
        sought = f"the files and commands that were used or asked for, {n_sought:,} in all"
        write(f"Asked again  {share} of {sought}")
        told_before = f"{found.n_told:,} of them answered by the hand-off"
        write(f"Questions    {found.n_questions:,} to people, {told_before}")
        for each in found.checked[: listing.limit or None]:
            _show_again(each)
    return EXIT_DONE if found.n_known else EXIT_NOTHING


def _show_again(checked: CheckedHandOff) -> None:
    again = [(f.step, f"looked for {f.text}") for f in checked.facts if f.fate == "asked_again"]
    again += [(q.step, f"asked: {q.text}") for q in checked.questions if q.told is not None]
    for step, said in again:
        place = f"{checked.trajectory_id}#{step}"
        write(f"  {place}  {one_line(said, _WIDTH)}; told by {checked.handoff_id}")
