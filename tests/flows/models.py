"""A workspace with a dataset that holds something out, and scripted models to put to it."""

import json
from pathlib import Path
from typing import Any, Final

from tracemill.store.workspace import Workspace

TOOL: Final = {"type": "function", "function": {"name": "run_tests", "parameters": {}}}
DATASET: Final = "dataset_aaaaaaaaaaaaaaaaaaaa"


def row(number: int, *, calls: bool = True, asks: str = "") -> dict[str, Any]:
    """Return an example: a request that nobody else makes, and what was done."""
    call = {
        "type": "function",
        "id": "c1",
        "function": {"name": "run_tests", "arguments": {"path": f"tests/part_{number}.py"}},
    }
    said: dict[str, Any] = {"role": "assistant", "content": "" if calls else "They pass."}
    if calls:
        said["tool_calls"] = [call]
    asked = asks or f"Does part {number} of the billing service still pass?"
    return {
        "id": f"example_{number:04}",
        "episode_id": f"ep_{number:04}",
        "messages": [{"role": "user", "content": asked}, said],
        "trained": [False, True],
        "tools": [TOOL],
        "tags": [],
    }


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in rows)


def make_workspace(root: Path, held_out: list[dict[str, Any]], trained: list[Any]) -> Workspace:
    """Return a workspace that holds one dataset version."""
    workspace = Workspace(root)
    workspace.create()
    folder = workspace.datasets / "chat" / DATASET
    folder.mkdir(parents=True)
    files = {"train.jsonl": trained, "validation.jsonl": held_out}
    for name, rows in files.items():
        (folder / name).write_text(lines(rows))
    lineage = [
        {
            "id": each["id"],
            "lineage": [
                {
                    "episode_id": each["episode_id"],
                    "trajectory_id": f"traj_{each['id']}",
                    "first_step": 0,
                    "last_step": 1,
                    "input_id": f"input_{each['id']}",
                    "uri": "made",
                    "content": "",
                    "span": [0, 9],
                }
            ],
        }
        for each in [*trained, *held_out]
    ]
    (folder / "lineage.jsonl").write_text(lines(lineage))
    listed = [
        {"path": name, "format": "trl-chat", "rows": len(rows), "n_bytes": 1, "sha256": ""}
        for name, rows in files.items()
    ]
    manifest = {"id": DATASET, "name": "chat", "files": listed}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return workspace


def write_script(path: Path, right: set[int], n_cases: int) -> Path:
    """Write a script of a model that calls right on some cases, and never answers in words."""
    replies = []
    for number in range(n_cases):
        of = f"tests/part_{number}.py" if number in right else "tests"
        call = {"name": "run_tests", "arguments": {"path": of}}
        replies.append({"when": f"part {number} ", "calls": [call]})
    path.write_text(lines(replies))
    return path
