"""Whole runs: `tracemill run` cold and warm, beside `dataclaw export` on the same files.

`sync` is a run without what follows from the facts: inputs are read, redacted, kept and committed, which
is what the peer does. `run` also links, labels, builds examples and checks a version of the dataset.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import TRACEMILL, Cost, copies, run, shared_data

SMALL = 10_000
"""Fixtures below this many bytes are no sessions of anybody's."""


def show(name: str, cost: Cost, n_bytes: int) -> None:
    speed = n_bytes / 1e6 / cost.cpu_s
    print(
        f"{name:<28} {speed:7.1f} MB/CPU-s  cpu {cost.cpu_s:7.2f} s  wall {cost.wall_s:7.2f} s  "
        f"peak {cost.peak_mib:6.0f} MiB  exit {cost.code}"
    )


def dataclaw(home: Path) -> Cost | None:
    """Run the peer on Claude Code sessions, which it looks for in a home of its own."""
    program = shutil.which(os.environ.get("DATACLAW", "dataclaw"))
    if program is None:
        return None
    setting = {"HOME": str(home)}
    run([program, "config", "--source", "all", "--confirm-projects"], **setting)
    out = str(home / "out.jsonl")
    return run([program, "export", "--no-push", "--all-projects", "-o", out], **setting)


def flat(sessions: Path, home: Path) -> int:
    """Put all sessions into one project of a home, as the peer wants them; return their bytes."""
    project = home / ".claude" / "projects" / "-home-dev-project"
    project.mkdir(parents=True)
    n_bytes = 0
    for number, path in enumerate(sorted(sessions.rglob("claude_code/**/*.jsonl"))):
        if path.stat().st_size > SMALL and "subagents" not in path.parts:
            shutil.copy(path, project / f"{path.stem}-{number}.jsonl")
            n_bytes += path.stat().st_size
    return n_bytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="1", help="processes")
    parser.add_argument("--copies", type=int, default=8, help="how often the real files are taken")
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    options = parser.parse_args()
    data = shared_data()
    if data is None:
        sys.exit("no real data: set TRACEMILL_SHARED_DATA to a folder with formats/claude_code")
    folder = Path(tempfile.mkdtemp(prefix="tracemill-bench-"))
    formats = data / "formats"
    n_bytes = copies([formats / "claude_code", formats / "codex"], folder / "in", options.copies)
    print(f"input: real files x {options.copies}, {n_bytes / 1e6:,.1f} MB")
    command = [
        *TRACEMILL,
        "run",
        str(folder / "in"),
        "--workspace",
        str(folder / "w"),
        "--json",
        "-q",
    ]
    cold = run(command)
    show("run, cold", cold, n_bytes)
    document = json.loads(cold.out)
    for stage, cost in document["stages"].items():
        print(f"  {stage:<26} {cost['seconds']:7.2f} s")
    show("run, warm", run(command), n_bytes)
    home = folder / "home"
    n_flat = flat(folder / "in", home)
    print(f"Claude Code alone, as the peer reads it: {n_flat / 1e6:,.1f} MB")
    projects = str(home / ".claude" / "projects")
    for name in ("sync", "run"):
        place = ["--workspace", str(folder / name), "--workers", "1", "--json", "-q"]
        show(f"{name}, cold", run([*TRACEMILL, name, projects, *place]), n_flat)
    peer = dataclaw(home)
    if peer is None:
        print("dataclaw: not installed, not compared")
    else:
        show("dataclaw export", peer, n_flat)
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
