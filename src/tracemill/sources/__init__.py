"""In: foreign formats become trajectories, steps and events.

A source is handed the lines of one input and yields records in the order in which they
stood. It never writes, never redacts and never guesses: what a format does not say is None.

To add a format: one module here with one class, one line in `SOURCES`, one folder of
fixtures under `tests/sources/`.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from tracemill.base.registry import Registry
from tracemill.sources.protocol import Source

SOURCES: Final = Registry[type[Source]](
    kind="source",
    builtin={
        "git": "tracemill.sources.git_history:GitHistory",
        "claude-code": "tracemill.sources.claude_code:ClaudeCode",
        "codex": "tracemill.sources.codex:Codex",
    },
)
"""Every source by name, in the order in which inputs are offered to them."""


@cache
def load_source(name: str) -> Source:
    """Return the source called `name`, made once for each process."""
    return SOURCES.load(name)()


__all__ = ["SOURCES", "Source", "load_source"]
