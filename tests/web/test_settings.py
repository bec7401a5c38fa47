"""Settings on their page: what holds, where it is said, and what a change is refused for."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.places import HOST, ORIGIN
from tracemill.base.errors import UsageError
from tracemill.flows.settings import change_settings, show_settings
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_app
from tracemill.web.guard import Pass

SAID = '# ours\n[retention]\nfacts = "2 years"\n'


def test_every_setting_tells_where_it_is_said(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "tracemill.toml").write_text(SAID)
    held = show_settings(workspace)
    assert {each.name: (each.value, each.is_said) for each in held.settings} == {
        "consent.default": ("full", False),
        "consent.rules": ("none", False),
        "retention.originals": ("for good", False),
        "retention.facts": ("2 years", True),
        "retention.datasets": ("for good", False),
        "times.zone": ("unknown", False),
        "ui.rating_timeout": ("3.0", False),
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [("[consent", "no TOML"), ("[consent]\nlevel = 1\n", "unknown field"),
     ('[retention]\nfacts = "soon"\n', "retention.facts")],
)  # fmt: skip
def test_what_is_no_setting_changes_nothing(tmp_path: Path, text: str, why: str) -> None:
    workspace = Workspace(tmp_path)
    (tmp_path / "tracemill.toml").write_text(SAID)
    with pytest.raises(UsageError, match=why):
        change_settings(workspace, text, show_settings(workspace).token)
    assert (tmp_path / "tracemill.toml").read_text() == SAID


def test_a_file_that_was_changed_meanwhile_stays(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    seen = show_settings(workspace).token
    (tmp_path / "tracemill.toml").write_text(SAID)
    with pytest.raises(UsageError, match="in the meantime"):
        change_settings(workspace, "", seen)
    assert (tmp_path / "tracemill.toml").read_text() == SAID


def test_settings_are_changed_on_their_page(tmp_path: Path) -> None:
    workspace, entry = Workspace(tmp_path / "ws"), Pass()
    with TestClient(make_app(workspace, [HOST], entry), base_url=f"http://{HOST}") as browser:
        browser.get("/enter", params={"token": entry.token})
        shown = browser.get("/settings").text
        token = show_settings(workspace).token
        assert token in shown
        asked = {"text": "[consent\n", "token": token}
        refused = browser.post("/settings", data=asked, headers={"Origin": ORIGIN})
        assert (refused.status_code, "is no TOML" in refused.text) == (409, True)
        asked["text"] = SAID.replace("\n", "\r\n")
        assert "Saved." in browser.post("/settings", data=asked, headers={"Origin": ORIGIN}).text
        assert (workspace.root / "tracemill.toml").read_text() == SAID


def test_pages_of_an_empty_workspace_say_what_to_do(tmp_path: Path) -> None:
    workspace, entry = Workspace(tmp_path / "ws"), Pass()
    with TestClient(make_app(workspace, [HOST], entry), base_url=f"http://{HOST}") as browser:
        browser.get("/enter", params={"token": entry.token})
        for path in ("/", "/sessions", "/episodes", "/review", "/privacy", "/trends", "/progress", "/patterns",
                     "/prompts", "/recipes", "/experiments", "/datasets", "/models", "/runs"):  # fmt: skip
            answer = browser.get(path)
            assert answer.status_code == 200, path
            assert "<code>tracemill " in answer.text or "<pre" in answer.text, path
