"""Settings of the rules that judge a team's reports, as a workspace may write them down."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tracemill.records.from_toml import from_toml
from tracemill.records.refs import Record


class LabelRules(Record, frozen=True, kw_only=True):
    """What a team may decide otherwise."""

    max_retries: Annotated[int, msgspec.Meta(ge=1)] = 3
    """Attempts at which a gate's remedy comes too late, where its report names no other number."""
    any_pass_is_excellent: bool = False
    """Whether a gate that passes is excellent at any attempt, and not at the first alone."""


def read_label_rules(text: str, name: str = "labels.toml") -> LabelRules:
    """Return rules from their TOML.

    Raises:
        UsageError: it is no TOML, or says something that no rule asks for.
    """
    return from_toml(text, LabelRules, f"the label rules {name!r}", "docs/telling-events.md")
