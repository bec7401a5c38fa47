"""`tracemill release`: what each release brought, out of the tags of the repositories."""

from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, lines_changed, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.views.releases import read_releases
from tracemill.flows.views.releases import show_release as look
from tracemill.records.work.releases import Release

_WIDTH = 100
_MOST_SHOWN = 30
_NEXT = "tracemill release show TAG"


def list_release(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List releases, the newest first."""
    found = read_releases(common.open())
    if listing.jsonl:
        write_lines(found.releases)
    elif not answer("releases", found, common, next_steps=[_NEXT]):
        shown = found.releases[: listing.limit or None]
        if shown:
            columns = ("ID", "AT", "TAG", "COMMITS", "FILES", "LINES", "REPOSITORY")
            left_out = print_table(columns, map(_cells, shown), ("FILES", "LINES"))
            hint(f"{len(shown)} of {len(found.releases)}{no_room(left_out)}; next: {_NEXT}", common)
        else:
            hint("no tags are held; name a repository that has some to `tracemill run`", common)
    return EXIT_DONE if found.releases else EXIT_NOTHING


def _cells(release: Release) -> tuple[str, ...]:
    return (
        release.id, when(release.at), one_line(" ".join(release.tags), 30),
        f"{len(release.commits):,}", f"{release.n_files:,}",
        lines_changed(release.added, release.deleted), release.repository,
    )  # fmt: skip


def show_release(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show what a release brought: its commits, who made them, and the documents that they changed.

    Parameters
    ----------
    name
        A tag, or its id or how it begins.
    """
    shown = look(common.open(), name)
    if answer("release", shown, common, next_steps=["tracemill release list"]):
        return EXIT_DONE
    release = shown.release
    write(f"{release.id}  {' '.join(release.tags)}  {when(release.at)}")
    write(release.repository)
    write(f"Follows      {', '.join(release.before) or 'none'}")
    lines = lines_changed(release.added, release.deleted, release.n_uncounted)
    changed = ", ".join(filter(None, (counted(release.n_files, "file"), lines)))
    write(f"Changed      {changed} in {counted(len(release.commits), 'commit')}")
    for path in release.documents[:_MOST_SHOWN]:
        write(f"Document     {one_line(path, _WIDTH)}")
    for session in shown.sessions[:_MOST_SHOWN]:
        made = counted(session.n_commits, "commit")
        write(f"Session      {session.trajectory_id}  {made}, {session.confidence:.2f} sure")
    for commit in shown.commits[:_MOST_SHOWN]:
        write(f"Commit       {commit.sha[:12]}  {one_line(commit.subject, _WIDTH)}")
    hidden = len(shown.commits) - _MOST_SHOWN
    if hidden > 0:
        hint(f"{counted(hidden, 'commit')} more: see --json", common)
    return EXIT_DONE
