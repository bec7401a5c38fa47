"""A recipe becomes a run: planned, trained, kept, found again, and asked in its own format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.render.formats import tokenizer_file
from tracemill.base import registry
from tracemill.base.errors import NotFoundError
from tracemill.flows.models.planning import plan_training
from tracemill.flows.models.runs import find_run, list_runs, n_learned_before, subject_of
from tracemill.flows.models.training import plan_run, train_model
from tracemill.llm import AskSettings, open_subject
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import FormatMismatchError
from tracemill.store.workspace import Workspace
from tracemill.train.protocol import TrainProgress

RECIPE = """
name = "by-heart"
base = "{base}"
template = "{template}"
trainer = "scripted"
seed = {seed}
[[stages]]
name = "only"
data = [{{ dataset = "{data}" }}]
learning_rate = 1e-3
batch_size = 2
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    made.create()
    return made


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    tokenizer_file(folder)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        {
            "id": f"example_{name[4:]}",
            "messages": [
                {"role": "user", "content": f"Run {name} now."},
                {"role": "assistant", "tool_calls": [call(name)], "content": ""},
            ],
        }
        for name in ("bin/alpha", "bin/beta", "bin/gamma")
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def call(name: str) -> dict[str, object]:
    function = {"name": "run", "arguments": {"command": name}}
    return {"type": "function", "id": "call_0", "function": function}


def recipe(base: Path, data: Path, seed: int = 0, template: str = "compact") -> str:
    path = base.parent / f"recipe-{seed}.toml"
    path.write_text(RECIPE.format(base=base, data=data, seed=seed, template=template))
    return str(path)


def ignore(_: TrainProgress) -> None:
    pass


def test_made_up_tasks_that_are_not_there_say_what_makes_them(
    workspace: Workspace, base: Path
) -> None:
    with pytest.raises(NotFoundError, match=r"no dataset 'demo' .*tracemill loop --demo"):
        plan_run(workspace, recipe(base, Path("demo")))


def test_run_says_what_it_learned_from_and_is_found_again(
    workspace: Workspace, base: Path, data: Path
) -> None:
    seen: list[TrainProgress] = []

    kept = train_model(workspace, plan_run(workspace, recipe(base, data)), seen.append)

    assert kept.run.status == "finished"
    assert kept.run.example_ids == ("example_alpha", "example_beta", "example_gamma")
    assert [(progress.step, progress.loss) for progress in seen] == [(1, None)]
    assert kept.run.stages[0].losses == ()
    assert kept.run.adapter_hash is not None
    assert (kept.folder / "loss.svg").read_text().startswith("<svg")
    assert find_run(workspace, kept.run.id[:12]) == kept
    assert find_run(workspace, "by-heart") == kept
    assert list_runs(workspace).runs == (kept.run,)


def test_same_run_is_not_made_twice_and_another_seed_is_another_run(
    workspace: Workspace, base: Path, data: Path
) -> None:
    first = train_model(workspace, plan_run(workspace, recipe(base, data)), ignore)
    seen: list[TrainProgress] = []

    again = train_model(workspace, plan_run(workspace, recipe(base, data)), seen.append)
    other = plan_run(workspace, recipe(base, data, seed=1))

    assert seen == []
    assert again == first
    assert other.run.id != first.run.id


def test_a_seed_that_is_named_goes_before_the_recipes_own(
    workspace: Workspace, base: Path, data: Path
) -> None:
    written = plan_run(workspace, recipe(base, data, seed=1))
    named = plan_run(workspace, recipe(base, data), seed=1)

    assert named.run.id == written.run.id


def test_trained_model_is_asked_in_its_own_format(
    workspace: Workspace, base: Path, data: Path
) -> None:
    kept = train_model(workspace, plan_run(workspace, recipe(base, data)), ignore)

    with open_subject(subject_of(kept)) as subject:
        answer = subject.answer(
            [Message(role="user", content="Run bin/delta now.")], (), AskSettings()
        )

    assert answer.calls == ({"name": "run", "arguments": {"command": "bin/delta"}},)
    assert answer.format == kept.run.format


def test_template_that_differs_by_one_character_is_refused(
    workspace: Workspace, base: Path, data: Path
) -> None:
    kept = train_model(workspace, plan_run(workspace, recipe(base, data)), ignore)
    template = kept.folder / "template.jinja"
    template.write_text(template.read_text().replace("# Tools", "# tools"))

    with (
        pytest.raises(FormatMismatchError, match="trained in the format"),
        open_subject(subject_of(kept)),
    ):
        pass


def test_parent_of_another_format_is_refused(workspace: Workspace, base: Path, data: Path) -> None:
    kept = train_model(workspace, plan_run(workspace, recipe(base, data)), ignore)

    with pytest.raises(FormatMismatchError, match="train on in the same format"):
        plan_run(workspace, recipe(base, data, template="chatml"), kept.run.id)


def test_child_knows_what_its_parent_learned(workspace: Workspace, base: Path, data: Path) -> None:
    parent = train_model(workspace, plan_run(workspace, recipe(base, data)), ignore)

    child = train_model(workspace, plan_run(workspace, recipe(base, data), parent.run.id), ignore)

    assert child.run.parent == parent.run.id
    assert child.run.id != parent.run.id


def test_what_is_learned_twice_on_the_way_is_counted(
    workspace: Workspace, base: Path, data: Path
) -> None:
    parent = train_model(workspace, plan_run(workspace, recipe(base, data)), ignore).run
    child = train_model(workspace, plan_run(workspace, recipe(base, data), parent.id), ignore).run
    grandchild = plan_training(workspace, recipe(base, data), child.id)

    assert grandchild.n_learned_before == 3
    assert n_learned_before(workspace, ["example_alpha", "example_new"], child.id) == 1
    assert n_learned_before(workspace, ["example_alpha"], None) is None
    assert plan_training(workspace, recipe(base, data)).n_learned_before is None


def test_one_stage_alone_is_a_run_of_its_own(workspace: Workspace, base: Path, data: Path) -> None:
    whole = Path(recipe(base, data))
    text = whole.read_text()
    whole.write_text(
        text + text[text.index("[[stages]]") :].replace('name = "', 'name = "more-', 1)
    )
    first, both = (plan_run(workspace, str(whole), stage=each) for each in ("1", "all"))

    assert [len(each.run.recipe.stages) for each in (first, both)] == [1, 2]
    assert first.run.id != both.run.id


def test_what_is_not_there_says_what_would_be(workspace: Workspace, base: Path, data: Path) -> None:
    with pytest.raises(NotFoundError, match="no dataset 'chat'"):
        plan_run(workspace, recipe(base, Path("chat")))
    with pytest.raises(NotFoundError, match="no model 'mine'"):
        plan_run(workspace, recipe(base, data), "mine")
    with pytest.raises(NotFoundError, match="expected the base model there"):
        plan_run(workspace, recipe(base / "missing.gguf", data))


LOGGER = """
import json
from pathlib import Path

class Diary:
    def __init__(self, place):
        self.place = place
    def write(self, *told):
        self.place.parent.mkdir(parents=True, exist_ok=True)
        with self.place.open("a") as out:
            out.write(json.dumps(told) + chr(10))
    def begin(self, name, facts):
        self.write("begin", name, facts["seed"])
    def note(self, stage, step, measures):
        self.write("note", stage, step, dict(measures))
    def end(self, facts):
        self.write("end", facts["status"])
"""


def test_loggers_of_any_package_hear_the_whole_run(
    workspace: Workspace, base: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diary.py").write_text(LOGGER)
    metadata = tmp_path / "diary-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: diary\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[tracemill.loggers]\ndiary = diary:Diary\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry._registered.cache_clear()
    named = recipe(base, data)
    told = Path(named).read_text().replace("seed =", 'loggers = ["diary"]\nseed =')
    Path(named).write_text(told)

    kept = train_model(workspace, plan_run(workspace, named), ignore)
    registry._registered.cache_clear()

    lines = (workspace.models / "logs" / "diary").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        ["begin", kept.run.id, kept.run.recipe.seed],
        ["note", "only", 1, {}],
        ["end", "finished"],
    ]
