"""What one role has to tell another of the work that it is handed, put together from complaints."""

from __future__ import annotations

import msgspec

from tracemill.records.refs import Count, Ratio, Record, Ref


class FeedbackMessage(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a role tells the role before it: names and order are those that teams know."""

    receiver: str = msgspec.field(name="from")
    """The role that says it: it was handed the work."""
    giver: str = msgspec.field(name="to")
    """The role whose work is meant."""
    observation: str
    """What is commonly missing, as complaints put it."""
    impact: str
    """What it costs, as far as it is known."""
    suggestion: str
    """What would help."""
    n: Count
    """Complaints that say this."""
    share: Ratio
    """Of all that this role says of that one's work."""
    records: tuple[Ref, ...] = ()
    """Some of them."""
