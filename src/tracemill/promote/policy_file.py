"""Policies are TOML; a name or value that is not known is refused, with the place."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import msgspec

from tracemill.base.errors import UsageError
from tracemill.records.promotion import PromotionPolicy


def read_policy(text: str, where: str) -> PromotionPolicy:
    """Return the policy that a text states.

    Raises:
        UsageError: it is no policy.
    """
    try:
        return msgspec.convert(tomllib.loads(text), PromotionPolicy)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{where!r} is no promotion policy: {error}") from error


def default_policy() -> PromotionPolicy:
    """Return the policy that holds where a team states none."""
    return read_policy((files("tracemill.promote") / "default.toml").read_text(), "default.toml")
