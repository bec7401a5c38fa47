"""A server gives back what its pages held for a moment."""

import subprocess
import sys
from collections.abc import Iterable, Iterator

import pytest

from tracemill.store.workspace import Workspace

PROGRAM = """
import gc, sys
from pathlib import Path
import pyarrow as pa
from starlette.testclient import TestClient
from tracemill.store import arrow
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages
from tracemill.web.staying import settle, take_from_one_place
take_from_one_place()
gc.set_threshold(50_000)
settle()
print(gc.get_threshold()[0], gc.get_freeze_count() > 0)
asked = []
arrow.give_back = lambda: asked.append(1)
pages = TestClient(make_pages(Workspace(Path(sys.argv[1]))))
for path in ("/", "/trends", "/no-such-page"):
    pages.get(path)
print(len(asked))
"""


def test_cycles_are_looked_for_sooner_and_every_page_gives_back(shown: Workspace) -> None:
    command = [sys.executable, "-c", PROGRAM, str(shown.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3000", "True", "3"]


def test_a_server_does_without_numpy_where_arrow_would_import_it(shown: Workspace) -> None:
    pytest.importorskip("numpy")
    command = [sys.executable, "-X", "importtime", "-m", "tracemill", "ui", "--no-open"]
    command += ["--workspace", str(shown.root)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stderr is not None
        imported = {line.rpartition("|")[2].strip() for line in _up_to("pyarrow", served.stderr)}
        served.kill()
    assert "pyarrow" in imported
    assert not [module for module in imported if module.startswith("numpy.")]


def _up_to(module: str, told: Iterable[str]) -> Iterator[str]:
    """Yield what is told of imports until a module, and so all that it imports, is there."""
    for line in told:
        yield line
        if line.endswith(f" {module}\n"):
            return
