"""The first page is there at once: what takes long to import waits for the pages that need it."""

import subprocess
import sys

from tracemill.store.workspace import Workspace

HEAVY = ("hyperscan", "numpy", "pyarrow", "re2")
FIGURES = ("/trends", "/progress", "/patterns", "/prompts", "/recipes", "/experiments", "/review")
PROGRAM = f"""
import sys
from pathlib import Path
from starlette.testclient import TestClient
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages
from tracemill.web.pages import every_route
pages = TestClient(make_pages(Workspace(Path(sys.argv[1]))))
assert pages.get("/").status_code == 200
print(*sorted({set(HEAVY)!r} & sys.modules.keys()))
for path in {FIGURES!r}:
    assert pages.get(path).status_code == 200, path
print(*sorted({set(HEAVY)!r} & sys.modules.keys()))
every_route()
print(*sorted({set(HEAVY)!r} & sys.modules.keys()))
"""


def test_the_first_page_imports_nothing_heavy_and_no_figure_opens_the_lake(
    shown: Workspace,
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(shown.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    at_first, of_figures, then = done.stdout.splitlines()
    assert at_first == ""
    assert "pyarrow" not in of_figures
    assert "pyarrow" in then
