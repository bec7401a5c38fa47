"""Calls of a model's drafts are carried out on the bundled project, and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.test_generating import AT
from tracemill.base.errors import PolicyError
from tracemill.base.sandbox import find_sandbox
from tracemill.flows.datasets.made_up import made_examples
from tracemill.flows.synthesis import workshops
from tracemill.flows.synthesis.generating import Generation, generate
from tracemill.flows.synthesis.workshops import open_workshop
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.store.workspace import Workspace
from tracemill.synth.generation.asking import WantedCall

SAID = (
    {"request": "Where does the package keep its units, and which file is that?"},
    {"calls": [{"name": "search_text", "arguments": {"pattern": "def ", "path": "larder"}}]},
    {"answer": "The words for them stand in larder/units.py."},
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def require_sandbox() -> None:
    try:
        find_sandbox()
    except PolicyError as error:
        pytest.skip(str(error))


def test_a_draft_shows_what_the_project_really_holds(workspace: Workspace, tmp_path: Path) -> None:
    require_sandbox()
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps({"text": json.dumps(each)}) + "\n" for each in SAID))
    config = SubjectConfig(backend="scripted", model=str(script))
    with open_workshop(workspace) as (shop, refusal):
        wanted = Generation("agentic", 1, AskSettings(), shop)
        report = generate(workspace, config, wanted, clock=lambda: AT)

    assert refusal is None
    assert report.standings["verified"] == 1
    (made,) = made_examples(workspace)
    assert "larder/units.py:" in (made.graph.steps[0].result or "")
    assert made.graph.project == shop.project
    assert not list(workspace.scratch.iterdir())


def test_benches_do_not_see_each_other(workspace: Workspace) -> None:
    require_sandbox()
    with open_workshop(workspace) as (shop, _):
        assert shop.open is not None
        with shop.open() as bench:
            bench.call([WantedCall("write_file", {"path": "own.txt", "content": "mine"})])
        with shop.open() as bench:
            (ran,) = bench.call([WantedCall("read_file", {"path": "own.txt"})]) or ()

    assert ran.failed


def test_without_a_sandbox_the_tools_are_told_and_none_is_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> None:
        raise PolicyError("nothing is run outside of a sandbox")

    monkeypatch.setattr(workshops, "open_sandbox", none)
    with open_workshop(workspace) as (shop, refusal):
        assert shop.open is None
        assert {"read_file", "run_tests"} <= {tool["function"]["name"] for tool in shop.tools}
    assert refusal == "nothing is run outside of a sandbox"


def test_tools_that_do_not_answer_are_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_sandbox()
    monkeypatch.setattr("tracemill.flows.synthesis.bench._SECONDS", 0.0)

    with pytest.raises(PolicyError, match="expected an answer"), open_workshop(workspace):
        pass
