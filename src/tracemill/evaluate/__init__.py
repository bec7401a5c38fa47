"""Evaluate: what a model does on cases that it never saw, and what two models differ by.

In come held-out examples, cases and a subject to ask; out go cases, results, scores and
comparisons. To add a check: a name in `records.models.evaluations.CheckKind`, a scorer and its line
in `scorers.SCORERS`, pairs of replies that it must accept and reject in `proving.PROOFS`, and the
rule in `building` that says which decisions it looks at.
"""

from __future__ import annotations

from typing import Final

EVALUATE_VERSION: Final = 14
"""Raise it when the same example would give other cases, or the same answer another result."""

__all__ = ["EVALUATE_VERSION"]
