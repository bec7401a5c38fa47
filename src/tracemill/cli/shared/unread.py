"""What could not be read, place by place, as every command that reads says it."""

from typing import Final

from tracemill.cli.shared.output import Manner, hint
from tracemill.flows.results import RunResult

_SHOWN: Final = 20


def hint_unread(result: RunResult, common: Manner) -> None:
    """Say where lines and whole inputs could not be read, and why: the first of each."""
    for line in result.unread[:_SHOWN]:
        place = f"{line.origin.uri}, bytes {line.span.start:,} to {line.span.end:,}"
        hint(f"not read: {place}: {line.reason}: {line.detail}", common)
    if len(result.unread) > _SHOWN:
        hint("… and more lines: see --json", common)
    for failure in result.failures[:_SHOWN]:
        hint(f"not read: {failure.uri}: {failure.reason}: {failure.detail}", common)
    if len(result.failures) > _SHOWN:
        hint(f"… and {len(result.failures) - _SHOWN} more inputs: see --json", common)
