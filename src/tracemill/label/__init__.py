"""Judge: what a trajectory did, what is known of its quality, what became of an episode.

In come redacted steps, events, links and commits; out go an `Activity`, `Label`s and an
`Episode`. `observe` folds steps, `trajectory_labels` says what is known of one trajectory,
`outcome` judges an episode. To add a label: one function in `trajectory_labels`, one line in its
table, cases under `tests/label/`.
"""

from __future__ import annotations

from typing import Final

LABEL_VERSION: Final = 1
"""Raise it when the same records would get other labels or another outcome."""

__all__ = ["LABEL_VERSION"]
