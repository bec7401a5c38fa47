"""A server gives back what its pages held for a moment."""

import subprocess
import sys

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
