"""Arrow as this program wants it: no more than is needed."""

import subprocess
import sys

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tracemill.store.arrow import chosen

USES = """
import sys
from tracemill.store.tables import TABLES
import pyarrow as pa, pyarrow.compute as pc
rows = pa.table({"a": pa.array(["x", None], pa.string()), "b": pa.array([1, 2])})
pc.equal(rows["b"], 1), pc.is_in(rows["a"], pa.array(["x"])), rows.to_pylist()
assert "pandas" not in sys.modules
"""


def test_arrow_does_not_import_pandas_where_it_is_installed() -> None:
    done = subprocess.run([sys.executable, "-c", USES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@given(st.lists(st.sampled_from([True, False, None])))
def test_the_rows_chosen_come_in_their_order(are_chosen: list[bool | None]) -> None:
    rows = pa.RecordBatch.from_pydict({"n": pa.array(range(len(are_chosen)), pa.int64())})

    found = chosen(rows, are_chosen)

    assert found.column("n").to_pylist() == [
        n for n, is_chosen in enumerate(are_chosen) if is_chosen
    ]


def test_rows_in_one_run_are_not_copied() -> None:
    rows = pa.RecordBatch.from_pydict({"n": [0, 1, 2, 3]})

    found = chosen(rows, [False, True, True, False])

    assert found.column("n").buffers()[1].address == rows.column("n").buffers()[1].address
