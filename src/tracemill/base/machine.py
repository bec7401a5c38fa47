"""What this process has of its machine, on Linux and on macOS."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Mapping
from typing import Final

_UNITS: Final[Mapping[str, int]] = {"linux": 1024}
"""Bytes of what the system counts memory in; elsewhere it counts bytes."""


def n_cores() -> int:
    """Return how many processor cores this process may use; macOS tells only how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_bytes() -> int:
    """Return the most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * _UNITS.get(sys.platform, 1)
