"""One session of 2 GB: how much memory does a run take?"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from random import Random
from uuid import UUID

from measuring import TRACEMILL, run

WORDS = [
    "the",
    "module",
    "reads",
    "each",
    "line",
    "and",
    "keeps",
    "its",
    "offset",
    "so",
    "that",
    "nothing",
    "is",
    "lost",
    "when",
    "it",
    "grows",
]


def write_session(path: Path, n_bytes: int) -> None:
    """Write a Claude Code session of our own making: prompts, edits, test runs, answers."""
    random = Random(1)
    parent: str | None = None
    written = 0

    def line(kind: str, message: object, **more: object) -> bytes:
        nonlocal parent
        uuid = str(UUID(int=random.getrandbits(128), version=4))
        record = {
            "parentUuid": parent, "isSidechain": False, "userType": "external", "cwd": "/srv/app",
            "sessionId": "11111111-2222-4333-8444-555555555555", "version": "2.1.63",
            "gitBranch": "main", "type": kind, "message": message, "uuid": uuid,
            "timestamp": "2026-03-01T10:00:00.000Z", **more,
        }  # fmt: skip
        parent = uuid
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"

    def text(n_words: int) -> str:
        return " ".join(random.choices(WORDS, k=n_words))

    with path.open("wb") as out:
        turn = 0
        while written < n_bytes:
            turn += 1
            call = f"toolu_{turn:012d}"
            usage = {"input_tokens": 10, "output_tokens": 50}
            tool = {
                "type": "tool_use",
                "id": call,
                "name": "Bash",
                "input": {"command": "pytest -q"},
            }
            answer = {"type": "tool_result", "tool_use_id": call, "content": text(600)}
            for part in (
                line("user", {"role": "user", "content": f"Change {turn}: {text(40)}"}),
                line("assistant", {"id": f"msg_{turn}a", "role": "assistant", "model": "m-1",
                     "content": [{"type": "text", "text": text(150)}], "usage": usage}, requestId=f"r{turn}a"),
                line("assistant", {"id": f"msg_{turn}a", "role": "assistant", "model": "m-1",
                     "content": [tool], "usage": usage}, requestId=f"r{turn}a"),
                line("user", {"role": "user", "content": [answer]}, toolUseResult={"stdout": text(600)}),
                line("assistant", {"id": f"msg_{turn}b", "role": "assistant", "model": "m-1",
                     "content": [{"type": "text", "text": text(80)}], "usage": usage}, requestId=f"r{turn}b"),
            ):  # fmt: skip
                out.write(part)
                written += len(part)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=2_000)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tracemill-bench-"))
    (folder / "in").mkdir()
    write_session(folder / "in" / "huge.jsonl", options.mb * 10**6)
    cost = run(
        [
            *TRACEMILL,
            "run",
            str(folder / "in"),
            "--workspace",
            str(folder / "w"),
            "--workers",
            "1",
            "--json",
            "-q",
        ]
    )
    print(
        f"{options.mb} MB in one session: peak {cost.peak_mib:.0f} MiB, cpu {cost.cpu_s:.1f} s, "
        f"{options.mb / cost.cpu_s:.1f} MB/CPU-s, exit {cost.code}"
    )
    print(json.dumps(json.loads(cost.out)["store"]))
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
