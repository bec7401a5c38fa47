"""Reading alone: bytes to our records, beside `json` alone and beside agentpile on the same files."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from measuring import shared_data

from tracemill.records.refs import Origin
from tracemill.sources import Content, load_source

BLOCK = 2**20
PEER = """
import json, sys, time
import agentpile
def load(path):
    try:
        list(agentpile.load(path))
    except agentpile.AgentpileError:
        return 0
    return 1
def once():
    began = time.process_time()
    n_read = sum(map(load, paths))
    return time.process_time() - began, n_read
paths = json.load(sys.stdin)
print(json.dumps(min(once() for _ in range(int(sys.argv[1])))))
"""


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.jsonl")) if path.stat().st_size > 0]


def read(source: str, inputs: list[bytes]) -> None:
    origin = Origin(source=source, source_version=1, uri="file:session.jsonl", input_id="input_1")
    for data in inputs:
        blocks = (data[start : start + BLOCK] for start in range(0, len(data), BLOCK))
        for _ in load_source(source).read(Content(blocks), origin):
            pass


def loads(inputs: list[bytes]) -> None:
    for data in inputs:
        for line in data.split(b"\n"):
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                continue


def best(runs: int, work: Callable[[], None]) -> float:
    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return min(once() for _ in range(runs))


def peer(python: str, paths: list[Path], runs: int) -> tuple[float, int]:
    """Return what agentpile takes for the same files, and how many of them it reads."""
    named = json.dumps(list(map(str, paths)))
    done = subprocess.run(
        [python, "-c", PEER, str(runs)], input=named, capture_output=True, text=True, check=True
    )
    cpu_s, n_read = json.loads(done.stdout)
    return cpu_s, n_read


def compare(source: str, folder: Path, runs: int, python: str | None) -> None:
    paths = files(folder)
    inputs = [path.read_bytes() for path in paths]
    mb = sum(map(len, inputs)) / 1e6
    print(f"{source}: {len(paths)} files, {mb:.1f} MB")
    print(f"  to our records        {mb / best(runs, lambda: read(source, inputs)):7.0f} MB/CPU-s")
    print(f"  orjson.loads alone    {mb / best(runs, lambda: loads(inputs)):7.0f} MB/CPU-s")
    if python is None:
        print("  agentpile: not compared; set AGENTPILE_PYTHON to a Python that has it")
        return
    theirs, n_read = peer(python, paths, runs)
    said = f"{mb / theirs:7.0f} MB/CPU-s, {n_read} files read" if n_read else "  reads none of them"
    print(f"  agentpile             {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="the best of so many is shown")
    options = parser.parse_args()
    data = shared_data()
    if data is None:
        sys.exit("no real data: set TRACEMILL_SHARED_DATA to a folder with formats/claude_code")
    python = os.environ.get("AGENTPILE_PYTHON")
    for source, folder in (("claude-code", "claude_code"), ("codex", "codex")):
        compare(source, data / "formats" / folder, options.runs, python)


if __name__ == "__main__":
    main()
