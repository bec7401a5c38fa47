"""`tracemill metrics correlate`: whether two metrics rise and fall together."""

from datetime import datetime
from typing import Annotated

from cyclopts import Parameter

from tracemill.base.text import counted
from tracemill.cli.learn.metrics import Slices, question_of
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.analysis.correlating import in_words, read_correlation


def correlate_metrics(
    *,
    metric: str,
    other: Annotated[str, Parameter(name="--with")],
    slices: Slices = Slices(),  # noqa: B008 - frozen
    since: datetime | None = None,
    until: datetime | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Check whether two metrics rise and fall together, for example tokens and quality.

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
        write(in_words(found))
        left = counted(found.n_left_aside, found.by)
        hint(f"of {left} only one of both is known; to go together is not to cause", common)
    return EXIT_DONE
