"""SWE-agent's words: a command as a call, and how what came back tells of one that was refused.

Its own runs hold them, and so do data sets of such runs.
"""

from __future__ import annotations

from typing import Final

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.role_steps import Outcome

SHELL: Final = "bash"
"""What a command goes to that names no tool."""
_REFUSALS: Final = (
    "Your proposed edit has introduced new syntax error(s)",
    "Your bash command contained syntax errors and was NOT executed",
    "Interactive operation '",
    "The command '",
    "EXECUTION TIMED OUT",
    "EXECUTION FAILED",
    "COMMAND FAILED TO EXECUTE",
)
"""How what SWE-agent says begins when it refuses a command, stops it or loses its shell."""
_STOPPED: Final = "was cancelled because it took more than"


def shell_call(action: str, line: Line, step: int | None = None) -> tuple[ToolCall, ...]:
    """Return the call of a command; a blank one was none.

    Its line names it, and its step too where several stand on one line.
    """
    if not action.strip():
        return ()
    call_id = f"action-{line.start}" if step is None else f"action-{line.start}-{step}"
    return (ToolCall(id=call_id, name=SHELL, arguments={"command": action}),)


def outcome_of(observation: str) -> Outcome:
    """Return how a command ended: that SWE-agent refused or stopped it is an error."""
    if not observation.startswith(_REFUSALS):
        return Outcome()
    is_quoted = observation.startswith("The command '")
    return Outcome() if is_quoted and _STOPPED not in observation else Outcome("error")
