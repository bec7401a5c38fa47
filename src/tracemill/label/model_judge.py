"""A model as a judge beside the rules: how its answer is read, and whose word stands.

What it is asked, and when it is believed, is said where the rules are that it stands beside:
`reactions.asking` and `outcomes.asking`.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from tracemill.records.asking import Policy

T = TypeVar("T")
_FENCED: Final = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL)
"""A block of code: models write their answer so where nothing holds them to a schema, and some
say a word before or behind it."""


def in_form(answer: str, form: type[T]) -> T | None:
    """Return an answer as what it has to be, or None where it is something else."""
    blocks = _FENCED.findall(answer)
    told = blocks[0] if len(blocks) == 1 else answer
    try:
        return msgspec.json.decode(told.encode(), type=form)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def is_asked(policy: Policy, *, is_doubtful: bool) -> bool:
    """Tell whether a model is asked about something of which the rules are in doubt or not."""
    return is_doubtful or policy in ("all", "agree")


def standing(
    policy: Policy, ruled: tuple[T, ...], said: tuple[T, ...], agreed: tuple[T, ...]
) -> tuple[T, ...]:
    """Return what stands.

    Args:
        policy: whose word it is.
        ruled: what the rules say.
        said: what a model says; nothing where it was not asked, or its answer is not believed.
        agreed: what both say.
    """
    if policy == "agree":
        return agreed
    return said or ruled
