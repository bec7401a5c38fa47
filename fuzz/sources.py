"""Coverage-guided fuzzing of every source that reads files. See README.md beside this."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tracemill.sources", "tracemill.base"]):
    import tracemill.sources
    from tracemill.base.errors import SourceError
    from tracemill.records.inputs import Quarantined, Tally
    from tracemill.records.refs import Origin
    from tracemill.sources import HEAD_BYTES, Content, Head, sources_of

    SOURCES = sources_of("file")
    for module in pkgutil.walk_packages(tracemill.sources.__path__, "tracemill.sources."):
        importlib.import_module(module.name)  # readers are imported late

MAX_SEED_BYTES = 16_384
LIMIT = 2**20


SEEN: set[tuple[str, str]] = set()


def fuzz(data: bytes) -> None:
    """Read an input, and note each fault once with the input that shows it; then go on."""
    try:
        read_with_every_source(data)
    except Exception as error:  # noqa: BLE001 - every fault is a finding here
        *_, last = traceback.extract_tb(error.__traceback__)
        fault = (type(error).__name__, f"{Path(last.filename).name}:{last.lineno}")
        if fault not in SEEN:
            SEEN.add(fault)
            name = f"fault-{len(SEEN):03}-{fault[1].replace(':', '-')}"
            Path(name).write_bytes(data)
            print(f"FAULT {name}: {fault[0]}: {error}", flush=True)


def read_with_every_source(data: bytes) -> None:
    """Read the input with the source that its first byte names, and with the one that takes it."""
    if not data:
        return
    named, content = SOURCES[data[0] % len(SOURCES)], data[1:]
    head = Head(Path("input"), content[:HEAD_BYTES], n_bytes=len(content))
    taking = next((source for source in SOURCES if source.recognises(head)), None)
    for source in {id(s): s for s in (named, taking) if s is not None}.values():
        origin = Origin(source=source.name, source_version=source.version, uri="u", input_id="i")
        try:
            *found, tally = source.read(Content([content], LIMIT), origin)
        except SourceError:
            continue
        assert isinstance(tally, Tally), f"{source.name}: the last record is no tally"
        n_quarantined = sum(isinstance(record, Quarantined) for record in found)
        counted = tally.n_used + n_quarantined + sum(tally.skipped.values())
        assert tally.n_lines == counted, f"{source.name}: {tally.n_lines} lines, {counted} counted"


def seed(corpus: Path, folders: list[Path]) -> None:
    """Fill a corpus with the beginnings of real files, each under the byte of its own source."""
    corpus.mkdir(parents=True, exist_ok=True)
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        head = Head(path, whole[:HEAD_BYTES], n_bytes=len(whole))
        for number, source in enumerate(SOURCES):
            if source.recognises(head):
                data = whole if len(whole) <= MAX_SEED_BYTES else _beginning(whole)
                name = f"{source.name}-{hashlib.sha256(data).hexdigest()[:12]}"
                (corpus / name).write_bytes(bytes([number]) + data)
                break


def _beginning(whole: bytes) -> bytes:
    """Return whole lines from the beginning of a file, where it has lines."""
    cut = whole.rfind(b"\n", 0, MAX_SEED_BYTES)
    return whole[: cut + 1] if cut > 0 else whole[:MAX_SEED_BYTES]


def main() -> None:
    if sys.argv[1:2] == ["--seed"]:
        corpus, *folders = map(Path, sys.argv[2:])
        seed(corpus, folders)
        return
    atheris.Setup(sys.argv, fuzz)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
