"""Curate: episodes become training examples, and what is left out is named and counted.

In come an episode with its outcome, a trajectory with its activity, and its steps as a stream;
out go examples and `Drop`s. To add a builder: one module here that yields both for a window of
turns, one line in `builders`, one record type in `records.examples` where none fits, cases under
`tests/curate/`.
"""

from __future__ import annotations

from typing import Final

CURATE_VERSION: Final = 7
"""Raise it when the same episode would give other examples or drops."""

__all__ = ["CURATE_VERSION"]
