"""The whole wheel on the bundled example, turned once for each seed, and how far the seeds differ.

Run: python benchmarks/demo.py [SEEDS...]      0 1 2 if none is named; needs tracemill[llm,train]
A seed draws the tasks that are trained on and those that are held out, and is what training begins
with and shuffles by. Each turns in a workspace of its own, and prints its row as soon as it is done.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import TRACEMILL, Cost, run

PARTS = {
    "check:tool": "tool",
    "check:arguments": "arguments",
    "check:order": "second step",
    "answer": "in words",
}


def turn(seed: str) -> tuple[dict[str, Any], Cost]:
    """Turn the wheel, and return what it answered and what it took."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder, "workspace"))
        told = ["loop", "--demo", "--json", "-q", "--seed", seed, "--workspace", place]
        cost = run([*TRACEMILL, *told])
    if not cost.out:
        sys.exit(f"seed {seed}: no answer, exit code {cost.code}")
    return json.loads(cost.out), cost


def cells(seed: str, result: dict[str, Any], cost: Cost) -> Iterator[str]:
    """Yield what a row says."""
    (comparison,) = result["decision"]["comparisons"]
    parts = {part["name"]: part for part in comparison["slices"]}
    yield seed
    for name in PARTS:
        part = parts[name]
        yield f"{part['base']} to {part['candidate']} of {part['n']}"
    yield f"{parts['check:tool']['p_value']:.0e}"
    yield "promoted" if result["decision"]["is_promoted"] else "refused"
    stages = result["run"]["stages"]
    yield f"{sum(stage['cpu_seconds'] for stage in stages):,.0f}"
    yield f"{cost.cpu_s:,.0f}"
    yield f"{cost.wall_s / 60:.1f}"
    yield f"{cost.peak_mib / 1024:.1f}"


def main(seeds: list[str]) -> None:
    heads = ["seed", *PARTS.values(), "p", "decision", "CPU s to train", "CPU s", "minutes", "GiB"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    shares: dict[str, list[float]] = {name: [] for name in PARTS}
    for seed in seeds:
        result, cost = turn(seed)
        print(f"| {' | '.join(cells(seed, result, cost))} |", flush=True)
        (comparison,) = result["decision"]["comparisons"]
        for part in comparison["slices"]:
            if part["name"] in shares:
                shares[part["name"]].append(part["candidate"] / part["n"])
    spread = (f"{min(each):.2f} to {max(each):.2f}" for each in shares.values())
    print(f"| all | {' | '.join(spread)} |{' |' * (len(heads) - len(PARTS) - 1)}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["0", "1", "2"])
