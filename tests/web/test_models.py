"""Models on their pages: what the rules say, and changes that a person must mean."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from tests.web.filled import AT, keep_models
from tests.web.letting_in import let_in
from tests.web.places import ORIGIN
from tracemill.flows.models.evaluations import list_evaluations
from tracemill.flows.models.registry import note, read_events, read_registry
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.models.promotion import ModelEvent
from tracemill.store.workspace import Workspace

OURS = {"Origin": ORIGIN}
SURE = {"sure": "yes"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "ws")
    workspace.create()
    keep_models(workspace, [f"word_{n}" for n in range(20)])
    return workspace


@pytest.fixture
def browser(workspace: Workspace) -> Iterator[TestClient]:
    with let_in(workspace) as client:
        yield client


def kinds(workspace: Workspace) -> list[str]:
    return [event.kind for event in read_events(workspace)]


def test_a_page_says_what_the_rules_would_say(browser: TestClient, workspace: Workspace) -> None:
    before = kinds(workspace)
    shown = browser.get("/models/model_1").text
    assert "No: " in shown
    assert "no receipt" in shown
    assert kinds(workspace) == before


def test_a_page_says_where_a_model_fails_beside_what_there_is_to_learn_that_from(
    browser: TestClient, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    nothing = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [], nothing, Options(workers=1), lambda _: None)  # the bundled example
    subject = list_evaluations(workspace)[0].subject
    found = next(each for each in read_registry(workspace).models.values())
    rename = ModelEvent(
        kind="registered", model_id="model_9", at=AT,
        model=msgspec.structs.replace(found, id="model_9", name=subject),
    )  # fmt: skip
    note(workspace, rename)

    shown = browser.get("/models/model_9").text

    assert "Where it fails" in shown
    row = shown[shown.index('<th scope="row">tool:Read</th>') :].partition("</tr>")[0]
    assert "4 of 10" in row
    assert "word" in row
    assert "Where it fails" not in browser.get("/models/model_1").text

    for lineage in workspace.datasets.glob("chat/*/lineage.jsonl"):
        lineage.unlink()
    shown = browser.get("/models/model_9").text
    assert "Unknown: " in shown
    assert "expected &#39;lineage.jsonl&#39; in it, found none" in shown


def test_a_page_calls_the_parts_of_a_suite_by_their_names(
    browser: TestClient, workspace: Workspace
) -> None:
    of_tools = [
        score.name for each in list_evaluations(workspace) for score in each.slices
        if "_" in score.name
    ]  # fmt: skip
    assert of_tools
    subject = list_evaluations(workspace)[0].subject
    found = next(iter(read_registry(workspace).models.values()))
    named = msgspec.structs.replace(found, id="model_9", name=subject)
    note(workspace, ModelEvent(kind="registered", model_id="model_9", at=AT, model=named))

    shown = browser.get("/models/model_9").text

    assert f'<th scope="row">{of_tools[0]}</th>' in shown


@pytest.mark.parametrize("form", ["say-yes", "put-in-use", "take-back"])
@pytest.mark.parametrize("given", [{"reason": "x"}, {"model": "model_1"}, {"sure": "yes"}])
def test_nothing_changes_unless_a_person_means_it(
    browser: TestClient, workspace: Workspace, form: str, given: dict[str, str]
) -> None:
    before = kinds(workspace)
    answer = browser.post(f"/models/{form}", data=given, headers=OURS)
    assert answer.status_code == 409
    assert "tick the box" in answer.text
    assert kinds(workspace) == before


def test_a_persons_yes_is_kept_by_pseudonym(browser: TestClient, workspace: Workspace) -> None:
    asked = {"model": "model_1", "by": "Ada Lovelace", **SURE}
    assert browser.post("/models/say-yes", data=asked, headers=OURS).status_code == 200
    approved = read_registry(workspace).approvals["model_1"]
    assert approved
    assert "Ada" not in approved


def test_what_the_rules_refuse_is_not_put_in_use(browser: TestClient, workspace: Workspace) -> None:
    asked = {"model": "model_1", **SURE}
    assert browser.post("/models/put-in-use", data=asked, headers=OURS).status_code == 200
    incumbent = read_registry(workspace).incumbent
    assert incumbent is not None
    assert incumbent.id == "model_0"
    assert kinds(workspace)[-1] == "refused"


def test_another_model_than_was_shown_is_not_taken_back(
    browser: TestClient, workspace: Workspace
) -> None:
    asked = {"model": "model_1", "reason": "worse", **SURE}
    answer = browser.post("/models/take-back", data=asked, headers=OURS)
    assert answer.status_code == 409
    assert "look again" in answer.text
    assert "rolled_back" not in kinds(workspace)
