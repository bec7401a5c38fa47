"""`tracemill document`: specs, plans, decisions, prompts and their like, with their versions."""

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write
from tracemill.flows.held.rows import DocumentRow
from tracemill.records.events.documents import DocumentKind
from tracemill.records.events.event import IssueHeader

if TYPE_CHECKING:
    from tracemill.flows.held.shown import DocumentVersionRow

_WIDTH = 100
_SHOWN_VERSIONS = 10


def _cells(row: DocumentRow) -> tuple[str, ...]:
    stands = "deleted" if row.change == "deleted" else row.outcome or row.status or ""
    if row.open_issues is not None:
        stands = f"{row.open_issues} open"
    return (
        row.id, when(row.last_at), row.kind, str(row.versions), one_line(stands, 20),
        one_line(row.path, 60), one_line(row.title or "", 50),
    )  # fmt: skip


_SHAPE = Shape(
    "documents",
    ("ID", "LAST", "KIND", "VERSIONS", "STANDS", "PATH", "TITLE"),
    _cells,
    "tracemill document show ID",
    ("TITLE", "LAST", "STANDS"),
    "no documents are held; name a repository, or a folder of documents, to `tracemill run`",
)


def list_document(
    *,
    kind: DocumentKind | Literal["issue_header"] | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List documents, the last changed first.

    Parameters
    ----------
    kind
        Only those of one kind.
    """
    return show_list("document", DocumentRow, _SHAPE, listing, common, kind=kind)


def show_document(
    name: str,
    /,
    *,
    commit: Annotated[str | None, Parameter(name="--commit")] = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show a document: its versions, and what one of them says.

    Parameters
    ----------
    name
        Its id, or how it begins, or its path in its repository.
    commit
        Show the version that this commit made; the newest one unless given.
    """
    from tracemill.flows.held.shown import show_document as look

    shown = look(common.open(), name, commit)
    if answer("document", shown, common, next_steps=["tracemill document list"]):
        return EXIT_DONE
    row = shown.row
    write(f"{row.id}  {row.kind}  {row.path}")
    write(row.uri)
    for title, value in (("Title", row.title), ("Status", row.status), ("Branch", row.branch)):
        if value is not None:
            write(f"{title:<12} {one_line(value, _WIDTH)}")
    for label in shown.labels:
        write(f"Label        {label.name} = {label.value}  {label.reason}")
    for version in shown.versions[:_SHOWN_VERSIONS]:
        commit = (version.commit or "")[:12]
        changed = _changed(version)
        write(f"Version      {when(version.at)}  {version.change:<8}  {commit}{changed}".rstrip())
    if len(shown.versions) > _SHOWN_VERSIONS:
        hint(f"{counted(len(shown.versions), 'version')} in all: see --json", common)
    if shown.header is not None:
        _show_header(shown.header)
    for section in (shown.document and shown.document.sections) or ():
        write(f"\n{section.text.rstrip()}")
    return EXIT_DONE


def _changed(version: "DocumentVersionRow") -> str:
    """Return what a version changed in a header, in a few words."""
    counts = {
        "opened": version.opened,
        "resolved": version.resolved,
        "renumbered": version.renumbered,
    }
    said = [f"{name} {len(issues)}" for name, issues in counts.items() if issues]
    return f"  {', '.join(said)}" if said else ""


def _show_header(header: IssueHeader) -> None:
    write(f"Declared     {counted(header.declared_open, 'open issue')}")
    for issue in header.issues:
        stands = "open" if issue.is_open else issue.word or "done"
        write(f"{stands:<12} {one_line(issue.text, _WIDTH)}")
