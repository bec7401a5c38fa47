"""What a program does that stays, where a command ends: it gives back what it holds no more.

A page needs some megabytes for a moment. The allocator would keep them, one page's beside
another's, and the collector of a command waits long before it looks for cycles.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

from tracemill.web.pages import every_route

_MOST_ARENAS: Final = -8
"""What glibc calls `M_ARENA_MAX`."""
_BETWEEN_COLLECTIONS: Final = 3_000
"""New objects before the collector looks for cycles; each page leaves some."""


def take_from_one_place() -> None:
    """Let all threads take their memory from one place, where each would keep a place of its own.

    That is so with glibc. Pages are made by one thread at a time, whichever is free.
    """
    if sys.platform == "linux":
        limit = getattr(ctypes.CDLL(None), "mallopt", None)
        if limit is not None:
            limit(_MOST_ARENAS, 1)


def settle() -> None:
    """Import what the first page did without, and look for cycles in what comes from then on."""
    every_route()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_BETWEEN_COLLECTIONS)


def give_back() -> None:
    """Return to the system what a page has freed; before Arrow is there, that is little."""
    if "tracemill.store.arrow" in sys.modules:
        from tracemill.store import arrow

        arrow.give_back()
