"""What `tracemill status` prints: what is kept, and what to do next."""

from typing import Final

from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.funnel import show_funnel
from tracemill.cli.shared.output import Manner, answer, counts, hint, write
from tracemill.flows.held.lookup import read_status
from tracemill.flows.results import StoreCounts

_SHOWN_REASONS: Final = 8


def show_standing(common: Manner) -> int:
    """Show what is kept, and what to do next. Read-only."""
    result = read_status(common.open())
    is_current = result.exists and result.is_derived and not result.is_outdated
    follows = following(result.store) if is_current else "tracemill run"
    if answer("status", result, common, next_steps=[follows]):
        return EXIT_DONE
    if not result.exists:
        write(f"Nothing is kept in {result.workspace} yet.")
    else:
        write(f"Workspace    {result.workspace}")
        write(
            f"Synced       {result.synced:%Y-%m-%d %H:%M UTC}"
            if result.synced
            else "Synced       never"
        )
        if not result.is_derived:
            write("Behind       what was synced last is not among these yet")
        if result.is_outdated:
            write("Outdated     made by rules of another version; what is new in these is unknown")
        show_store(result.store)
        if result.erased:
            write(f"Erased       {counted(result.erased, 'subject')}, refused when read again")
        write(f"Dataset      {result.dataset or 'none yet'}")
    hint(f"next: {follows}", common)
    return EXIT_DONE


def show_store(store: StoreCounts) -> None:
    """Print what is held, what was made of it, and what was left out on the way."""
    subagents = f" and {counted(store.subagents, 'subagent')}" if store.subagents else ""
    history = f"{counted(store.steps, 'step')}, {counted(store.commits, 'commit')}"
    write(f"Sessions     {store.sessions:,}{subagents}, {history}")
    counts("Copies", store.copies)
    counts("Documents", store.documents)
    counts("Forge", store.forge)
    counts("Reports", store.reports)
    counts("Redacted", store.findings)
    counts("Links", store.links)
    counts("Episodes", store.episodes)
    counts("Gates", store.gates)
    _show_tests(store)
    show_funnel(store.funnel)
    counts("Examples", store.examples)
    counts("Left out", store.drops, most=_SHOWN_REASONS)
    if store.quarantined:
        write(f"Quarantined  {counted(store.quarantined, 'line')} that could not be read")


def _show_tests(store: StoreCounts) -> None:
    if store.fixed_tests:
        write(f"Fixed        {counted(store.fixed_tests, 'test')} that failed before")
    if store.flaky_tests:
        write(f"Flaky        {counted(store.flaky_tests, 'test')} that failed and passed as it was")


def following(store: StoreCounts) -> str:
    """Return the command that shows something of what is held."""
    if store.episodes:
        return "tracemill episode list"
    if store.sessions:
        return "tracemill session list"
    if store.gates:
        return "tracemill gate list"
    if store.documents:
        return "tracemill document list"
    return "tracemill data reports --to FOLDER" if store.reports else "tracemill doctor"
