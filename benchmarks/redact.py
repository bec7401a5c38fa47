"""Redaction by itself: records of real sessions, with both engines, beside each other.

Timed is what a run does with records between reading and rows: the walk over their fields, the
scan, the replacement, the findings. Text is what the walk finds, in UTF-8. Each round has a
redactor of its own, which has seen none of the texts; its patterns are compiled already.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import shared_data

from tracemill.records.findings import Tally
from tracemill.records.refs import Origin
from tracemill.redact import Redaction, Redactor
from tracemill.redact.prefilters import ENGINES
from tracemill.redact.texts import Texts
from tracemill.sources import load_source
from tracemill.sources.content import Content

KEY = bytes(32)
BATCH = 2_048
KINDS = (("claude_code", "claude-code"), ("codex", "codex"))


def records(formats: Path) -> Iterator[Any]:
    for folder, name in KINDS:
        source = load_source(name)
        origin = Origin(source=name, source_version=source.version, uri="bench", input_id="i")
        for path in sorted((formats / folder).rglob("*.jsonl")):
            read = source.read(Content([path.read_bytes()]), origin)
            yield from (record for record in read if not isinstance(record, Tally))


def n_text_bytes(batch: list[Any]) -> int:
    texts: Texts[str] = Texts()
    for number, record in enumerate(batch):
        texts.add(record, number)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts.texts)


def redacted(redactor: Redactor, batches: list[list[Any]]) -> tuple[float, list[Redaction[Any]]]:
    """Return what it took, and what came out."""
    began = time.process_time()
    done = [redactor.redact(batch) for batch in batches]
    return time.process_time() - began, done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often each engine runs")
    options = parser.parse_args()
    data = shared_data()
    if data is None:
        sys.exit("no real data: set TRACEMILL_SHARED_DATA to a folder with formats/claude_code")
    every = list(records(data / "formats"))
    gc.freeze()  # as in a run, where records do not pile up
    batches = [every[i : i + BATCH] for i in range(0, len(every), BATCH)]
    n_bytes = sum(map(n_text_bytes, batches))
    print(f"{len(every):,} records, {n_bytes / 1e6:.1f} MB of text")
    outcomes = []
    for engine in ENGINES:
        began = time.process_time()
        redactor = Redactor(KEY, engine=engine)
        made = time.process_time() - began
        first, done = redacted(redactor, batches)
        others = (
            Redactor(KEY, engine=engine, compiled=redactor.compiled) for _ in range(options.rounds)
        )
        later = sorted(redacted(other, batches)[0] for other in others)
        outcomes.append(done)
        print(
            f"{engine:<10} made in {made * 1e3:4.0f} ms, first pass {n_bytes / 1e6 / first:6.1f} MB/s, "
            f"then median {n_bytes / 1e6 / later[len(later) // 2]:6.1f} MB/s, "
            f"best {n_bytes / 1e6 / later[0]:6.1f} MB/s"
        )
    n_findings = sum(len(one.findings) for one in outcomes[0])
    same = "identical" if outcomes[0] == outcomes[1] else "DIFFERENT"
    print(f"{n_findings:,} findings; records and findings of both engines: {same}")


if __name__ == "__main__":
    main()
