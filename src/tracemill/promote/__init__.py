"""Promote: whether a candidate may take the incumbent's place, and who is in use.

In come a policy, comparisons and receipts; out goes a decision with a reason for each refusal. To
add a rule: a name in `records.models.promotion.RuleName`, a function in `deciding.RULES`, and cases
that it must let pass and refuse under `tests/promote/`.
"""

from __future__ import annotations

from typing import Final

PROMOTE_VERSION: Final = 5
"""Raise it when the same receipts would lead to another decision."""

__all__ = ["PROMOTE_VERSION"]
