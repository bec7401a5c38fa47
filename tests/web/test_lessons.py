"""What the pages of lessons say is what the command line says of the same work."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.letting_in import let_in
from tracemill.capture import emit
from tracemill.flows.analysis.completeness import read_completeness
from tracemill.flows.analysis.correlating import in_words, read_correlation
from tracemill.flows.analysis.counted_cases import read_cases
from tracemill.flows.analysis.failures import read_failure_stats
from tracemill.flows.analysis.flywheel import check_flywheel
from tracemill.flows.analysis.patterns import (
    Question,
    list_metrics,
    measure_metric,
    read_practices,
)
from tracemill.flows.analysis.period import Period
from tracemill.flows.reports.maturity import make_maturity
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


def test_each_metric_stands_with_its_cases(browser: TestClient, example: Workspace) -> None:
    listed = list_metrics(example).metrics
    held = [each for each in listed if each.n]
    page = browser.get("/metrics").text

    shown = rows(page, "Table of metrics")

    assert [(row[0], row[2]) for row in shown] == [
        (each.name.replace("_", " "), f"{each.n:,}") for each in held
    ]
    assert (
        dict(zip([row[0] for row in shown], [row[1] for row in shown], strict=True))[
            "agent success rate"
        ]
        == "60%"
    )
    assert f"{len(held)} of {len(listed)} metrics have cases here" in page


def test_a_metric_stands_slice_by_slice(browser: TestClient, example: Workspace) -> None:
    asked = Question("tool_error_rate", ("agent",), {}, Period(None, None))
    found = measure_metric(example, asked)
    page = browser.get("/metrics/tool_error_rate?by=agent&with=agent_success_rate").text

    shown = rows(page, "Table of slices")

    assert [[row[0], row[3]] for row in shown] == [
        [each.slice["agent"], f"{each.n:,}"] for each in found.slices
    ]
    together = in_words(read_correlation(example, asked, "agent_success_rate"))
    assert together.replace("_", " ") in page
    assert "nobody can tell from 2 agents" in together


def test_each_slice_leads_to_its_cases_with_what_is_rare_first(
    browser: TestClient, example: Workspace
) -> None:
    page = browser.get("/metrics/tool_error_rate?by=agent&of=claude-code").text
    asked = Question("tool_error_rate", (), {"agent": "claude-code"}, Period(None, None))
    cases = read_cases(example, asked).cases
    shown = rows(page, "Table of cases")
    n_failed = len({(each.record, each.at) for each in cases if each.value})

    assert f"of {len(cases)} cases" in page
    assert [row[2] for row in shown[: n_failed + 1]] == ["yes"] * n_failed + ["no"]
    assert sum(int(row[3]) for row in shown) == len(cases)
    assert 'href="/metrics/tool_error_rate?by=agent&amp;of=codex#cases"' in page
    assert all(f"/sessions/{each.record.id}" in page for each in cases if each.value)


def test_a_slice_that_there_is_not_has_no_cases(browser: TestClient) -> None:
    answer = browser.get("/metrics/tool_error_rate?by=agent&of=%3Cb%3Enobody")

    assert answer.status_code == 200
    assert "Case by case:</h2>" not in answer.text
    assert "Table of cases" not in answer.text
    assert "<b>nobody" not in answer.text


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("tool_error_rate?by=nothing&with=nothing", "By agent"),
        ("gate_failure_rate", "of which nothing is held"),
        ("tool_error_rate?by=month", "2026-03"),
    ],
)
def test_what_a_metric_cannot_be_asked_by_is_left_aside(
    asked: str, says: str, browser: TestClient
) -> None:
    answer = browser.get(f"/metrics/{asked}")

    assert (answer.status_code, says in answer.text) == (200, True)
    assert "Do they rise and fall together?" not in answer.text


def test_there_is_no_page_of_a_metric_that_there_is_not(browser: TestClient) -> None:
    assert browser.get("/metrics/nope").status_code == 404


def test_what_is_told_stands_with_how_many_tell_it(browser: TestClient, example: Workspace) -> None:
    found = read_completeness(example)
    page = browser.get("/completeness").text

    assert [(row[0], row[3]) for row in rows(page, "Table of session")] == [
        (each.field.replace("_", " "), f"{each.n_told:,} of {each.n:,}")
        for each in found.fields
        if each.kind == "session"
    ]
    assert "Nothing is held of gate, stage" in page


def test_a_month_without_one_before_it_is_not_called_better_or_worse(browser: TestClient) -> None:
    page = " ".join(browser.get("/trends").text.split())

    assert "March 2026. Nothing is held of the month before to compare it with." in page
    assert "What this month comes to" in page
    assert "nothing to compare" not in page


def test_months_that_can_be_compared_stand_beside_each_other(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    for month, verdicts in (("2026-02", "ppf"), ("2026-03", "pff")):
        for number, verdict in enumerate(verdicts):
            told = {
                "gate_id": "review", "stage": "build", "agent_role": "builder",
                "project_id": f"shop_{number}", "retry_attempt": 1,
                "validation_result": "pass" if verdict == "p" else "fail",
                "validation_reason": "missing error definitions",
            }  # fmt: skip
            at = datetime.fromisoformat(f"{month}-1{number}T09:00:00+00:00")
            emit("gate", told, at=at, workspace=workspace.root)
    turn(workspace, [], {"HOME": str(tmp_path)}, Options(workers=1), lambda _: None)

    with let_in(workspace) as client:
        page = " ".join(client.get("/trends").text.split())

    assert "March 2026 beside the month before: 0 worse, 0 better" in page
    assert "inside chance" in page


def test_hopes_that_nothing_is_counted_of_are_folded(
    browser: TestClient, example: Workspace
) -> None:
    found = make_maturity(example, date(2026, 4, 1)).targets
    page = browser.get("/progress").text

    beside = rows(page, "Table of hopes beside what is measured")
    folded = rows(unescape(page), "Table of hopes that nothing is counted of")

    assert [row[0] for row in beside] == [each.target.what for each in found if each.measured]
    assert [row[0] for row in folded] == [each.target.what for each in found if not each.measured]
    assert f"{len(folded)} hopes of which nothing here can be counted" in page
    said = {row[0]: row[2] for row in folded}
    assert said["projects that data is collected from"] == "20 after a quarter"
    assert said["times a project hands work to a person"] == "0.10 after three quarters"


def test_where_no_session_is_held_the_first_page_says_how_to_read_some(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("no session\n")
    workspace = Workspace(tmp_path / "workspace")
    turn(workspace, [tmp_path / "in.jsonl"], {}, Options(workers=1), lambda _: None)

    with let_in(workspace) as client:
        page = " ".join(client.get("/").text.split())

    assert "No session is held yet: <code>tracemill run FOLDER</code>" in page
    assert "No piece of work is known yet" in page
    assert "See what repeats" not in page
