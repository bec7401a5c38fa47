"""Suites of conduct: a judge is named, does not change between models, and passes nothing unsaid."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flows.models import make_workspace, row
from tracemill.base.errors import UsageError
from tracemill.flows.models.conduct import build_conduct
from tracemill.flows.models.evaluations import Terms, compare_models, evaluate
from tracemill.flows.models.inspect_tasks import export_task
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.store.workspace import Workspace

AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "ws", [row(1)], [row(50)])


def said(path: Path, *texts: str) -> SubjectConfig:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return SubjectConfig(backend="scripted", model=str(path))


def test_conduct_is_judged_by_a_model_that_is_named(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    case = 'shows = "tone"\nrequest = "{}"\nasks = ["Kind?"]\nfits = "Hi!"\nmisses = "No."\n'
    file.write_text("".join("[[case]]\n" + case.format(each) for each in ("Hi.", "Hey.", "You.")))
    suite = build_conduct(workspace, file, "tone").suite
    subject = said(tmp_path / "model.jsonl", "Hi!", "Hello!", "What?")
    words = [json.dumps({"verdict": word}) for word in ("yes", "no", "unsure")]
    judge = said(tmp_path / "judge.jsonl", *words)

    made = evaluate(workspace, subject, "tone", Terms(AskSettings(), AT, judge))

    assert suite.slices == {"conduct:tone": 3}
    assert {part.name: part.passed for part in made.slices} == {
        "all": 1, "check:conduct": 1, "conduct:tone": 1,
    }  # fmt: skip
    assert made.faults == {"not_shown": 1, "unjudged": 1}
    assert made.settings["judge"] == "scripted:judge.jsonl"


def test_conduct_needs_a_judge_and_one_judge_for_both(workspace: Workspace, tmp_path: Path) -> None:
    build_conduct(workspace, None, "conduct")
    with pytest.raises(UsageError, match="--judge"):
        evaluate(workspace, said(tmp_path / "a.jsonl"), "conduct", Terms(AskSettings(), AT))
    with pytest.raises(UsageError, match="need a judge"):
        export_task(workspace, "conduct", tmp_path / "out")

    answers = ["Which one do you mean?"] * 20
    verdicts = ['{"verdict": "yes"}'] * 60
    for name in ("a", "b"):
        judge = said(tmp_path / f"judge-{name}.jsonl", *verdicts)
        subject = said(tmp_path / f"{name}.jsonl", *answers)
        evaluate(workspace, subject, "conduct", Terms(AskSettings(), AT, judge))
    with pytest.raises(UsageError, match=r"judge-a\.jsonl.*judge-b\.jsonl"):
        compare_models(workspace, "a", "b", "conduct")
