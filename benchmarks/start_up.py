"""How long a person waits for answers, and what a run costs whatever it reads."""

import json
import statistics
import tempfile
from pathlib import Path

from measuring import TRACEMILL, run

RUNS = 15
TURNS = 4


def session(name: str) -> str:
    """Return a session that is too small to matter."""
    lines = [
        {
            "type": speaker,
            "uuid": f"{name}-{turn}-{speaker}",
            "sessionId": name,
            "timestamp": f"2026-01-05T10:0{turn}:00Z",
            "cwd": "/srv/work/shop",
            "message": {"role": speaker, "content": f"turn {turn} of {name}"},
        }
        for turn in range(TURNS)
        for speaker in ("user", "assistant")
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


def show(what: str, numbers: list[float]) -> None:
    print(
        f"{what:<34} median {statistics.median(numbers):5.0f} ms, "
        f"min {min(numbers):5.0f}, max {max(numbers):5.0f}, n={len(numbers)}"
    )


def runs(folder: Path) -> None:
    """Run on one session in a new workspace, on one more in the same, and on nothing new."""
    costs: dict[str, list[float]] = {}
    for number in range(RUNS):
        inputs = folder / f"in-{number}"
        inputs.mkdir()
        command = [*TRACEMILL, "run", str(inputs), "--workspace", str(folder / f"w-{number}")]
        for what in ("new workspace", "new session", "nothing new"):
            if what != "nothing new":
                path = inputs / f"{what.replace(' ', '-')}.jsonl"
                path.write_text(session(path.stem))
            cost = run([*command, "-q", "--json"])
            costs.setdefault(f"run, {what}: CPU", []).append(cost.cpu_s * 1000)
    for what, numbers in costs.items():
        show(what, numbers)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (["--help"], ["status", "--workspace", f"{folder}/w"]):
            costs = [run([*TRACEMILL, *arguments]) for _ in range(RUNS)]
            show(f"{arguments[0]}: wall", [cost.wall_s * 1000 for cost in costs])
            show(f"{arguments[0]}: CPU", [cost.cpu_s * 1000 for cost in costs])
        runs(Path(folder))


if __name__ == "__main__":
    main()
