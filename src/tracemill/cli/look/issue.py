"""`tracemill issue`: issues of forges and trackers, as they stood last."""

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, when, write
from tracemill.flows.held.rows import IssueRow

_WIDTH = 100


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
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List issues, those that changed last first.

    Parameters
    ----------
    state
        Only those that stand so: open, in_progress, closed, deleted or unknown.
    """
    return show_list("issue", IssueRow, _SHAPE, listing, common, state=state)


def show_issue(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show an issue, with what was said on it.

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
