"""What sessions themselves show of each piece of work, in the words of the files that teams keep.

A team that writes down its failures and successes does so by feature. Here a feature is an episode,
and what nobody wrote down is read off the record: what failed and what made it work, what the work
took, which practices it kept, how full the context was. What no record tells (a root cause, a
severity, an estimate) stays open, and each report names the records that it was made from.
"""

from __future__ import annotations

from tracemill.analyze.features.context import ContextUse
from tracemill.analyze.features.gates import gate_failure
from tracemill.analyze.features.reports import Feature, Session, feature_reports, told_of

__all__ = ["ContextUse", "Feature", "Session", "feature_reports", "gate_failure", "told_of"]
