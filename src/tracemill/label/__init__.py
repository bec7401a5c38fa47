"""Judge: what a trajectory did, what is known of its quality, what became of an episode.

In come redacted steps, events, links and commits; out go an `Activity`, `Label`s and an
`Episode`.

| package | what it judges |
|---|---|
| `calls` | one tool call: which check it ran and whether that passed, what it edited or committed |
| `reactions` | one turn of a person: what the words and deeds say of the work before |
| `activity` | one trajectory: `observe` folds its steps |
| `requests` | one request: whether it asks for several things, and what was called for it |
| `outcomes` | one piece of work: what became of it, and the labels that follow |
| `learning` | one piece of work, told as problem, approach, validation and outcome |
| `handoffs` | what one session or document left for the next, and what that asked for again |
| `reports` | what a team's own process told: gates, decisions, projects |

To add a label: one function beside its like, one line in the table of its module, cases under
`tests/label/`.
"""

from __future__ import annotations

from typing import Final

LABEL_VERSION: Final = 28
"""Raise it when the same records would get other labels or another outcome."""

OBSERVE_VERSION: Final = 60
"""Raise it when the same steps would give another activity."""

__all__ = ["LABEL_VERSION", "OBSERVE_VERSION"]
