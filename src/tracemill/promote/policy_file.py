"""Policies are TOML; a name or value that is not known is refused, with the place."""

from __future__ import annotations

from importlib.resources import files

from tracemill.records.from_toml import from_toml
from tracemill.records.models.promotion import PromotionPolicy


def read_policy(text: str, where: str) -> PromotionPolicy:
    """Return the policy that a text states.

    Raises:
        UsageError: it is no policy.
    """
    return from_toml(text, PromotionPolicy, f"the promotion policy {where!r}", "docs/promotion.md")


def default_policy() -> PromotionPolicy:
    """Return the policy that holds where a team states none."""
    return read_policy((files("tracemill.promote") / "default.toml").read_text(), "default.toml")
