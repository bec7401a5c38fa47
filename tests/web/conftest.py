"""Pages over a small workspace that holds what people say and what would like to be obeyed.

Where the example that comes with the program is shown instead, it is `held`, and `pages` shows it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.flows.sessions import go_back, write_session
from tests.web.places import HOST, HOSTILE
from tracemill.capture import emit
from tracemill.flows.example_history import build_example
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_app, make_pages
from tracemill.web.guard import COOKIE, Pass


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("shown")
    go_back(write_session(folder / "in", "s1", 3), prompt=2)
    write_session(folder / "in", "s2", 110, word=HOSTILE)
    write_prompt(folder / "in")
    workspace = Workspace(folder / "workspace")
    emit("escalation", {"reason": HOSTILE}, session="s1", workspace=workspace.root)
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [folder / "in"], nothing_else, Options(workers=1), lambda _: None)
    return workspace


def write_prompt(folder: Path) -> None:
    """Write a prompt, and a recipe of the team's process."""
    for kind in ("prompts", "recipes"):
        (folder / kind).mkdir(parents=True)
        (folder / kind / "architect.md").write_text(f"# Contract\n\n{HOSTILE}\n")


@pytest.fixture
def entry() -> Pass:
    return Pass()


@pytest.fixture
def stranger(shown: Workspace, entry: Pass) -> Iterator[TestClient]:
    """Return a browser that was not let in."""
    app = make_app(shown, [HOST], entry)
    with TestClient(app, base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def browser(stranger: TestClient, entry: Pass) -> TestClient:
    """Return a browser that was let in."""
    entered = stranger.get("/enter", params={"token": entry.token})
    assert entered.status_code == 303
    assert COOKIE in stranger.cookies
    return stranger


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace in which a run worked through the example."""
    folder = tmp_path_factory.mktemp("example")
    workspace, history = Workspace(folder / "workspace"), build_example(folder / "history")
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [history.root], nowhere, Options(workers=1), lambda _: None)
    return workspace


@pytest.fixture
def pages(held: Workspace) -> Iterator[TestClient]:
    """Return a browser of what is held, with no door before it."""
    with TestClient(make_pages(held)) as client:
        yield client
