"""`tracemill pr`: pull requests with their reviews and comments."""

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, lines_changed, when, write
from tracemill.flows.held.rows import PullRequestRow

_WIDTH = 100


def _cells(row: PullRequestRow) -> tuple[str, ...]:
    reviews = f"{row.approvals} yes, {row.changes_requested} no" if row.reviews else ""
    changed = lines_changed(row.added, row.deleted)
    return (
        row.id, when(row.at), row.state, f"{row.repository or ''}#{row.number}", reviews,
        str(row.comments), changed, row.head_branch or "", one_line(row.title or "", 60),
    )  # fmt: skip


_SHAPE = Shape(
    "prs",
    ("ID", "LAST", "STATE", "NAME", "REVIEWS", "COMMENTS", "LINES", "BRANCH", "TITLE"),
    _cells,
    "tracemill pr show ID",
    ("LINES", "BRANCH", "COMMENTS", "LAST"),
    "no pull requests are held; name what GitHub tells of them to `tracemill run`",
)


def list_pr(
    *,
    state: str | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List pull requests, the last changed first.

    Parameters
    ----------
    state
        Only those that stand so: open, merged, closed or unknown.
    """
    return show_list("pr", PullRequestRow, _SHAPE, listing, common, state=state)


def show_pr(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show a pull request with its reviews and comments.

    Parameters
    ----------
    name
        Its id, or how it begins, or its number, or `owner/name#number`.
    """
    from tracemill.cli.look.comments import show_comments, who
    from tracemill.flows.held.shown import show_pull_request

    shown = show_pull_request(common.open(), name)
    if answer("pr", shown, common, next_steps=["tracemill pr list"]):
        return EXIT_DONE
    row, pull = shown.row, shown.pull_request
    write(f"{row.id}  {row.repository or ''}#{row.number}  {row.state}")
    write(row.uri)
    said = {
        "Title": pull.title,
        "Author": who(pull.author),
        "Branch": f"{pull.head_branch or 'unknown'} into {pull.base_branch or 'unknown'}",
        "Commit": pull.merge_commit or pull.head_commit,
        "Created": f"{pull.created:%Y-%m-%d %H:%M}" if pull.created else None,
        "Merged": f"{pull.merged:%Y-%m-%d %H:%M}" if pull.merged else None,
    }
    for title, value in said.items():
        if value is not None:
            write(f"{title:<12} {one_line(value, _WIDTH)}")
    for review in shown.reviews:
        text = one_line(review.text or "", _WIDTH)
        write(
            f"Review       {when(review.at)}  {review.state}  {who(review.author)}  {text}".rstrip()
        )
    if pull.body:
        write(f"\n{pull.body.rstrip()}")
    show_comments(shown.comments)
    return EXIT_DONE
