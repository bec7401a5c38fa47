"""Suites are frozen, hold nothing that was trained on, and go with what they were made of."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.flows.models import DATASET, lines, make_workspace, row, write_script
from tests.flows.sessions import write_session
from tracemill.base.errors import (
    NotFoundError,
    PolicyError,
    SchemaError,
    UnknownNameError,
    UsageError,
)
from tracemill.cli.app import call
from tracemill.flows.erasing.versions import affected_versions, version_folders
from tracemill.flows.models.benchmarks import import_bfcl, installed_bfcl
from tracemill.flows.models.evaluations import Terms, compare_models, evaluate, list_evaluations
from tracemill.flows.models.foreign_results import import_results
from tracemill.flows.models.inspect_tasks import export_task
from tracemill.flows.models.suites import (
    build_suite,
    check_leaks,
    find_suite,
)
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.store.exports import read_exports
from tracemill.store.workspace import Workspace

AT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    held_out = [row(number, calls=number % 5 != 0) for number in range(20)]
    return make_workspace(tmp_path / "ws", held_out, [row(number) for number in range(50, 60)])


def test_a_suite_is_built_of_what_is_held_out(workspace: Workspace) -> None:
    suite = build_suite(workspace, DATASET, "replay", max_chars=500).suite

    assert suite.n_cases == 20
    assert suite.checks == {"arguments": 16, "decision": 20, "tool": 16}
    assert suite.checked_against == (DATASET,)
    assert suite.drops == {}


def test_each_category_of_work_is_a_part_of_its_own(tmp_path: Path) -> None:
    placed = ["category:agentic", "part:agentic/tdd", "use:single_tool"]
    held_out = [{**row(number), "tags": placed if number < 2 else []} for number in range(5)]

    suite = build_suite(
        make_workspace(tmp_path / "ws", held_out, [row(50)]), DATASET, "replay", max_chars=500
    ).suite

    assert suite.slices == {
        "builder:session": 5, "category:agentic": 2, "context:to_2k": 5, "tool:run_tests": 5,
        "turn:1": 5,
    }  # fmt: skip


def test_what_was_trained_on_is_left_out(tmp_path: Path) -> None:
    asked = "why does the nightly export of the ledger stop after four hundred rows every time"
    trained = [row(7, asks="something else"), row(50, asks="Please tell me " + asked)]
    held_out = [row(7), row(8, asks=asked), row(9)]

    suite = build_suite(
        make_workspace(tmp_path / "ws", held_out, trained), DATASET, "replay", max_chars=500
    ).suite

    assert suite.drops == {"leaked": 2}
    assert suite.n_cases == 1


def test_examples_of_one_skill_are_asked_for_that_skill(tmp_path: Path) -> None:
    habit = {**row(1), "tags": ["view:validation"]}
    habit["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"command": "pytest -q"}
    wrong = [
        {**row(number, calls=False), "tags": ["view:problem"], "tools": []}
        for number in (2, 50, 51, 52)
    ]
    causes = ("The range is short.", "A cursor stood.", "Its printer cuts.", "One header counts.")
    for number, cause in enumerate(causes):
        wrong[number]["messages"][1]["content"] = cause
    workspace = make_workspace(tmp_path / "ws", [habit, wrong[0], row(3)], wrong[1:])

    suite = build_suite(workspace, DATASET, "replay", max_chars=900).suite

    assert suite.checks == {
        "arguments": 1, "choice": 1, "decision": 1, "tool": 1, "validation": 1,
    }  # fmt: skip
    assert suite.slices["view:problem"] == suite.slices["view:validation"] == 1


def test_no_decision_of_a_branch_that_a_person_went_back_before_is_asked_or_shown(
    tmp_path: Path,
) -> None:
    for number, word in enumerate(("sort the ledger", "mend the parser", "trim the index")):
        log = write_session(tmp_path / "in", f"s{number}", 4, word)
        told = [json.loads(line) for line in log.read_text().splitlines()]
        told[8]["parentUuid"] = told[3]["uuid"]  # the third prompt follows the first answer
        log.write_text(lines(told))
    recipe = tmp_path / "held-out.toml"
    recipe.write_text('name = "held-out"\n[split]\nvalidation = 0.5\ntest = 0.4\n')
    given = ["--workspace", str(tmp_path / "ws"), "-q"]
    assert call(["run", str(tmp_path / "in"), *given]) == 0
    assert call(["dataset", "build", str(recipe), *given]) == 0
    workspace = Workspace(tmp_path / "ws")
    shutil.rmtree(workspace.datasets / "chat")

    built = build_suite(workspace, "held-out", "replay", max_chars=500)

    cases = find_suite(workspace, "replay").cases()
    requests = {m.content[-9:] for case in cases for m in case.messages if m.role == "user"}
    assert requests == {"0, please", "2, please", "3, please"}
    assert built.suite.n_cases == 2 * 3 * built.suite.n_groups


def as_unpaired(chat: dict[str, Any]) -> dict[str, Any]:
    return {"prompt": chat["messages"][:1], "completion": chat["messages"][1:], "label": True}


def as_stepwise(chat: dict[str, Any]) -> dict[str, Any]:
    return {"prompt": chat["messages"][:1], "completions": [chat["messages"][1:]], "labels": [True]}


def as_preference(chat: dict[str, Any]) -> dict[str, Any]:
    return {"prompt": chat["messages"][:1], "chosen": chat["messages"][1:], "rejected": []}


def as_worse_side(chat: dict[str, Any]) -> dict[str, Any]:
    return {**as_preference(chat), "chosen": chat["messages"][:1], "rejected": chat["messages"][1:]}


@pytest.mark.parametrize("form", [dict, as_unpaired, as_stepwise, as_preference, as_worse_side])
def test_the_same_request_and_call_leak_in_every_kind_of_row(tmp_path: Path, form: Any) -> None:
    trained = {**form(row(3)), "id": "example_x", "episode_id": "ep_x"}
    workspace = make_workspace(tmp_path / "ws", [row(3), row(4)], [trained])

    suite = build_suite(workspace, DATASET, "replay", max_chars=500).suite

    assert suite.drops == {"leaked": 1}


def test_nothing_held_out_says_what_would_be(tmp_path: Path) -> None:
    nothing = make_workspace(tmp_path / "nothing", [], [row(3)])
    leaked = make_workspace(tmp_path / "leaked", [row(3)], [{**row(3), "id": "example_x"}])

    with pytest.raises(
        NotFoundError, match=r"nothing held out; its recipe holds out 10% .* --demo"
    ):
        build_suite(nothing, DATASET, "replay", max_chars=500)
    with pytest.raises(NotFoundError, match=r"leaked 1; .* build all by one \[split\]"):
        build_suite(leaked, DATASET, "replay", max_chars=500)


def test_the_same_examples_make_the_same_suite(workspace: Workspace) -> None:
    first = build_suite(workspace, DATASET, "replay", max_chars=500)

    assert build_suite(workspace, DATASET, "replay", max_chars=500) == first
    assert find_suite(workspace, "replay").suite == first.suite
    assert find_suite(workspace, first.suite.id).suite == first.suite


def test_a_suite_whose_cases_were_changed_is_refused(workspace: Workspace) -> None:
    build_suite(workspace, DATASET, "replay", max_chars=500)
    kept = find_suite(workspace, "replay")
    cases = kept.folder / "cases.jsonl"
    cases.write_text(cases.read_text().replace("part_3", "part_4"))

    with pytest.raises(SchemaError, match="was changed"):
        kept.cases()


def test_an_unknown_suite_says_which_there_are(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="known: none yet"):
        find_suite(workspace, "replay")


def test_a_suite_goes_with_what_it_was_made_of(workspace: Workspace) -> None:
    built = build_suite(workspace, DATASET, "replay", max_chars=500)

    affected = affected_versions(workspace, {"input_example_0003"})

    assert affected == {DATASET: 1, built.suite.id: 1}
    assert Path(built.folder) in set(version_folders(workspace))


def config(tmp_path: Path, name: str, right: set[int]) -> SubjectConfig:
    script = write_script(tmp_path / f"{name}.jsonl", right, 20)
    return SubjectConfig(backend="scripted", model=str(script), name=name)


def test_two_models_are_put_to_a_suite_and_compared(workspace: Workspace, tmp_path: Path) -> None:
    build_suite(workspace, DATASET, "replay", max_chars=500)
    for name, right in (("old", {1}), ("new", set(range(20)))):
        made = evaluate(
            workspace, config(tmp_path, name, right), "replay", Terms(AskSettings(), AT)
        )
        assert made.slices[0].passed == len(right - {0, 5, 10, 15})

    compared = compare_models(workspace, "old", "new", None)

    parts = {part.name: part for part in compared.slices}
    assert parts["all"].gains == 15
    assert parts["check:arguments"].verdict == "better"
    assert parts["answer"].verdict == "inconclusive"
    assert {each.subject for each in list_evaluations(workspace)} == {"old", "new"}


def test_the_same_cases_may_have_two_names(workspace: Workspace, tmp_path: Path) -> None:
    for name in ("replay", "again"):
        build_suite(workspace, DATASET, name, max_chars=500)
    terms = Terms(AskSettings(), AT)
    evaluate(workspace, config(tmp_path, "old", {1}), "replay", terms)
    evaluate(workspace, config(tmp_path, "new", set(range(20))), "again", terms)

    assert find_suite(workspace, "replay").folder.parent.name == "replay"
    assert find_suite(workspace, "again").folder.parent.name == "again"
    assert compare_models(workspace, "old", "new", "again").slices[0].n == 20
    assert compare_models(workspace, "old", "new", None).slices[0].n == 20


def test_a_model_that_was_not_evaluated_is_named(workspace: Workspace) -> None:
    build_suite(workspace, DATASET, "replay", max_chars=500)

    with pytest.raises(NotFoundError, match="evaluated: none yet"):
        compare_models(workspace, "old", "new", "replay")


def test_leaks_are_found_in_what_a_model_was_trained_on(workspace: Workspace) -> None:
    build_suite(workspace, DATASET, "replay", max_chars=500)
    kept = find_suite(workspace, "replay")

    clean = check_leaks(workspace, kept, DATASET)
    leaked = check_leaks(workspace, kept, DATASET, ["example_0002"])

    assert (clean.n_cases, clean.n_examples, clean.leaks) == (20, 10, ())
    assert [leak.reason for leak in leaked.leaks] == ["same_example"]


def test_questions_of_a_benchmark_become_a_suite(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "possible_answer").mkdir(parents=True)
    function = {"name": "f", "description": "", "parameters": {"type": "dict", "properties": {}}}
    asked = [[{"role": "user", "content": "x"}]]
    rows = [{"id": f"q{i}", "question": asked, "function": [function]} for i in range(3)]
    text = "".join(json.dumps(each) + "\n" for each in rows)
    (folder / "BFCL_v4_irrelevance.json").write_text(text + '{"id": "to')
    (folder / "BFCL_v4_simple.json").write_text(text)
    answers = [{"id": f"q{i}", "ground_truth": [{"f": {}}]} for i in range(3)]
    (folder / "possible_answer" / "BFCL_v4_simple.json").write_text(
        "".join(json.dumps(each) + "\n" for each in answers)
    )

    suite = import_bfcl(Workspace(tmp_path / "ws"), folder, "bfcl", per_category=2).suite

    assert suite.slices == {"bfcl:irrelevance": 2, "bfcl:simple": 2}
    assert suite.drops == {"beyond_limit": 2, "no_question": 1}
    some = import_bfcl(
        Workspace(tmp_path / "ws"), folder, "bfcl", per_category=2, categories=("irrelevance",)
    )
    assert some.suite.slices == {"bfcl:irrelevance": 2}
    with pytest.raises(UnknownNameError, match="'nothing'; known: irrelevance, simple"):
        import_bfcl(
            Workspace(tmp_path / "ws"), folder, "bfcl", per_category=2, categories=("nothing",)
        )
    with pytest.raises(NotFoundError, match="BFCL_v"):
        import_bfcl(Workspace(tmp_path / "ws"), tmp_path, "bfcl", per_category=2)


def test_a_task_for_another_harness_holds_the_cases(workspace: Workspace, tmp_path: Path) -> None:
    build_suite(workspace, DATASET, "replay", max_chars=500)

    exported = export_task(workspace, "replay", tmp_path / "task")

    assert exported.n_cases == 20
    assert len((tmp_path / "task" / "cases.jsonl").read_bytes().splitlines()) == 20
    compile((tmp_path / "task" / "task.py").read_text(), "task.py", "exec")


@pytest.mark.parametrize("name", ["../../escaped", "a/b", "..", ".hidden", "", "A b"])
def test_a_suite_has_the_name_of_a_folder(name: str, workspace: Workspace, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    results.write_text(json.dumps([{"query": "a", "correct": True}]))
    before = set(tmp_path.rglob("*"))

    with pytest.raises(UsageError, match="no suite can be called"):
        import_results(workspace, [results], name, AT)
    assert set(tmp_path.rglob("*")) == before


def test_a_task_for_another_harness_leaves_through_the_gate(
    workspace: Workspace, tmp_path: Path
) -> None:
    suite = build_suite(workspace, DATASET, "replay", max_chars=500).suite

    exported = export_task(workspace, "replay", tmp_path / "task", "Ada")

    assert exported.receipt.reviewer == "Ada"
    assert (tmp_path / "task" / "receipt.json").exists()
    assert [file.path for file in exported.receipt.files] == ["cases.jsonl", "task.py"]
    (note,) = read_exports(workspace.vault)
    assert (note.kind, note.subject, note.to) == ("suite", suite.id, str(tmp_path / "task"))
    assert set(note.inputs) == {f"input_example_{number:04}" for number in range(20)}


def test_a_case_that_holds_a_secret_does_not_leave(tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    asks = row(0, asks=f"Does it pass with the token {secret} in the header?")
    workspace = make_workspace(tmp_path / "ws", [asks], [])
    build_suite(workspace, DATASET, "replay", max_chars=500)

    with pytest.raises(PolicyError, match=r"cases\.jsonl"):
        export_task(workspace, "replay", tmp_path / "task")
    assert not (tmp_path / "task").exists()
    assert read_exports(workspace.vault) == ()


def test_an_evaluation_that_was_killed_goes_on(workspace: Workspace, tmp_path: Path) -> None:
    built = build_suite(workspace, DATASET, "replay", max_chars=500)
    subject = config(tmp_path, "m", set(range(20)))
    seen: list[int] = []

    def killed(done: int, _all: int) -> None:
        seen.append(done)
        if done == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(workspace, subject, "replay", Terms(AskSettings(), AT), told=killed)
    (part,) = (Path(built.folder) / "evaluations").glob(".*.part")
    part.write_bytes(part.read_bytes() + b'{"case_id": "half')
    whole = evaluate(
        workspace,
        subject,
        "replay",
        Terms(AskSettings(), AT),
        told=lambda done, _: seen.append(done),
    )

    assert seen == list(range(1, 21))
    assert whole.slices[0].n == 20
    assert not part.exists()
    assert whole == evaluate(workspace, subject, "replay", Terms(AskSettings(), AT))


def test_an_adapter_that_was_trained_anew_is_asked_everything(
    workspace: Workspace, tmp_path: Path
) -> None:
    build_suite(workspace, DATASET, "replay", max_chars=500)
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    weights = adapter / "adapter_model.safetensors"
    weights.write_bytes(b"first")
    subject = msgspec.structs.replace(config(tmp_path, "m", set(range(20))), adapter=str(adapter))
    seen: list[int] = []

    def killed(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(workspace, subject, "replay", Terms(AskSettings(), AT), told=killed)
    weights.write_bytes(b"again")
    evaluate(
        workspace,
        subject,
        "replay",
        Terms(AskSettings(), AT),
        told=lambda done, _: seen.append(done),
    )

    assert seen == list(range(1, 21))


def test_the_installed_benchmark_is_read_whole(tmp_path: Path) -> None:
    try:
        folder = installed_bfcl()
    except NotFoundError as error:
        pytest.skip(str(error))

    suite = import_bfcl(Workspace(tmp_path / "ws"), folder, "bfcl", per_category=0).suite

    assert suite.slices["bfcl:irrelevance"] == 240
    assert suite.slices["bfcl:multiple"] == 200
    assert suite.n_cases > 3_000


def test_a_benchmark_that_is_not_there_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracemill.flows.models.benchmarks.find_spec", lambda _: None)

    with pytest.raises(NotFoundError, match="pip install --no-deps bfcl-eval"):
        installed_bfcl()
