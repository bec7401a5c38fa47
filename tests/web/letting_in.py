"""A browser that was let in, over a workspace of a test's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from tests.web.places import HOST
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_app
from tracemill.web.guard import Pass


@contextmanager
def let_in(workspace: Workspace) -> Iterator[TestClient]:
    """Open a browser that carries the pass, until the block ends."""
    entry = Pass()
    with TestClient(make_app(workspace, [HOST], entry), base_url=f"http://{HOST}") as client:
        client.get("/enter", params={"token": entry.token})
        yield client
