"""A model's drafts: what it said is kept, what holds is kept, and a run goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.synth.generation.test_asking import READ
from tracemill.base.errors import UsageError
from tracemill.flows.datasets.made_up import made_examples, plan_synthesis
from tracemill.flows.synthesis.generating import Generation, Workshop, generate
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.synth.generation import Draft, GenerationReport, ModelExchange
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import SpendingLimit
from tracemill.synth.generation.asking import WantedCall
from tracemill.synth.generation.drafting import Ran

AT = datetime(2026, 3, 1, tzinfo=UTC)
TOPICS = ("price", "basket", "stock", "order", "refund", "voucher", "parcel", "review")
CALL = {"calls": [{"name": "read_file", "arguments": {"path": "shop/price.py"}}]}


class Files:
    """A bench on which every file is there."""

    def call(self, calls: Sequence[WantedCall]) -> Sequence[Ran] | None:
        """Return what each call gives."""
        return [
            Ran(f"def {Path(call.arguments['path']).stem}(): ...", failed=False) for call in calls
        ]


@contextmanager
def bench() -> Iterator[Files]:
    yield Files()


SHOP = Workshop([READ], "shop", bench)


def good(topic: str) -> list[dict[str, Any]]:
    call = {"name": "read_file", "arguments": {"path": f"shop/{topic}.py"}}
    return [
        {"request": f"Which function keeps every {topic}, and does it take anything?"},
        {"calls": [call]},
        {"answer": f"It is {topic}() in shop/{topic}.py, and it takes nothing."},
    ]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "script.jsonl"


def run(
    workspace: Workspace, script: Path, said: Sequence[Any], n: int, **more: Any
) -> GenerationReport:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in said]
    script.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    settings = AskSettings(max_tokens=64, temperature=0.5, seed=3)
    wanted = Generation(
        **{"definition": "agentic", "n_jobs": n, "settings": settings, "workshop": SHOP, **more}
    )
    config = SubjectConfig(backend="scripted", model=str(script))
    return generate(workspace, config, wanted, clock=lambda: AT)


def lines(folder: str, name: str, kind: Any) -> list[Any]:
    data = (Path(folder) / name).read_bytes().splitlines()
    return [msgspec.json.decode(line, type=kind) for line in data]


def test_a_draft_that_holds_is_kept_with_all_that_was_said(
    workspace: Workspace, script: Path
) -> None:
    report = run(workspace, script, good("price"), 1)

    assert (report.n_done, report.n_drafts, report.n_kept, report.kept_share) == (1, 1, 1, 1.0)
    assert report.standings == {"verified": 1, "unproved": 0, "rejected": 0}
    (made,) = made_examples(workspace)
    assert (made.category, made.generator, made.execution) == (
        "agentic", "tracemill-agentic", "executed",
    )  # fmt: skip
    assert made.example.tags[0] == "origin:synthetic"
    assert made.graph.steps[0].result == "def price(): ..."
    asked = lines(report.folder, "requests.jsonl", ModelExchange)
    assert [each.purpose for each in asked] == ["request", "turn", "turn"]
    assert [each.at for each in asked] == [AT] * 3
    assert json.loads(asked[0].answer) == good("price")[0]
    assert plan_synthesis(workspace, ["agentic"]).gap == 399


def test_what_cannot_be_read_or_believed_is_counted_and_not_kept(
    workspace: Workspace, script: Path
) -> None:
    claims = [good("price")[0], {"answer": "I mended it, and all tests pass now."}]
    report = run(workspace, script, ["no idea", *claims, *good("basket")], 3)

    assert report.faults == {"not_json": 1}
    assert report.objections == {"shown_claims": 1}
    assert (report.n_drafts, report.n_kept) == (2, 1)
    outcome = next(each for each in report.rungs if each.rung == "outcome")
    assert (outcome.n_failed, outcome.n_standing) == (1, 1)
    assert len(list(made_examples(workspace))) == 1


def test_a_run_that_was_ended_goes_on_where_it_was(workspace: Workspace, script: Path) -> None:
    said = [each for topic in TOPICS for each in good(topic)]
    first = run(workspace, script, said[:6], 4, spending=SpendingLimit(requests=6))
    assert (first.n_done, first.stopped_by, first.n_requests) == (2, "requests", 6)

    drafts = Path(first.folder) / "drafts.jsonl"
    drafts.write_bytes(drafts.read_bytes() + b'{"job": "torn')
    second = run(workspace, script, said[6:12], 4)

    assert second.folder == first.folder
    assert (second.n_done, second.n_before, second.n_requests) == (4, 2, 12)
    assert len({each.job for each in lines(second.folder, "drafts.jsonl", Draft)}) == 4
    assert len(list(made_examples(workspace))) == 4
    assert run(workspace, script, [], 4).n_requests == 12


def test_a_model_that_cannot_be_asked_is_asked_again_next_time(
    workspace: Workspace, script: Path
) -> None:
    report = run(workspace, script, good("price"), 8)
    assert (report.n_done, report.n_failed, report.stopped_by) == (1, 3, "not_answering")

    again = run(workspace, script, [each for t in TOPICS[1:] for each in good(t)], 8)
    assert (again.n_done, again.n_failed, again.stopped_by) == (8, 0, None)


def test_several_at_a_time_lose_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "when.jsonl"
    said = [{"when": "Write the request", "text": json.dumps(good("price")[0])}]
    said.append({"when": "Result of read_file", "text": json.dumps(good("price")[2])})
    said.append({"when": "Which function", "text": json.dumps(good("price")[1])})
    path.write_text("".join(json.dumps(each) + "\n" for each in said))
    wanted = Generation("agentic", 12, AskSettings(), SHOP, workers=4)
    config = SubjectConfig(backend="scripted", model=str(path))
    report = generate(workspace, config, wanted, clock=lambda: AT)

    assert (report.n_done, report.n_requests, report.n_drafts) == (12, 36, 12)
    assert report.n_kept == 1
    assert report.objections == {"exact_duplicates": 11}
    assert len(lines(report.folder, "requests.jsonl", ModelExchange)) == 36


def test_without_a_sandbox_no_result_is_made_up(workspace: Workspace, script: Path) -> None:
    direct = [good("basket")[0], {"answer": "A basket is kept where the shop keeps everything."}]
    report = run(
        workspace, script, [*good("price")[:2], *direct], 2, workshop=SHOP._replace(open=None)
    )

    assert report.faults == {"no_sandbox": 1}
    assert report.n_drafts == 1


def test_what_is_private_is_not_kept(workspace: Workspace, script: Path) -> None:
    address = "ada@lovelace.org"
    said = [{"request": f"Write to {address} that it is done."}, {"answer": "I cannot send mail."}]
    report = run(workspace, script, said, 1)

    for name in ("requests.jsonl", "drafts.jsonl", "examples-model.jsonl"):
        assert address not in (Path(report.folder) / name).read_text()


def test_money_needs_its_prices(workspace: Workspace, script: Path) -> None:
    with pytest.raises(UsageError, match="needs both prices"):
        run(workspace, script, [], 1, spending=SpendingLimit(usd=1.0))


def test_a_definition_of_ones_own_names_its_category(
    workspace: Workspace, script: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("---\nname: mine\ndescription: x\n---\nMake them.\n")
    with pytest.raises(UsageError, match="names no category"):
        run(workspace, script, [], 1, definition=str(mine))

    mine.write_text("---\nname: mine\ndescription: x\ncategory: restraint\n---\nMake them.\n")
    said = [good("price")[0], {"answer": "It takes no arguments, as far as its name says it."}]
    assert run(workspace, script, said, 1, definition=str(mine)).run.category == "restraint"
