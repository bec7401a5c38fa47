"""Pages of what was left, planned and checked: what they show is what the commands say."""

import shutil
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from starlette.testclient import TestClient
from typing_extensions import override

from tests.web.filled import fill, write_planned_session
from tests.web.places import PLAIN
from tracemill.capture import emit
from tracemill.flows.analysis.gate_trend import gate_trends
from tracemill.flows.analysis.handoffs import check_handoffs, list_handoffs
from tracemill.flows.analysis.todos import list_todos
from tracemill.flows.deriving.gate_rows import GateRow
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages
from tracemill.web.pages import flywheel as page_of_flywheel
from tracemill.web.pages import todos as pages_of_todos


class Links(HTMLParser):
    """Every address that a page leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if tag == "a" and name == "href"]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return fill(tmp_path_factory.mktemp("carried"), PLAIN)


@pytest.fixture
def nothing(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Return a browser of a workspace in which nobody planned, checked or left anything."""
    workspace = Workspace(tmp_path_factory.mktemp("nothing") / "workspace")
    emit("escalation", {"reason": "stuck"}, session="s1", workspace=workspace.root)
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [], nowhere, Options(workers=1), lambda _: None)
    return TestClient(make_pages(workspace))


def test_every_entry_is_listed_under_its_session(pages: TestClient, held: Workspace) -> None:
    said = list_todos(held, 0)
    page = pages.get("/todos").text
    assert said.total == len(PLAIN)
    assert f"{said.total} found" in page
    assert "1 done, 4 still open" in page
    assert [f"/todos/{row.id}" for row in said.rows] == [
        link for link in Links(page).found if link.startswith("/todos/")
    ]
    assert f"/sessions/{said.rows[0].trajectory_id}" in Links(page).found


@pytest.mark.parametrize(
    ("query", "n"),
    [("status=completed", 1), ("q=test%20that%20fails", 1), ("place=document", 0), ("from=4", 5)],
)
def test_entries_are_filtered_by_the_address(pages: TestClient, query: str, n: int) -> None:
    assert f"{n} found" in pages.get(f"/todos?{query}").text


def test_an_entry_leads_to_the_step_that_said_it_and_to_its_whole_list(
    pages: TestClient, held: Workspace
) -> None:
    (entry,) = list_todos(held, 0).rows[:1]
    links = Links(pages.get(f"/todos/{entry.id}").text).found
    session = entry.trajectory_id
    assert f"/sessions/{session}?step=1#step-1" in links
    whole = f"/todos?trajectory_id={session}"
    assert whole in links
    assert f"{len(PLAIN)} found" in pages.get(whole).text
    assert whole in Links(pages.get(f"/sessions/{session}").text).found


def test_a_plan_that_was_left_is_shown_with_who_went_on(pages: TestClient, held: Workspace) -> None:
    said = list_handoffs(held, 0, None, is_unknown_only=False)
    page = pages.get("/handoffs").text
    assert "plan" in said.kinds
    assert f"{said.total} found" in page
    assert f"for {check_handoffs(held).n_known} it is surely known" in page
    (plan,) = (row for row in said.rows if row.kind == "plan")
    assert plan.next_session is not None
    assert f"/sessions/{plan.next_session}" in Links(page).found
    shown = pages.get(f"/handoffs/{plan.id}").text
    assert "write a test that fails" in shown
    step = plan.source.partition("#")[2]
    assert f"/sessions/{plan.session}?step={step}#step-{step}" in Links(shown).found
    assert f"{said.kinds['plan']} found" in pages.get("/handoffs?kind=plan").text


def test_runs_of_gates_stand_beside_the_ones_before_them(
    pages: TestClient, held: Workspace
) -> None:
    said, rows = gate_trends(held, 0), list_rows(held, "gate", GateRow, limit=0)
    page = pages.get("/gates").text
    assert said.n_worse
    assert f"In {said.n_worse} of {said.n_compared} that can be compared" in page
    assert f"{rows.total} found" in page
    worse = [point for point in said.rows if point.worse]
    listed = pages.get("/gates?worse=1").text.partition('id="runs"')[0]
    shown = {link for link in Links(listed).found if link.startswith("/gates/")}
    assert {f"/gates/{point.id}" for point in worse[:30]} <= shown
    one = pages.get(f"/gates/{worse[0].id}").text
    assert f"/gates/{worse[0].before_id}" in Links(one).found
    assert "Beside the run before" in one


def test_a_column_of_gates_is_there_where_any_run_fills_it(
    pages: TestClient, held: Workspace
) -> None:
    rows, points = list_rows(held, "gate", GateRow, limit=0).rows, gate_trends(held, 0).rows
    trend, _, runs = pages.get("/gates").text.partition('id="runs"')

    assert ("Commit</th>" in trend) == any(point.commit for point in points)
    assert ("Lines run</th>" in trend) == any(point.line_rate is not None for point in points)
    counted = any(point.failing or point.passing or point.skipped for point in points)
    assert ("Passing</th>" in trend) == counted
    assert ("Commit</th>" in runs) == any(row.commit for row in rows)
    assert ("When</th>" in runs) == any(row.at for row in rows)
    more = pages.get("/gates?from=1", headers={"x-fragment": "1"}).text
    assert runs.count("<th ") == more.partition("</tr>")[0].count("<td")


@pytest.mark.parametrize("path", ["/todos", "/handoffs", "/gates"])
def test_where_nothing_is_held_a_page_says_what_would_be_read(
    nothing: TestClient, path: str
) -> None:
    answer = nothing.get(path)
    assert answer.status_code == 200
    assert "tracemill run FOLDER" in answer.text
    assert nothing.get(f"{path}/no").status_code == 404


@pytest.mark.parametrize(
    ("path", "module", "reader"),
    [("/todos", pages_of_todos, "read_todos"), ("/flywheel", page_of_flywheel, "tool_use")],
)
def test_what_was_read_is_held_until_something_else_is_kept(
    pages: TestClient,
    held: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    module: ModuleType,
    reader: str,
) -> None:
    looks = []
    before = getattr(module, reader)

    def read(place: Workspace) -> object:
        looks.append(place)
        return before(place)

    monkeypatch.setattr(module, reader, read)
    for _ in range(3):
        pages.get(path)
    assert len(looks) == 1
    emit("escalation", {"reason": path}, session="s1", workspace=held.root)
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(held, [], nowhere, Options(workers=1), lambda _: None)
    pages.get(path)
    assert len(looks) == 2


def test_a_workspace_that_is_made_anew_is_read_anew(tmp_path: Path) -> None:
    """As a rotation of the key does, and whoever deletes all that is kept and reads it again."""
    nowhere = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    made = []
    for word in ("first", "second"):
        folder = tmp_path / word
        folder.mkdir()
        write_planned_session(folder / "planned.jsonl", "planned", [f"the {word} plan"])
        made.append(Workspace(tmp_path / f"{word}-workspace"))
        turn(made[-1], [folder], nowhere, Options(workers=1), lambda _: None)
    shown, other = made
    assert shown.table_versions(["steps", "links"]) == other.table_versions(["steps", "links"])
    with TestClient(make_pages(shown)) as pages:
        assert "the first plan" in pages.get("/todos").text
        shutil.rmtree(shown.root)
        other.root.rename(shown.root)
        page = pages.get("/todos").text
    assert "the first plan" not in page
    assert "the second plan" in page
