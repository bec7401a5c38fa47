"""Whether two metrics go together: slice by slice, such as the tokens and the quality of projects.

That two numbers go together does not say that one makes the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from tracemill.analyze.cases import Case, summed
from tracemill.records.process.correlations import CorrelatedMetrics
from tracemill.stats.correlation import spearman


def correlate(
    named: tuple[str, str], cases: tuple[Iterable[Case], Iterable[Case]], by: str
) -> CorrelatedMetrics:
    """Return how far two metrics go together over the values of a fact.

    Args:
        named: what the metrics are called.
        cases: what each of them counts.
        by: the fact; each of its values is one pair, of the means of both.
    """
    first, second = (summed(each, (by,)).slices for each in cases)
    both = sorted(first.keys() & second.keys())
    pairs = [(first[key].value or 0.0, second[key].value or 0.0) for key in both]
    found = spearman([one for one, _ in pairs], [other for _, other in pairs])
    return CorrelatedMetrics(
        metric=named[0],
        other=named[1],
        by=by,
        n=len(both),
        n_left_aside=len(first.keys() ^ second.keys()),
        value=found.value if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        p_value=found.p_value if found else None,
    )
