"""Ingest: new and changed inputs are archived, redacted, and kept as facts.

`discovery` says which inputs there are, `plan` which of them are new, `kernel` turns bytes
into redacted rows in any process, and `accept` makes them durable batch by batch. This room
alone may import the vault: unredacted bytes come in here, and only redacted rows go out.
"""

from tracemill.flows.ingest.allowing import end_allowances, inputs_in, inputs_with, read_again
from tracemill.flows.ingest.plan import Ingest
from tracemill.flows.ingest.redactors import OwnRedactor, own_redactor
from tracemill.flows.ingest.restore import restore_originals
from tracemill.flows.ingest.results import Ingested, Plan, Progress, Report, nothing_new
from tracemill.flows.ingest.rule_sets import RuleSet, fewer_rules, kept_rules, rules_in_use
from tracemill.flows.ingest.seals import seal
from tracemill.flows.ingest.verify import verify_archive

__all__ = [
    "Ingest",
    "Ingested",
    "OwnRedactor",
    "Plan",
    "Progress",
    "Report",
    "RuleSet",
    "end_allowances",
    "fewer_rules",
    "inputs_in",
    "inputs_with",
    "kept_rules",
    "nothing_new",
    "own_redactor",
    "read_again",
    "restore_originals",
    "rules_in_use",
    "seal",
    "verify_archive",
]
