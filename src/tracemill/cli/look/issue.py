"""`tracemill issue`: issues of forges and trackers, as they stood last."""

from tracemill.base.errors import UsageError
from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.complaints import heard_issues
from tracemill.flows.held.rows import IssueRow
from tracemill.records.process.heard_issues import HeardIssue

_WIDTH = 100
_HEARD = ("SESSION", "STEP", "SAID OF", "NAMES", "CALLED", "SAYS")
_SPARE = ("SAID OF", "CALLED")
_MOST_NAMED = 5


def _cells(row: IssueRow) -> tuple[str, ...]:
    behind = "left behind" if row.rolled_up is False else ""
    return (
        row.id, when(row.at), row.state, row.issue_type or "", one_line(row.name, 40),
        str(row.comments), str(row.parts), behind, one_line(row.title or "", 60),
    )  # fmt: skip


_SHAPE = Shape(
    "issues",
    ("ID", "LAST", "STATE", "TYPE", "NAME", "COMMENTS", "PARTS", "ROLLED UP", "TITLE"),
    _cells,
    "tracemill issue show ID",
    ("COMMENTS", "PARTS", "ROLLED UP", "LAST", "TYPE"),
    "no issues are held; name what a forge or tracker tells of them to `tracemill run`",
)


def list_issue(
    *,
    state: str | None = None,
    heard: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List issues, the last changed first.

    Parameters
    ----------
    state
        Only those that stand so: open, in_progress, closed, deleted or unknown.
    heard
        List instead what people told an agent to be broken, missing or wrong, which nobody filed.
    """
    if heard:
        if state is not None:
            raise UsageError(
                "expected --state or --heard, found both: what nobody filed has no state"
            )
        return _list_heard(listing, common)
    return show_list("issue", IssueRow, _SHAPE, listing, common, state=state)


def _list_heard(listing: Listing, common: Common) -> int:
    found = heard_issues(common.open(), 0 if listing.jsonl else listing.limit)
    if listing.jsonl:
        write_lines(found.rows)
    elif not answer("heard-issues", found, common, next_steps=["tracemill session show SESSION"]):
        left_out = print_table(_HEARD, map(_heard_cells, found.rows), _SPARE) if found.rows else []
        named = ", ".join(f"{tool} {n:,}" for tool, n in list(found.tools.items())[:_MOST_NAMED])
        hint(
            f"{len(found.rows):,} of {found.total:,}{no_room(left_out)}, in "
            f"{counted(found.n_turns, 'turn')} with calls; by name: {named or 'none'}; "
            "next: tracemill session show SESSION",
            common,
        )
    return EXIT_DONE if found.rows else EXIT_NOTHING


def _heard_cells(row: HeardIssue) -> tuple[str, ...]:
    return (
        row.trajectory_id, str(row.step), when(row.at), row.tool or "",
        one_line(", ".join(row.called), 30), one_line(row.title, _WIDTH),
    )  # fmt: skip


def show_issue(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show an issue with its comments.

    Parameters
    ----------
    name
        Its id, or how it begins, or its number or name in its tracker.
    """
    from tracemill.cli.look.comments import show_comments
    from tracemill.flows.held.shown import show_issue as look

    shown = look(common.open(), name)
    if answer("issue", shown, common, next_steps=["tracemill issue list"]):
        return EXIT_DONE
    row, issue = shown.row, shown.issue
    home = f"{row.repository}#{row.name}" if row.repository else row.name
    write(f"{row.id}  {row.tracker}  {home}  {row.state}")
    write(row.uri)
    write(f"Title        {one_line(issue.title or 'unknown', _WIDTH)}")
    for link in issue.links:
        write(f"Link         {link.relation or 'depends on'} {link.issue}")
    for label in shown.labels:
        write(f"Label        {label.name} = {label.value}  {label.reason}")
    if issue.close_reason:
        write(f"Closed as    {one_line(issue.close_reason, _WIDTH)}")
    for text in filter(None, (issue.body, issue.acceptance, issue.notes)):
        write(f"\n{text.rstrip()}")
    show_comments(shown.comments)
    return EXIT_DONE
