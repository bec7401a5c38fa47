"""Ingest: new and changed inputs are archived, redacted, and kept as facts.

`discovery` says which inputs there are, `plan` which of them are new, `kernel` turns bytes
into redacted rows in any process, those of many inputs together in a `redaction_batch`, and
`accept` makes them durable batch by batch. This room alone may import the vault: unredacted bytes
come in here, and only redacted rows go out.

Here stands what every run needs. All else is imported from its own module: a run without news
needs no Arrow, which takes longer to import than all that such a run does.
"""

from tracemill.flows.ingest.ending import end_allowances
from tracemill.flows.ingest.plan import Ingest
from tracemill.flows.ingest.results import Ingested, Plan, Progress, Report, nothing_new

__all__ = [
    "Ingest",
    "Ingested",
    "Plan",
    "Progress",
    "Report",
    "end_allowances",
    "nothing_new",
]
