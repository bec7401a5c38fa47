"""`tracemill capture`: agents tell us when a session changes, by a hook in their settings."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.clock import now
from tracemill.base.text import sized
from tracemill.cli.shared.confirming import require_yes
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.flows.machine.hooking import (
    Edit,
    carry_out,
    plan_install,
    plan_uninstall,
    read_capture_status,
)


def install_capture(
    agent: str,
    /,
    *,
    yes: Annotated[bool, Parameter(alias="-y")] = False,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let an agent tell us when a session begins, pauses or ends.

    Parameters
    ----------
    agent
        claude or codex.
    yes
        Write without asking.
    dry_run
        Only show what would change.
    """
    edit = plan_install(common.open(), agent, Path.home(), dict(os.environ))
    return _settle(edit, common, is_agreed=yes, dry_run=dry_run)


def uninstall_capture(
    agent: str,
    /,
    *,
    yes: Annotated[bool, Parameter(alias="-y")] = False,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Take our hooks out of an agent's settings; others stay as they are.

    Parameters
    ----------
    agent
        claude or codex.
    yes
        Write without asking.
    dry_run
        Only show what would change.
    """
    edit = plan_uninstall(agent, Path.home(), dict(os.environ))
    return _settle(edit, common, is_agreed=yes, dry_run=dry_run)


def status_capture(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show which agents report their sessions, and what waits to be read."""
    result = read_capture_status(common.open(), Path.home(), dict(os.environ))
    if answer("capture", result, common, next_steps=["tracemill capture install claude"]):
        return EXIT_DONE
    for agent in result.agents:
        state = "not installed" if not agent.events else f"told at {', '.join(agent.events)}"
        if agent.events and agent.missing:
            state += f"; not yet at {', '.join(agent.missing)}: install again"
        if agent.is_runnable is False:
            state += "; its Python is gone: install again"
        write(f"{agent.agent:<13}{state}")
    write(f"{'inbox':<13}{sized(result.n_bytes)} wait in {result.inbox}")
    counts("dropped", result.dropped)
    return EXIT_DONE


def _settle(edit: Edit, common: Common, *, is_agreed: bool, dry_run: bool) -> int:
    """Show an edit, ask where nobody has agreed yet, and write it."""
    if not common.json:
        write(edit.change.diff or f"{edit.change.settings} stays as it is.")
    if edit.after is not None and not (is_agreed or dry_run):
        require_yes(lambda: None, "Write this?", "nothing was written", common)
    change = edit.change if dry_run else carry_out(edit, now())
    if not answer("hooks", change, common):
        if change.is_written and change.advice:
            hint(change.advice, common)
        if change.backup:
            hint(f"what stood there before: {change.backup}", common)
    return EXIT_DONE
