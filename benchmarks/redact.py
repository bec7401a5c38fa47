"""Redaction by itself: records of real sessions, with both engines, beside each other.

Timed is what a run does with records between reading and rows: the walk over their fields, the
scan, the replacement, the findings. Text is what the walk finds, in UTF-8. The sessions are dealt
out into two halves: a redactor reads one, and is then timed on the other, which it has never seen.

`--peer NAME=ENV/bin/python` gives the same texts, one by one, to a tool in an environment of its own.
DataClaw replaces; betterleaks and Kingfisher find alone. None of them looks for personal data.
"""

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import shared_data

from tracemill.records.inputs import Tally
from tracemill.records.refs import Origin
from tracemill.redact import Redaction, Redactor
from tracemill.redact.scanning.prefilters import ENGINES
from tracemill.redact.texts import Texts
from tracemill.sources import load_source
from tracemill.sources.content import Content

KEY = bytes(32)
BATCH = 2_048
KINDS = (("claude_code", "claude-code"), ("codex", "codex"))

PEERS = {
    "dataclaw": "from dataclaw.secrets import redact_text as look",
    "betterleaks": "from betterleaks import scan_string as look",
    "kingfisher": "import kingfisher_sdk; look = kingfisher_sdk.Scanner().scan",
}
PEER = """
import json, sys, time
texts = json.load(sys.stdin)
def cpu():
    began = time.process_time()
    for text in texts:
        look(text)
    return time.process_time() - began
print(min(cpu() for _ in range(int(sys.argv[1]))))
"""


def records(formats: Path, half: int) -> Iterator[Any]:
    for folder, name in KINDS:
        source = load_source(name)
        origin = Origin(source=name, source_version=source.version, uri="bench", input_id="i")
        for path in sorted((formats / folder).rglob("*.jsonl"))[half::2]:
            read = source.read(Content([path.read_bytes()]), origin)
            yield from (record for record in read if not isinstance(record, Tally))


def texts_of(batch: list[Any]) -> list[str]:
    texts: Texts[str] = Texts()
    for number, record in enumerate(batch):
        texts.add(record, number)
    return texts.texts


def peer(name: str, python: str, texts: list[str], n_rounds: int) -> float:
    """Return the CPU seconds that a peer takes for all texts, at best."""
    command = [python, "-c", PEERS[name] + PEER, str(n_rounds)]
    whole = [text.encode("utf-8", "replace").decode() for text in texts]
    done = subprocess.run(
        command, input=json.dumps(whole), capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def redacted(redactor: Redactor, batches: list[list[Any]]) -> tuple[float, list[Redaction[Any]]]:
    """Return what it took, and what came out."""
    began = time.process_time()
    done = [redactor.redact(batch) for batch in batches]
    return time.process_time() - began, done


def cross(
    engine: str, halves: list[list[list[Any]]], compiled: bytes | None
) -> tuple[float, list[Redaction[Any]]]:
    """Return what both halves take, each after the other, and what came out."""
    took = 0.0
    outcome = []
    for seen, unseen in (halves, halves[::-1]):
        redactor = Redactor(KEY, engine=engine, compiled=() if compiled is None else (compiled,))
        redacted(redactor, seen)
        seconds, done = redacted(redactor, unseen)
        took += seconds
        outcome += done
    return took, outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each engine runs")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    options = parser.parse_args()
    data = shared_data()
    if data is None:
        sys.exit("no real data: set TRACEMILL_SHARED_DATA to a folder with formats/claude_code")
    halves = []
    for half in range(2):
        every = list(records(data / "formats", half))
        halves.append([every[i : i + BATCH] for i in range(0, len(every), BATCH)])
    gc.freeze()  # as in a run, where records do not pile up
    gc.set_threshold(500_000)  # as the program does
    batches = [batch for half in halves for batch in half]
    texts = [text for batch in batches for text in texts_of(batch)]
    n_bytes = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    print(f"{sum(map(len, batches)):,} records, {n_bytes / 1e6:.1f} MB of text")
    outcomes = []
    for engine in ENGINES:
        began = time.process_time()
        redactor = Redactor(KEY, engine=engine)
        made = time.process_time() - began
        first = redacted(redactor, batches)[0]
        rounds = [cross(engine, halves, redactor.compiled) for _ in range(options.rounds)]
        outcomes.append(rounds[0][1])
        later = sorted(took for took, _ in rounds)
        print(
            f"{engine:<10} made in {made * 1e3:4.0f} ms, at first {n_bytes / 1e6 / first:6.1f} MB/s, "
            f"then median {n_bytes / 1e6 / later[len(later) // 2]:6.1f} MB/s, "
            f"best {n_bytes / 1e6 / later[0]:6.1f} MB/s"
        )
    for name, _, python in (each.partition("=") for each in options.peer):
        took = peer(name, python, texts, max(1, options.rounds // 3))
        print(f"{name:<10} {n_bytes / 1e6 / took:6.1f} MB/s at best")
    n_findings = sum(len(one.findings) for one in outcomes[0])
    same = "identical" if outcomes[0] == outcomes[1] else "DIFFERENT"
    print(f"{n_findings:,} findings; records and findings of both engines: {same}")


if __name__ == "__main__":
    main()
