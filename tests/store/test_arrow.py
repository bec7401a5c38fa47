import subprocess
import sys

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
