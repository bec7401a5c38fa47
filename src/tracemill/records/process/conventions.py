"""How code of one kind is written, as what was let through shows."""

from __future__ import annotations

from typing import Literal

from tracemill.records.refs import Count, Ratio, Record

ConventionForm = Literal["decorator", "base", "ending", "returns", "keyword_only", "calls"]
"""What is alike: a decorator, a base class, how names end, what functions return, the type of a
parameter that is given by its name alone, or what is called."""


class Convention(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Something that artifacts of one type share."""

    artifact: str
    """What they are, for example `view`."""
    form: ConventionForm
    """What is alike."""
    name: str
    """How it is called in the code."""
    n: Count
    """Attempts that were let through and hold it."""
    of: Count
    """Attempts of that type that were let through."""
    low: Ratio
    """Lower end of the share at 95 %."""
    high: Ratio
    """Upper end."""
    n_refused: Count
    """Attempts that were not let through and hold it."""
    of_refused: Count
    """Attempts of that type that were not let through."""


class ConventionList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What artifacts share, those of one type together, the commonest first."""

    conventions: tuple[Convention, ...]
    """What is shared by enough of them."""
    n_unread: Count
    """Attempts whose code is no Python."""
