"""What was made up out of an erased session goes with it, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_generating import SHOP, good
from tests.flows.test_quoted_erasure import erase
from tracemill.base.clock import now
from tracemill.flows.datasets.made_up import made_examples
from tracemill.flows.erasing.erasure import find_data, read_subject
from tracemill.flows.synthesis.generating import Generation, generate
from tracemill.flows.wheel.turn import Options, turn
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.synth.generation import GenerationReport
from tracemill.store.workspace import Workspace

WORDS = "mend the total of the basket"


def made_from_sessions(tmp_path: Path) -> tuple[Workspace, GenerationReport]:
    write_session(tmp_path / "in", "s1", 2, word=WORDS)
    workspace = Workspace(tmp_path / "workspace")
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [tmp_path / "in"], home, Options(workers=1), lambda _progress: None)
    script = tmp_path / "script.jsonl"
    script.write_text(
        "".join(json.dumps({"text": json.dumps(said)}) + "\n" for said in good("price"))
    )
    config = SubjectConfig(backend="scripted", model=str(script))
    wanted = Generation("agentic", 1, AskSettings(), SHOP)
    return workspace, generate(workspace, config, wanted, clock=now)


def test_questions_drafts_and_examples_go(tmp_path: Path) -> None:
    workspace, report = made_from_sessions(tmp_path)
    folder = Path(report.folder)
    if not (folder / "requests.jsonl").read_text().count("From real work"):
        pytest.fail("the session made no example to start from")
    (made,) = made_examples(workspace)
    assert made.example.lineage[0].input_id.startswith("input_")

    subject = read_subject(workspace, "s1", None, ())
    n_lines = sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl"))
    assert find_data(workspace, subject, lambda _: None).made_up_rows == n_lines == 5
    assert erase(workspace)["made_up_rows"] == n_lines
    assert not any(WORDS.encode() in path.read_bytes() for path in folder.iterdir())
    assert list(made_examples(workspace)) == []
