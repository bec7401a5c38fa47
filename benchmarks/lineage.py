"""Does lineage lead to bytes that say what an example says? Random examples, archived bytes.

Of each example drawn, the bytes that its lineage names are read from the archive, taken out of their
JSON, redacted as the workspace redacts, and compared: every run of eight words in a line of a trained
message must stand there. Words of several letters count; what redaction put in is left out.
"""

import json
import random
import re
import sys
from pathlib import Path
from typing import Any

from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.views.explain import explain_record
from tracemill.store.vault import Vault
from tracemill.store.workspace import Workspace

WORD = re.compile(r"[^\W\d_]{3,}")
ESCAPE = re.compile(r"\\+(?:u[0-9a-fA-F]{4}|.)")
"""An escape within JSON, for pieces of documents that are none by themselves."""
RUN = 8


def texts(value: Any) -> list[str]:
    """Return every text in a JSON value, those that are JSON themselves taken apart."""
    if isinstance(value, str):
        try:
            inner = json.loads(value) if value[:1] in "{[" else None
        except ValueError:
            inner = None
        return [value, *(texts(inner) if inner is not None else [])]
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    return [text for each in value for text in texts(each)] if isinstance(value, list) else []


def said_in(data: bytes) -> str:
    """Return what stands in some bytes: their texts where they are JSON, and all as it stands."""
    found = []
    for part in [data, *data.splitlines()]:
        try:
            found += texts(json.loads(part))
        except ValueError:
            continue
    return "\n".join([*found, ESCAPE.sub(" ", data.decode("utf-8", "replace"))])


def runs(text: str) -> set[tuple[str, ...]]:
    words = [word.lower() for word in WORD.findall(text)]
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def learned(row: dict[str, Any]) -> str:
    if "messages" in row:
        pairs = zip(row["messages"], row["trained"], strict=True)
        return "\n".join(message["content"] for message, trained in pairs if trained)
    sides = row.get("chosen") or row.get("completion") or []
    return "\n".join(message["content"] for message in sides)


def main() -> None:
    workspace = Workspace(Path(sys.argv[1]))
    n_drawn = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    lineages: dict[str, Any] = {}
    rows: dict[str, dict[str, Any]] = {}
    for folder in sorted(workspace.datasets.glob("*/dataset_*")):
        for path in folder.glob("*.jsonl"):
            if path.name == "rejects.jsonl":
                continue
            for line in path.read_text().splitlines():
                row = json.loads(line)
                (lineages if path.name == "lineage.jsonl" else rows)[row["id"]] = row
    drawn = random.Random(11).sample(sorted(rows), min(n_drawn, len(rows)))
    redactor = own_redactor(workspace).redactor
    n_runs = n_found = n_whole = n_with_text = n_explained = 0
    archive = Vault(workspace.vault).archive
    chunks = {state.content: state.chunks for _, state in archive.states()}
    for name in drawn:
        chain = explain_record(workspace, name).chain
        n_explained += any("sha256" in link for link in chain)
        text = ""
        for part in lineages[name]["lineage"]:
            data = b"".join(archive.read(chunks[part["content"]]))
            start, end = part["span"]
            text += said_in(data[start:end]) + "\n"
        there = runs(redactor.text(text)) | runs(text)
        wanted = {run for line in learned(rows[name]).splitlines() for run in runs(line)}
        n_runs += len(wanted)
        n_found += len(wanted & there)
        n_with_text += bool(wanted)
        n_whole += bool(wanted) and wanted <= there
        if "-v" in sys.argv and not wanted <= there:
            print(name, rows[name]["tags"], [" ".join(run) for run in sorted(wanted - there)[:3]])
    print(f"{n_explained} of {len(drawn)} examples lead to a file and its hash")
    print(f"{n_whole} of {n_with_text} with eight words or more stand whole in their bytes")
    print(f"{n_found:,} of {n_runs:,} runs of {RUN} words stand there")


if __name__ == "__main__":
    main()
