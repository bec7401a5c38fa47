"""`tracemill metrics correlate`: whether two metrics rise and fall together."""

from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.text import counted
from tracemill.cli.learn.metrics import Slices, question_of
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.analysis.correlating import read_correlation
from tracemill.records.process.correlations import CorrelatedMetrics


def correlate_metrics(
    *,
    metric: str,
    other: Annotated[str, Parameter(name="--with")],
    slices: Slices = Slices(),  # noqa: B008 - frozen
    since: datetime | None = None,
    until: datetime | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Say whether two metrics rise and fall together, for example tokens and quality.

    Each value of `--by` is one pair, each project without it.

    Parameters
    ----------
    metric
        Its name, for example `tokens_per_success`.
    other
        The other, for example `quality_score`.
    since
        Only what happened from this moment on.
    until
        Only what happened before this moment.
    """
    found = read_correlation(common.open(), question_of(metric, slices, since, until), other)
    if not answer("correlation", found, common, next_steps=["tracemill metrics show"]):
        write(_says(found))
        left = counted(found.n_left_aside, found.by)
        hint(f"of {left} only one of both is known; to go together is not to cause", common)
    return EXIT_DONE


def _says(found: CorrelatedMetrics) -> str:
    pairs = counted(found.n, found.by)
    if found.value is None or found.p_value is None:
        return f"{found.metric} and {found.other}: nobody can tell from {pairs}"
    between = ""
    if found.low is not None and found.high is not None:
        between = f" (95 %: {found.low:+.2f} to {found.high:+.2f})"
    said = f"{found.metric} and {found.other} correlate by {found.value:+.2f}{between}"
    return f"{said} over {pairs}, p {found.p_value:.2g}"
