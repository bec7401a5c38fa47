"""What the pages of lessons say is what the command line says of the same work."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.letting_in import let_in
from tracemill.flows.analysis.failures import read_failure_stats
from tracemill.flows.analysis.flywheel import check_flywheel
from tracemill.flows.analysis.patterns import read_practices
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("example") / "workspace")
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(workspace.root.parent))
        turn(workspace, [], nothing_else, Options(workers=1), lambda _: None)
    return workspace


@pytest.fixture
def browser(example: Workspace) -> Iterator[TestClient]:
    with let_in(example) as client:
        yield client


def rows(page: str, title: str) -> list[list[str]]:
    """Return the cells of the table whose region is called so, without what is beside them."""
    table = page[page.index(f'aria-label="{title}"') :].partition("</table>")[0]
    body = table.partition("<tbody>")[2]
    return [
        [" ".join(re.sub(r"<[^>]*>", "", cell).split()) for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in body.split("</tr>")[:-1]
    ]


def test_ways_of_working_stand_with_and_without(browser: TestClient, example: Workspace) -> None:
    found = read_practices(example).practices

    shown = rows(browser.get("/patterns").text, "Table of practices")

    assert [row[0] for row in shown] == [each.says.capitalize() for each in found]
    assert [row[1] for row in shown] == [
        f"{each.kept.value:.0%} of {each.kept.n}" if each.kept else "no work" for each in found
    ]
    assert {row[3] for row in shown} == {"not shown"}


def test_what_fails_most_stands_first(browser: TestClient, example: Workspace) -> None:
    found = read_failure_stats(example, "all", date(2026, 1, 1)).patterns

    shown = rows(browser.get("/patterns").text, "Table of failures")

    assert [row[:3] for row in shown] == [
        [each.name, str(each.n), str(each.n_overcome)] for each in found
    ]


def test_what_the_loop_lacks_is_told_with_what_was_looked_at(
    browser: TestClient, example: Workspace
) -> None:
    found = check_flywheel(example)

    page = browser.get("/flywheel").text

    for title, told in (
        ("What must be held", found.held),
        ("What goes wrong elsewhere", found.faults),
    ):
        assert [row[1] for row in rows(page, title)] == [each.verdict for each in told]
    assert f"10 things, {found.n_missing} missing" in page
    assert "Whether the loop works is unknown." in page
