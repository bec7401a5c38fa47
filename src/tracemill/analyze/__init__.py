"""Analyze: what many commits, documents and sessions say together, in numbers.

In come records; out go counts and shares. Each function says its formula, knows nothing of a
store, and gives None where there is nothing to count: a share of nothing is not zero.
"""

from __future__ import annotations

from typing import Final

ANALYZE_VERSION: Final = 1
"""Raise it when the same records would give other numbers."""

__all__ = ["ANALYZE_VERSION"]
"""Everything else is imported from its own module."""
