"""`tracemill prompt list|history|diff`: texts that agents are given, version by version."""

from collections.abc import Iterator
from pathlib import Path

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.prompts.registry import (
    diff_prompt as read_difference,
)
from tracemill.flows.prompts.registry import (
    read_prompts,
    show_history,
    write_changelog,
    write_difference,
)
from tracemill.records.process.prompt_versions import PromptHistory, PromptVersion, TextKind

_NEXT = "tracemill prompt history NAME"
_ABSENT = "no prompts are held; name a repository that has some to `tracemill run`"


def list_prompt(
    *,
    kind: TextKind | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the texts that agents are given, the last changed first.

    Parameters
    ----------
    kind
        Only those of one kind; recipes have a list of their own, `recipe list`.
    """
    found = read_prompts(common.open(), kind)
    if listing.jsonl:
        write_lines(found.prompts)
    elif not answer("prompts", found, common, next_steps=[_NEXT]):
        show_histories(found.prompts, listing, common)
    return EXIT_DONE if found.prompts else EXIT_NOTHING


def show_histories(found: tuple[PromptHistory, ...], listing: Listing, common: Common) -> None:
    """Print texts as a table."""
    if not found:
        hint(_ABSENT, common)
        return
    shown = found[: listing.limit or None]
    columns = ("ID", "CHANGED", "KIND", "VERSIONS", "NEWEST", "PATH")
    left_out = print_table(columns, map(_cells, shown), ("KIND", "CHANGED"))
    hint(f"{len(shown)} of {len(found)}{no_room(left_out)}; next: {_NEXT}", common)


def _cells(told: PromptHistory) -> tuple[str, ...]:
    newest = f"{told.newest.name}{'  (deleted)' if told.is_gone else ''}"
    return (
        told.id, when(told.newest.since), told.kind, str(len(told.versions)),
        one_line(newest, 50), one_line(told.path, 80),
    )  # fmt: skip


def history_prompt(
    name: str | None = None,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the versions of one text, or print what changed in all of them as Markdown.

    Parameters
    ----------
    name
        Its id or how it begins, its role, or its path; all of them without it.
    """
    if name is None:
        found = read_prompts(common.open())
        if answer("prompts", found, common, next_steps=[_NEXT]):
            pass
        elif found.prompts:
            write(write_changelog(common.open()).rstrip())
        else:
            hint(_ABSENT, common)
        return EXIT_DONE if found.prompts else EXIT_NOTHING
    told = show_history(common.open(), name)
    if not answer("prompt-history", told, common, next_steps=[f"tracemill prompt diff {told.id}"]):
        write(f"{told.id}  {told.kind}  {told.path}")
        write(told.repository)
        rows = map(_version_cells, reversed(told.versions))
        print_table(("VERSION", "SINCE", "CHANGE", "LINES", "TOKENS", "BECAUSE"), rows, ("TOKENS",))
        hint(f"next: tracemill prompt diff {told.id}", common)
    return EXIT_DONE


def _version_cells(version: PromptVersion) -> tuple[str, ...]:
    change = f"as {version.restores}" if version.restores else version.change
    tokens = "" if version.n_tokens is None else f"{version.n_tokens:,}"
    return (
        version.name, when(version.since), change, f"+{version.n_added} -{version.n_removed}",
        tokens, one_line(version.because or "", 80),
    )  # fmt: skip


def diff_prompt(
    name: str,
    old: str | None = None,
    new: str | None = None,
    /,
    *,
    html: bool = False,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what differs between two versions of a text: the last two, unless others are named.

    Parameters
    ----------
    name
        Its id or how it begins, its role, or its path.
    old
        A version: its name, its number, or how its commit's hash begins.
    new
        Another version.
    html
        Write one page with both side by side.
    to
        A folder outside of the workspace for that page, which then passes the gate of exports.
    """
    workspace = common.open()
    found = read_difference(workspace, name, old, new)
    if html or to is not None:
        (path,) = write_difference(workspace, found, to)
        write(path)
        return EXIT_DONE
    if not answer("prompt-difference", found, common, next_steps=[_NEXT]):
        for line in _lines(found.unified):
            write(line)
        was = found.old.name if found.old else "nothing"
        hint(f"{was} to {found.new.name} in {found.prompt.path}", common)
    return EXIT_DONE


def _lines(unified: str) -> Iterator[str]:
    yield from unified.splitlines() or ["no line differs"]
