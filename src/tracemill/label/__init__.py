"""Judge: what a trajectory did, what is known of its quality, what became of an episode.

In come redacted steps, events, links and commits; out go an `Activity`, `Label`s and an
`Episode`. `observe` folds steps, `trajectory_labels` says what is known of one trajectory,
`outcome` judges an episode, `process_labels` documents and issue headers. To add a label: one
function beside its like, one line in the table of its module, cases under `tests/label/`.
"""

from __future__ import annotations

from typing import Final

LABEL_VERSION: Final = 10
"""Raise it when the same records would get other labels or another outcome."""

OBSERVE_VERSION: Final = 19
"""Raise it when the same steps would give another activity."""

__all__ = ["LABEL_VERSION", "OBSERVE_VERSION"]
