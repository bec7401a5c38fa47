"""Which examples to ask for, as the rules say that judge what a program's own model writes."""

from __future__ import annotations

from typing import Literal

from tracemill.records.refs import Count, Ratio, Record

Wanted = Literal["examples", "pairs", "wording"]
"""What is asked for, by how often a rule is broken: more examples that keep it; pairs of one that
breaks it and one that keeps it; or plainer words where the model is told of it."""


class DataRequest(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What is asked for because of one rule."""

    artifact: str | None
    """The type of what breaks it, for example `view`; None where no line says."""
    rule: str
    """The rule, by its name."""
    kind: str | None
    """What kind of rule it is: `structural`, `convention` or `domain`; None where no line says."""
    n_broken: Count
    """Attempts that broke it."""
    n_judged: Count
    """Attempts that it judged."""
    share: Ratio
    """How often it is broken."""
    low: Ratio
    """Lower end of that at 95 %."""
    high: Ratio
    """Upper end."""
    n_mended: Count
    """Attempts that broke it and were followed by one at the same artifact that kept it: pairs that
    are there already."""
    n_kept: Count
    """Attempts that were let through, and so show how it is kept."""
    wanted: Wanted
    """What is asked for."""


class DataRequests(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What is asked for, what is broken most often first."""

    requests: tuple[DataRequest, ...]
    """One for each rule that is broken often enough."""
    n_rare: Count
    """Rules that are broken too rarely, or by too few attempts, to ask for anything."""
