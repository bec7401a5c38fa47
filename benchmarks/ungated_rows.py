"""The same sessions with nothing known of them: rows as an exporter without judgement makes them.

`ungated_rows.py WORKSPACE RECIPE OUT N` builds what RECIPE asks for with every outcome, reaction,
failure and check forgotten, and with no row looked at, and writes N of its rows to train on, drawn
by hash, to OUT; copies are rows of their own. What RECIPE holds out stays held out, so that a model
trained on the N rows and one trained on the recipe's own answer the same questions.
"""

import json
import sys
import tempfile
from pathlib import Path

import msgspec
from training_rows import Row, row_of, write_rows

from tracemill.base.ids import digest
from tracemill.curate.selecting.splits import KnownWork, Splits
from tracemill.flows.deriving.dataset import builder_config
from tracemill.flows.deriving.examples import build_apart
from tracemill.flows.deriving.facts import Facts, recorded_facts
from tracemill.flows.deriving.recipes import open_recipe
from tracemill.flows.executors.local import Local
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.activity import Activity
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


def forget(facts: Facts) -> None:
    """Leave of each piece of work only that it happened."""
    facts.episodes = [
        msgspec.structs.replace(each, outcome="achieved", confidence=1.0, quality=1.0)
        for each in facts.episodes
    ]
    facts.activities = {
        name: Activity(
            trajectory_id=name,
            input_id=each.input_id,
            goal=each.goal,
            n_steps=each.n_steps,
            n_user_steps=each.n_user_steps,
            n_calls=each.n_calls,
            files_edited=each.files_edited,
        )
        for name, each in facts.activities.items()
    }


def as_learned(example: ChatExample) -> Row:
    """Return a row of which everything that the assistant said is imitated."""
    row = row_of(example)
    return row | {"trained": [message["role"] == "assistant" for message in row["messages"]]}


def main() -> None:
    workspace, recipe = Workspace(Path(sys.argv[1])), open_recipe(sys.argv[2])
    lake = Lake(workspace.lake)
    facts = recorded_facts(lake)
    goals = {name: each.goal for name, each in facts.activities.items()}
    splits = Splits(KnownWork(facts.episodes, facts.trajectories, goals), recipe.split)
    forget(facts)
    config = msgspec.structs.replace(builder_config(recipe), builders=("session",))
    with tempfile.TemporaryDirectory() as scratch:
        apart = Lake(Path(scratch) / "lake")
        build_apart(lake, workspace.lake, Local(1, Path(scratch)), facts, config, apart)
        rows = [
            (digest("ungated", example.id, str(at)), as_learned(example))
            for at, example in enumerate(apart.records(TABLES["examples"]))
            if splits.split_of(example.lineage[0].trajectory_id) == "train"
        ]
    rows.sort(key=lambda pair: pair[0])
    drawn = [row | {"id": name} for name, row in rows[: int(sys.argv[4])]]
    write_rows(Path(sys.argv[3]), drawn)
    print(json.dumps({"rows": len(rows), "drawn": len(drawn)}))


if __name__ == "__main__":
    main()
