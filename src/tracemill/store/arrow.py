"""Arrow as this program wants it: no more than is needed, memory goes back, pandas stays out."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

import pyarrow as pa

from tracemill.base.loading import hidden, later

compute: Final[Any] = later("pyarrow.compute")
"""Arrow's functions on columns; a tenth of the time of a small `sync`, which needs none of them."""


def prepare_arrow() -> None:
    """Set Arrow up for this process; further calls change nothing."""
    pa.set_memory_pool(pa.system_memory_pool())  # the default one keeps what it once held: +50 %
    if "pandas" not in sys.modules:
        _look_for_pandas_in_vain()


def chosen(rows: pa.RecordBatch, are_chosen: Iterable[bool | None]) -> pa.RecordBatch:
    """Return the rows of which it is said that they are chosen; of those in one run none is copied.

    Those chosen mostly stand together, and Arrow's functions take longer to load than this.
    """
    runs = []
    start = 0
    for is_chosen, run in groupby(are_chosen):
        n_rows = sum(1 for _ in run)
        if is_chosen:
            runs.append(rows.slice(start, n_rows))
        start += n_rows
    if len(runs) > 1:
        return pa.concat_batches(runs)
    return runs[0] if runs else rows.slice(0, 0)


def give_back() -> None:
    """Return to the system what this process has freed, whoever held it."""
    pa.default_memory_pool().release_unused()


def _look_for_pandas_in_vain() -> None:
    """Let Arrow look for pandas now, while there is none to be found.

    It would import pandas with the first array that it makes, which takes 0.2 CPU-seconds and
    45 MB wherever pandas is installed. It looks only once, and once more for `to_pandas`.
    """
    with hidden("pandas"):
        pa.array([0])
