"""`tracemill privacy redact --jsonl` as scripts call it: texts of real sessions, and their raw lines.

Timed in CPU seconds is the whole command, its start included, on some 10 MB of decoded texts, then of
raw lines, each of which is one text, and on nothing. `--tree` names a checkout of another version; the
two then run by turns, and figures are of one beside the other.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import ROOT, shared_data

from tracemill.redact import ENGINES

KINDS = ("claude_code", "codex")
N_BYTES = 10_000_000


def lines(formats: Path) -> Iterator[str]:
    """Yield lines of real sessions, whose files come in one drawn order."""
    paths = sorted(path for kind in KINDS for path in (formats / kind).rglob("*.jsonl"))
    random.Random(1).shuffle(paths)
    for path in paths:
        yield from filter(None, path.read_text(errors="replace").split("\n"))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def decoded(formats: Path) -> Iterator[str]:
    for line in lines(formats):
        try:
            yield from strings(json.loads(line))
        except ValueError:
            continue


def written(texts: Iterator[str], path: Path) -> float:
    """Write texts as the command reads them, and return how many MB they are."""
    n_bytes = 0
    with path.open("w") as out:
        for number, text in enumerate(texts):
            out.write(json.dumps({"id": number, "text": text}) + "\n")
            n_bytes += len(text.encode("utf-8", "surrogatepass"))
            if n_bytes >= N_BYTES:
                break
    return n_bytes / 1e6


def cpu_s(tree: Path, engine: str, path: Path, cache: Path) -> float:
    command = [sys.executable, "-m", "tracemill", "privacy", "redact", "--jsonl"]
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "XDG_CACHE_HOME": str(cache)}
    with path.open() as rows:
        process = subprocess.Popen(
            [*command, "--engine", engine], cwd=cache, env=environment,
            stdin=rows, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{path.name}: exit code {process.returncode}")
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tree", type=Path, help="a checkout of another version")
    options = parser.parse_args()
    if (data := shared_data()) is None:
        sys.exit("no real data: set TRACEMILL_SHARED_DATA to a folder with formats/claude_code")
    trees = [*filter(None, [options.tree]), ROOT]
    with tempfile.TemporaryDirectory() as folder:
        kinds = {
            "nothing": iter(()),
            "decoded": decoded(data / "formats"),
            "raw": lines(data / "formats"),
        }
        sizes = {kind: written(texts, Path(folder, kind)) for kind, texts in kinds.items()}
        for engine in ENGINES:
            for kind, size in sizes.items():
                costs: dict[Path, list[float]] = {tree: [] for tree in trees}
                for _ in range(options.rounds):
                    for number, tree in enumerate(trees):
                        cache = Path(folder, str(number))
                        cache.mkdir(exist_ok=True)
                        costs[tree].append(cpu_s(tree, engine, Path(folder, kind), cache))
                told = (
                    f"{statistics.median(c):.2f} s ({min(c):.2f} to {max(c):.2f})"
                    for c in costs.values()
                )
                print(f"{engine:<10} {kind:<8} {size:5.1f} MB  {', then '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
