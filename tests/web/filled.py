"""A workspace in which every page has something to show, made of given words wherever words stand.

Words come as they are: what a page does with them is what the tests look at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.capture import emit
from tracemill.flows.datasets.versions import MANIFEST
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.models.evaluations import keep_evaluation
from tracemill.flows.models.registry import note
from tracemill.flows.models.runs import keep_run
from tracemill.flows.models.suites import KeptSuite
from tracemill.flows.prompts.proposals import read_suggestions
from tracemill.flows.prompts.trials import Asked, try_suggestion
from tracemill.flows.results import BranchRow, RunResult, SessionRow
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.datasets.audits import CheckResult
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile, FunnelStage
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.models.evaluations import Evaluation, SliceScore, Suite
from tracemill.records.models.promotion import (
    ModelEvent,
    ModelVersion,
    PromotionDecision,
    RuleResult,
)
from tracemill.records.models.training import (
    DataSlice,
    Hardware,
    LossPoint,
    Stage,
    StageRun,
    TrainingRecipe,
    TrainingRun,
)
from tracemill.records.privacy.allowances import Allowance
from tracemill.records.privacy.receipts import ExportNote
from tracemill.store.allowances import write_allowances
from tracemill.store.exports import note_export
from tracemill.store.index import Index, Row
from tracemill.store.workspace import Workspace

AT: Final = datetime(2026, 3, 1, 10, tzinfo=UTC)
N_GATES: Final = 60
LEARNED: Final = tuple(f"example_{number:020}" for number in range(14))
"""Examples that a model was trained on."""
N_WORDS: Final = 400
"""How many words a session holds at most."""


def fill(folder: Path, words: Sequence[str], *, at_once: int = 1) -> Workspace:
    """Return a workspace that holds `words`, each as a request, an answer, a call and its result,
    as what a session says of itself, and some of them wherever else a person's words may stand.

    A session says `at_once` of them of itself: one in all its fields, or several in turn.
    """
    inputs = folder / "in"
    inputs.mkdir(parents=True)
    for number in range(0, len(words), N_WORDS):
        some = words[number : number + N_WORDS]
        write_long_session(inputs / f"long-{number}.jsonl", f"long{number}", some)
    for number in range(0, len(words), at_once):
        some = words[number : number + at_once]
        write_short_session(inputs / f"short-{number}.jsonl", f"s{number}", some)
    write_planned_session(inputs / "planned.jsonl", "planned", words[:N_WORDS])
    write_next_session(inputs / "next.jsonl", "next", words[0])
    write_broken(inputs, words)
    write_prompts(inputs, words)
    workspace = Workspace(folder / "workspace")
    tell(workspace, words)
    run(workspace, inputs)
    review(workspace, words)
    keep_experiment(workspace, words[0])
    keep_dataset(workspace, words)
    keep_models(workspace, words)
    keep_decisions(workspace, words)
    keep_branches(workspace, words)
    return workspace


def keep_branches(workspace: Workspace, words: Sequence[str]) -> None:
    """Put branches into lists, as a repository would that has words for names."""
    sessions = [row.id for row in list_rows(workspace, "session", SessionRow, limit=2).rows]
    rows = [
        BranchRow(
            id=f"branch_{number:020}", repository=word, branch=word, state="merged" if number else
            "open", commits=("0f" * 20,), merge="1e" * 20 if number else None, started=AT, merged=AT,
            files=3, added=40, deleted=number, plans=(word,), sessions=tuple(sessions),
            rollback=("none", "day", "pending", None)[number % 4], kept_week=None, kept_head=0.5,
        )
        for number, word in enumerate(words[:N_WORDS])
    ]  # fmt: skip
    with Index(workspace.index) as index:
        index.replace("branch", [Row.of("branch", row, row.started) for row in rows])


def run(workspace: Workspace, inputs: Path) -> RunResult:
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    return turn(workspace, [inputs], nothing_else, Options(workers=1), lambda _: None)


def _record(session: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "parentUuid": f"{session}-{number - 1}" if number else None,
        "uuid": f"{session}-{number}",
        "isSidechain": False,
        "userType": "external",
        "cwd": "/srv/app",
        "sessionId": session,
        "version": "2.1.63",
        "gitBranch": "main",
        "timestamp": (AT + timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
        **more,
    }


def _said(session: str, number: int, *content: dict[str, Any], model: str = "m-1") -> Any:
    usage = {"input_tokens": 5, "output_tokens": 7}
    message = {
        "id": f"msg_{session}_{number}", "role": "assistant", "model": model, "type": "message",
        "content": list(content), "usage": usage,
    }  # fmt: skip
    return _record(session, number, type="assistant", message=message, requestId=f"r{number}")


def _asked(session: str, number: int, content: object, **more: Any) -> dict[str, Any]:
    message = {"role": "user", "content": content}
    return _record(session, number, type="user", message=message, **more)


def _turn(session: str, number: int, word: str, **about: str) -> Iterator[dict[str, Any]]:
    """Yield a request, an answer with a call, what the call returned, and what was said of it."""
    call = f"toolu_{session}_{number}"
    model = about.pop("model", "m-1")
    yield _asked(session, number, word, **about)
    yield _said(
        session, number + 1,
        {"type": "thinking", "thinking": word, "signature": ""},
        {"type": "text", "text": word},
        {"type": "tool_use", "id": call, "name": "Bash", "input": {"command": word, word: word}},
        model=model,
    )  # fmt: skip
    failed = {"is_error": True} if number % 8 else {}
    result = {"type": "tool_result", "tool_use_id": call, "content": word, **failed}
    yield _asked(session, number + 2, [result])
    yield _said(session, number + 3, {"type": "text", "text": word}, model=model)


def _write(path: Path, records: Iterable[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def write_prompts(inputs: Path, words: Sequence[str]) -> None:
    """Write what agents are given, beside a recipe of the team's process."""
    for folder, text in (("prompts", "\n\n".join(words)), ("recipes", f"name: {words[0]!r}\n")):
        (inputs / folder).mkdir()
        (inputs / folder / "architect.md").write_text(f"# Contract\n\n{text}\n")


def write_long_session(path: Path, session: str, words: Sequence[str]) -> None:
    """Write a session in which each word is said by everybody who can say something.

    At its end the person goes back to before the last word.
    """
    turns = (_turn(session, 4 * number, word) for number, word in enumerate(words))
    end = 4 * len(words)
    before = f"{session}-{end - 5}" if len(words) > 1 else None
    again = _asked(session, end, words[-1], parentUuid=before)
    _write(path, [*(record for records in turns for record in records), again])


def write_short_session(path: Path, session: str, words: Sequence[str]) -> None:
    """Write a session that says words of itself wherever it can."""
    given = cycle(words)
    title = {"type": "custom-title", "customTitle": next(given), "sessionId": session}
    about = {name: next(given) for name in ("gitBranch", "cwd", "version", "model")}
    _write(path, [*_turn(session, 0, words[0], **about), title])


def write_planned_session(path: Path, session: str, words: Sequence[str]) -> None:
    """Write a session that plans with words: as entries of a list, and as a plan left to others."""
    todos = [
        {"content": word, "activeForm": word, "status": "in_progress" if number else "completed"}
        for number, word in enumerate(words)
    ]
    listed = {
        "type": "tool_use",
        "id": "toolu_list",
        "name": "TodoWrite",
        "input": {"todos": todos},
    }
    text = "\n\n".join(["## Next steps", *(f"- {word}" for word in words)])
    plan = {"type": "tool_use", "id": "toolu_plan", "name": "ExitPlanMode", "input": {"plan": text}}
    done = {"type": "tool_result", "tool_use_id": "toolu_list", "content": words[0]}
    _write(path, [
        _asked(session, 0, words[0]),
        _said(session, 1, listed),
        _asked(session, 2, [done]),
        _said(session, 3, {"type": "text", "text": text}, plan),
    ])  # fmt: skip


def write_next_session(path: Path, session: str, word: str) -> None:
    """Write a session that begins with a word a minute after the others."""
    _write(path, _turn(session, 60, word))


def write_broken(inputs: Path, words: Iterable[str]) -> None:
    """Write files that cannot be read, whose names are words as far as a name can be one."""
    for number, word in enumerate(islice(words, 5)):
        name = "".join("_" if letter in "/\0" else letter for letter in word)[:80]
        (inputs / f"{number} {name}.jsonl").write_text('{"parentUuid": null, "type": "user"\n')


def tell(workspace: Workspace, words: Sequence[str]) -> None:
    """Tell of work that people had to decide, and of a gate that says no more often than not."""
    given = cycle(words)
    for number in range(min(len(words), 30)):
        told = {"reason": next(given), "question": next(given)}
        emit("escalation", told, session=f"s{number}", workspace=workspace.root)
    gate, role = words[0], words[-1]
    for number in range(N_GATES):
        at = AT + timedelta(days=number)
        verdict: dict[str, Any] = {
            "gate_id": gate, "stage": role, "agent_role": role, "project_id": f"p{number}",
            "retry_attempt": 1, "validation_result": "fail" if number % 2 else "pass",
            "validation_reason": words[number % 2 % len(words)],
        }  # fmt: skip
        emit("gate", verdict, at=at, workspace=workspace.root)


def review(workspace: Workspace, words: Sequence[str]) -> list[ReviewRow]:
    """Say something of one piece of work."""
    with Desk(workspace, words[0]) as desk:
        item = desk.next_item().item
        assert item is not None
        form = ReviewForm(outcome="failed", overall_rating=2, comments=words[0])
        desk.submit(item.id, form, AT)
    return list_rows(workspace, "review", ReviewRow, limit=0).rows


def keep_experiment(workspace: Workspace, by: str) -> None:
    """Try what is suggested first."""
    suggested = read_suggestions(workspace).suggestions[0]
    arms = Asked(control="architect.v1.0", treatment="architect.v1.1", horizon=40)
    try_suggestion(workspace, suggested.suggestion_id, by, AT, arms)


def keep_dataset(workspace: Workspace, words: Sequence[str]) -> None:
    """Keep two versions of a dataset, with a check that fails."""
    given = cycle(words)
    rows = b"".join(
        json.dumps({"id": word, "messages": [{"role": "user", "content": word}], "tags": [word]})
        .encode() + b"\n"
        for word in words
    )  # fmt: skip
    for number in range(2):
        counted = {next(given): 3}
        check = CheckResult(
            name=next(given), verdict="fail", measured=0.4, threshold=0.1, n_rows=10, n_failing=4,
            says=next(given),
        )  # fmt: skip
        version = DatasetVersion(
            id=f"dataset_{number:020}", name=next(given), n_examples={"chat/train": len(words)},
            drops=counted, checks=(check,), recipe={next(given): next(given)},
            funnel=(FunnelStage(name=next(given), n_in=9, n_out=6, left_out=counted),),
            files=(ExportedFile(path="train.jsonl", format="trl-chat", rows=len(words), n_bytes=1, sha256=""),),
        )  # fmt: skip
        folder = workspace.datasets / "chat" / version.id
        folder.mkdir(parents=True)
        (folder / "train.jsonl").write_bytes(rows)
        (folder / MANIFEST).write_bytes(msgspec.json.encode(version))


def keep_models(workspace: Workspace, words: Sequence[str]) -> None:
    """Keep two models, what happened to them, how they were trained and what they did."""
    given = cycle(words)
    models = [
        ModelVersion(
            id=f"model_{n}",
            name=next(given),
            base=next(given),
            datasets=(next(given),),
            example_ids=LEARNED,
        )
        for n in range(2)
    ]
    for model in models:
        note(workspace, ModelEvent(kind="registered", model_id=model.id, at=AT, model=model))
    rule = RuleResult(rule="target", reason="not_better", says=next(given))
    decision = PromotionDecision(
        id="decision_1", at=AT, candidate_id="model_1", candidate=next(given), rules=(rule,),
        incumbent=next(given), policy=next(given), policy_hash="", is_promoted=False,
    )  # fmt: skip
    said: dict[str, Any] = {"by": next(given), "reason": next(given)}
    note(workspace, ModelEvent(kind="promoted", model_id="model_0", at=AT, **said))
    refused = ModelEvent(kind="refused", model_id="model_1", at=AT, decision=decision, **said)
    note(workspace, refused)
    _keep_run(workspace, given)
    _keep_evaluation(workspace, given)


def _keep_run(workspace: Workspace, given: Iterator[str]) -> None:
    folder = workspace.models / "run_1"
    folder.mkdir()
    stage = Stage(name="chat", data=(DataSlice(dataset="chat"),), learning_rate=1e-4)
    recipe = TrainingRecipe(
        name=next(given), purpose=next(given), base=next(given), template="chatml", stages=(stage,)
    )
    done = StageRun(
        name="chat", method="sft", data_hash="", n_examples=len(LEARNED), n_tokens=61_200,
        n_trained_tokens=18_400, n_steps=42, seconds=388.0, peak_memory_bytes=1_900_000_000,
        losses=(LossPoint(step=1, loss=2.31), LossPoint(step=42, loss=1.12)),
    )  # fmt: skip
    run = TrainingRun(
        id="run_1", recipe=recipe, status="finished", started=next(given), stages=(done,),
        example_ids=LEARNED, datasets=("chat",), hardware=Hardware(processor="x86_64", n_threads=2),
    )  # fmt: skip
    keep_run(folder, run)


def _keep_evaluation(workspace: Workspace, given: Iterator[str]) -> None:
    folder = workspace.suites / "replay" / "suite_1"
    folder.mkdir(parents=True)
    suite = Suite(id="suite_1", name=next(given), origin="", version=1, n_cases=1, n_groups=1)
    score = SliceScore(name="all", n=10, passed=6, low=0.3, high=0.8)
    (folder / MANIFEST).write_bytes(msgspec.json.encode(suite))
    parts = (next(given), "tool:Read")
    slices = (score, *(msgspec.structs.replace(score, name=part) for part in parts))
    evaluation = Evaluation(
        id="eval_1", suite_id="suite_1", suite=suite.name, subject=next(given), at=AT,
        slices=slices, confusions={f"Read -> {next(given)}": 3},
    )  # fmt: skip
    keep_evaluation(KeptSuite(folder, suite), evaluation, ())


def keep_decisions(workspace: Workspace, words: Sequence[str]) -> None:
    """Keep what a person allowed, and what left."""
    until = AT + timedelta(days=900)
    made = [
        Allowance(
            id=f"allow_{number}", stand_in=word, project=word, reason=word, by=word, at=AT, until=until
        )
        for number, word in enumerate(words[:20])
    ]  # fmt: skip
    with workspace.writing():
        write_allowances(workspace.vault, made)
    for word in words[:20]:
        left = ExportNote(at=AT, kind="dataset", subject=word, to=word, reviewer=word)
        note_export(workspace.vault, left)
