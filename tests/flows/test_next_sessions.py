"""What a hand-off is labelled by: the session that went on, and what became of that."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.cli.look.test_handoff import log
from tests.flows.models import DATASET, make_workspace, row
from tracemill.cli.app import call
from tracemill.flows.deriving.facts import recorded_facts
from tracemill.flows.deriving.next_sessions import next_sessions
from tracemill.flows.models.suites import build_suite, find_suite
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

LEFT = "I wrote it.\n\nNext steps:\n- teach the parser negative totals\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("next")
    looks = {"name": "Read", "input": {"file_path": str(root / "app" / "bill.py")}}
    log(root / "in", "s-first", 9, "write the parser of bills", looks, LEFT)
    log(root / "in", "s-next", 11, "please continue", looks, "Done.")
    assert call(["run", str(root / "in"), "--workspace", str(root / "ws"), "--quiet"]) == 0
    return Workspace(root / "ws")


def test_the_session_that_went_on_is_told_with_what_became_of_it(workspace: Workspace) -> None:
    facts = recorded_facts(Lake(workspace.lake))
    names = {each.session_id: name for name, each in facts.trajectories.items()}
    facts.episodes = [
        structs.replace(each, outcome="achieved", confidence=0.9) for each in facts.episodes
    ]
    found = next_sessions(facts)

    assert found.keys() == {names["s-first"]}
    told = found[names["s-first"]]
    assert (told.trajectory_id, told.method) == (names["s-next"], "asks_to_go_on")
    assert (told.outcome, told.outcome_confidence) == ("achieved", 0.9)


def test_where_nobody_knows_what_became_of_it_the_words_are_counted_and_left_out(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "handed.toml"
    recipe.write_text('name = "handed"\nbuilders = ["handoff", "session"]\n')
    capsys.readouterr()
    given = ["--workspace", str(workspace.root), "--json", "-q"]
    assert call(["dataset", "build", str(recipe), *given]) == 3
    said = capsys.readouterr()
    error: dict[str, Any] = json.loads(said.out or said.err)

    assert "keeps no example: left out are" in error["error"]
    assert "outcome_" in error["error"]


def handed(number: int, *, label: bool) -> dict[str, Any]:
    """Return words that handed work over, rightly or not."""
    asked, _ = row(number)["messages"]
    words = {
        "role": "assistant",
        "content": f"Remaining:\n- mend part_{number}.py\n- ask Ada why\n",
    }
    about = {key: value for key, value in row(number).items() if key not in {"messages", "trained"}}
    tags = ["builder:handoff", "view:collaboration"]
    return {**about, "prompt": [asked], "completion": [words], "label": label, "tags": tags}


def test_words_that_handed_work_over_well_are_asked_for(tmp_path: Path) -> None:
    rows = [handed(1, label=True), handed(2, label=False), row(3)]
    workspace = make_workspace(tmp_path / "ws", rows, [handed(50, label=True)])

    built = build_suite(workspace, DATASET, "replay", max_chars=900)
    (case,) = (each for each in find_suite(workspace, "replay").cases() if each.handed)

    assert built.suite.checks == {"arguments": 1, "decision": 1, "hand_over": 1, "tool": 1}
    assert built.suite.slices["builder:handoff"] == 1
    assert [thing.text for thing in case.handed] == [
        "mend part_1.py", "ask Ada why", "part_1.py",
    ]  # fmt: skip
