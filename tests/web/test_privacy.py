"""What is harmless, said on its page: a person means it, says why, and for how long."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.flows.sessions import write_session
from tests.web.letting_in import let_in
from tests.web.places import HOSTILE, ORIGIN
from tracemill.cli.app import call
from tracemill.flows.privacy.allowing import list_allowed
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.index import Index
from tracemill.store.workspace import Workspace

OURS = {"Origin": ORIGIN}
MAIL = "ada.lovelace@analytical-engines.org"
GIVEN = {"stand_in": "user-k7f2qa@example.org", "reason": "a list", "days": "30", "sure": "yes"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "ws")
    write_session(tmp_path / "in", "s1", 1, word=f"mail {MAIL} about {HOSTILE}")
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [tmp_path / "in"], nothing_else, Options(workers=1), lambda _: None)
    return workspace


@pytest.fixture
def browser(workspace: Workspace) -> Iterator[TestClient]:
    with let_in(workspace) as client:
        yield client


@pytest.mark.parametrize(
    "lacking", [{"sure": ""}, {"reason": " "}, {"days": "0"}, {"days": "99999"},
                {"stand_in": "ada@example.com"}],
)  # fmt: skip
def test_nothing_is_allowed_by_half(
    browser: TestClient, workspace: Workspace, lacking: dict[str, str]
) -> None:
    answer = browser.post("/privacy/allow", data=GIVEN | lacking, headers=OURS)
    assert answer.status_code == 409
    assert not list_allowed(workspace).allowances


def test_a_decision_is_made_and_taken_back(browser: TestClient, workspace: Workspace) -> None:
    assert "a list" in browser.post("/privacy/allow", data=GIVEN, headers=OURS).text
    (held,) = list_allowed(workspace).allowances
    assert (held.until - held.at).days == 30
    asked = {"decision": held.id, "sure": "yes"}
    assert browser.post("/privacy/disallow", data=asked, headers=OURS).status_code == 200
    (ended,) = list_allowed(workspace).allowances
    assert ended.ended is not None


def test_a_rule_shows_its_places_as_they_are_kept(
    browser: TestClient, workspace: Workspace
) -> None:
    with Index(workspace.index) as index:
        (row,) = index.rows("session")
    page = browser.get("/privacy", params={"rule": "email"}).text
    assert "@example.org</mark>" in page
    assert MAIL not in page
    assert f"tracemill privacy preview {row['id']} --rule email" in page
    assert f"/sessions/{row['id']}?step=0#step-0" in page


def test_words_around_a_stand_in_are_shown_and_never_obeyed(browser: TestClient) -> None:
    page = browser.get("/privacy", params={"rule": "email", "harmless": HOSTILE}).text
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


def test_what_stood_there_is_told_to_a_terminal_masked(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with Index(workspace.index) as index:
        (row,) = index.rows("session")
    asked = ["privacy", "preview", row["id"], "--rule", "email", "--workspace", str(workspace.root)]
    assert call(asked) == 0
    shown = capsys.readouterr().out
    assert "email (pii" in shown
    assert MAIL not in shown
    assert MAIL[:2] + "****" in shown


def test_a_rule_that_found_nothing_says_so(browser: TestClient) -> None:
    assert "no place that is kept now" in browser.get("/privacy?rule=none-such").text
