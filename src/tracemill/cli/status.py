"""`tracemill status`: what there is, and what to do next."""

from tracemill.base.text import counted
from tracemill.cli.exits import EXIT_DONE
from tracemill.cli.output import Common, answer, counts, hint, write
from tracemill.flows.lookup import read_status


def status(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Say what is kept, and what to do next. Changes nothing."""
    result = read_status(common.open())
    following = "tracemill run" if not result.exists else "tracemill episode list"
    if answer("status", result, common, next_steps=[following]):
        return EXIT_DONE
    if not result.exists:
        write(f"Nothing is kept in {result.workspace} yet.")
    else:
        store = result.store
        write(f"Workspace    {result.workspace}")
        write(
            f"Synced       {result.synced:%Y-%m-%d %H:%M UTC}"
            if result.synced
            else "Synced       never"
        )
        subagents = counted(store.subagents, "subagent")
        write(f"Sessions     {store.sessions:,} and {subagents}, {store.steps:,} steps")
        counts("Episodes", store.episodes)
        counts("Gates", store.gates)
        counts("Examples", store.examples)
        counts("Redacted", store.findings)
        write(f"Dataset      {result.dataset or 'none yet'}")
    hint(f"next: {following}", common)
    return EXIT_DONE
