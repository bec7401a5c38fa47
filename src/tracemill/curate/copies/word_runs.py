"""Runs of words that texts share with what models are judged on.

Thirteen words in a row are what GPT-3's authors took for contamination (Brown et al. 2020,
appendix C): hardly anybody writes them twice by chance, and quoting a task gives many. Words are
those of `near_duplicates`; only hashes of the runs are held.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from tracemill.curate.copies.near_duplicates import Hashes, run_hashes

RUN: Final = 13
"""Words in a run."""


class EvaluationRuns:
    """All runs of words of some evaluation sets."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._hashes: Hashes = np.unique(run_hashes(texts, RUN))

    def n_shared(self, text: str) -> int:
        """Return how many runs of a text stand in an evaluation set."""
        own = np.unique(run_hashes([text], RUN))
        return int(np.isin(own, self._hashes, assume_unique=True).sum())
