"""A proposal that somebody said no to stands apart, with who and why, until that is taken back."""

from datetime import UTC, datetime, timedelta

import pytest

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.capture import emit
from tracemill.cli.app import call
from tracemill.flows.prompts.proposals import read_suggestions, refuse, take_back
from tracemill.flows.prompts.trials import list_loops
from tracemill.store.workspace import Workspace

AT = datetime(2026, 3, 1, tzinfo=UTC)
MAIL = "ada.lovelace@analytical-engines.org"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("refusals")
    made = Workspace(folder / "ws")
    for number in range(40):
        gate: dict[str, object] = {
            "gate_id": "contract", "stage": "design", "agent_role": "architect",
            "project_id": f"p{number}", "retry_attempt": 1,
            "validation_result": "fail" if number % 2 else "pass",
            "validation_reason": "missing error definitions",
        }  # fmt: skip
        emit("gate", gate, at=AT + timedelta(hours=number), workspace=made.root)
    (folder / "in").mkdir()
    assert call(["sync", str(folder / "in"), "--workspace", str(made.root), "--quiet"]) == 0
    return made


def test_what_was_refused_stands_apart_until_it_is_taken_back(workspace: Workspace) -> None:
    (first, *_) = read_suggestions(workspace).suggestions
    name = first.suggestion_id

    refused = refuse(workspace, name, "Ada", f"ask {MAIL} first", AT)
    assert MAIL not in refused.reason
    assert refused.by.startswith("dev-")
    found = read_suggestions(workspace)
    assert name not in {each.suggestion_id for each in found.suggestions}
    assert [(each.suggestion, each.refusal) for each in found.refused] == [(first, refused)]
    called = [call.suggestion_id for each in list_loops(workspace).loops for call in each.calls]
    assert name not in called
    with pytest.raises(NotFoundError, match="no proposal"):
        refuse(workspace, name, "Ada", "once more", AT)

    take_back(workspace, name, "Bo", "she agrees", AT)
    assert read_suggestions(workspace).suggestions[0] == first
    with pytest.raises(NotFoundError, match="no refusal"):
        take_back(workspace, name, "Bo", "once more", AT)


@pytest.mark.parametrize(("by", "why"), [("", "it is long"), ("Ada", " ")])
def test_nobody_refuses_without_a_name_and_a_reason(
    workspace: Workspace, by: str, why: str
) -> None:
    name = read_suggestions(workspace).suggestions[0].suggestion_id
    with pytest.raises(UsageError, match="who decides, and why"):
        refuse(workspace, name, by, why, AT)
    assert not read_suggestions(workspace).refused


def test_a_terminal_refuses_too(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    name = read_suggestions(workspace).suggestions[0].suggestion_id
    asked = ["prompt", "refuse", name, "--by", "Ada", "--workspace", str(workspace.root)]
    assert call([*asked, "--reason", "it is long"]) == 0
    assert call([*asked, "--reason", "it is not", "--back"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{name} is refused: it is long", f"{name} stands again: it is not"]
