"""Writes the pictures of docs/ui.md anew: `make pictures`.

The bundled example history is read and its dataset built; what it has none of (gates, models, an
experiment's texts) is told of a made-up team. Every page that links lead to is taken as it opens.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright
from starlette.testclient import TestClient

from tests.browser.conftest import enter
from tests.browser.visitor import Visitor, serve
from tests.web.filled import (
    AT,
    keep_experiment,
    keep_models,
    write_next_session,
    write_planned_session,
)
from tests.web.reaching import reach
from tests.web.test_docs import name_of
from tracemill.capture import emit
from tracemill.cli.app import call
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.results import SessionRow
from tracemill.flows.reviews.desk import Desk
from tracemill.records.events.reviews import ReviewForm
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages

FOLDER: Final = Path(__file__).parents[2] / "docs" / "ui"
PROMPT: Final = "# Contract\n\nWrite endpoints and error definitions.\n"
LEFT: Final = (
    "Write the endpoints of the checkout and their errors", "Round the total after the tax",
    "Run the tests of `src/shop/checkout.py`",
)  # fmt: skip
"""What one session plans and another one goes on with."""
SAID: Final = (
    "coder-1", "smollm2-135m", "chat", "coder-2", "smollm2-135m", "chat",
    "better by 4 points, and that may be chance", "coder-2", "coder-1", "team", "Ada",
    "it answers as the team does", "coder-2", "calls tools as the team does", "smollm2-135m",
    "2026-03-01T09:00", "replay", "check:arguments", "coder-1", "Grep",
)  # fmt: skip
"""What is told of two models, in the order in which it is asked for."""
QUALITY: Final = 55


def make(folder: Path) -> Workspace:
    """Return a workspace with the example history and a made-up team's gates and models."""
    workspace = Workspace(folder / "workspace")
    command = ["run", "--workspace", str(workspace.root), "--quiet"]
    call(command)  # nothing is found in an empty home, so the example is read
    sessions = list_rows(workspace, "session", SessionRow, limit=0).rows
    for row in sessions:
        told = {"reason": "the approach was changed twice"}
        emit("escalation", told, session=row.session_id, workspace=workspace.root)
    for number in range(60):
        ended: dict[str, object] = {
            "project_id": f"shop_{number}", "recipe": f"web_v{1 + number % 2}",
            "project_success": "shipped" if number % 5 else "blocked",
        }  # fmt: skip
        emit("completion", ended, at=AT + timedelta(days=number), workspace=workspace.root)
        gate: dict[str, object] = {
            "gate_id": "api_contract", "stage": "architecture", "agent_role": "architect",
            "project_id": f"shop_{number}", "retry_attempt": 1,
            "validation_result": "fail" if number % 3 == 1 else "pass",
            "validation_reason": "missing error definitions",
        }  # fmt: skip
        at = AT + timedelta(days=number)
        emit("gate", gate, at=at, workspace=workspace.root)
    prompts = folder / "team" / "ai" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "architect.md").write_text(PROMPT)
    write_planned_session(folder / "team" / "planned.jsonl", "planned", LEFT)
    write_next_session(folder / "team" / "next.jsonl", "next", LEFT[0])
    call([*command, str(folder / "team")])
    keep_experiment(workspace, "Ada")
    keep_models(workspace, SAID)
    with Desk(workspace, "ada") as desk:
        item = desk.next_item().item
        assert item is not None
        said = desk.entry(item.id).machine.outcome
        desk.submit(item.id, ReviewForm(outcome=said, overall_rating=4), AT + timedelta(days=70))
    return workspace


def take(page: Page, path: Path) -> None:
    """Write what the window shows."""
    asked = {"format": "webp", "quality": QUALITY}
    seen = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    path.write_bytes(base64.b64decode(seen["data"]))


def main() -> None:
    """Take a picture of every page that links lead to."""
    chromium = shutil.which(os.environ.get("TRACEMILL_CHROMIUM", "chromium"))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    home = Path(tempfile.gettempdir()) / "example"  # it stands in the pictures
    shutil.rmtree(home, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("TRACEMILL_")]:
        del os.environ[name]
    os.environ |= {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "CODEX_HOME")}
    os.environ["CLAUDE_CONFIG_DIR"] = str(home / "none")
    workspace = make(home)
    addresses = reach(TestClient(make_pages(workspace)))
    with sync_playwright() as playwright, serve(workspace.root) as address:
        browser = playwright.chromium.launch(executable_path=chromium)
        origin, state = enter(browser, address)
        wide = {"viewport": {"width": 1280, "height": 800}}
        narrow = {"viewport": {"width": 390, "height": 800}, "color_scheme": "dark"}
        visitor = Visitor(browser, origin, storage_state=state, **wide)
        for pattern, path in addresses.items():
            take(visitor.open(path), FOLDER / f"{name_of(pattern)}.webp")
        other = Visitor(browser, origin, storage_state=state, **narrow)
        take(other.open("/"), FOLDER / "overview-narrow-dark.webp")
        assert [*visitor.faults, *other.faults] == []
        browser.close()
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
