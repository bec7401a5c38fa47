"""What a tool printed, without what agents put before it."""

from __future__ import annotations

import re
from typing import Final

SAYS_NOTHING: Final = re.compile(
    r"^(?:Error: )?(?:Exit code:? \d+|Process exited with code \d+|Command failed.*|Chunk ID: .*|"
    r"Wall time: .*|Original token count: .*|Total output lines: .*|Output:|.*ERROR task failed.*|"
    r"Process Group PGID: .*|EXECUTION RESULT of \[\w+\]:|"
    r"\[(?:The command completed|Command finished) with exit code \d+\.?\]|"
    r"\[(?:Current working directory|Python interpreter): .*)$"
)
"""Lines that tell how a tool was run, and nothing of what it printed."""


def printed(text: str) -> str:
    """Return what a tool printed, from its first line that says something of it.

    Some agents put lines before it that tell how the tool was run: its exit code, its time.
    """
    rest = text
    while rest:
        line, _, behind = rest.partition("\n")
        if line.strip() and not SAYS_NOTHING.match(line.strip()):
            return rest
        rest = behind
    return ""
