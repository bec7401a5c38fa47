"""Definitions of generators, written where agents find them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tracemill.base.errors import UsageError
from tracemill.flows.destinations import make_folder
from tracemill.records.synth.generators import ExportedGenerators
from tracemill.store.workspace import write_whole
from tracemill.synth.definitions import agent_text, find_definition, load_definitions


def export_definitions(
    folder: Path, names: Sequence[str] = (), *, replace: bool = False
) -> ExportedGenerators:
    """Write definitions as agents; without names all of them.

    Raises:
        UsageError: there is no such definition, or another text is there and stays.
    """
    chosen = [find_definition(name) for name in names] if names else list(load_definitions())
    texts = {folder / f"{each.name}.md": agent_text(each).encode() for each in chosen}
    there = {path: path.read_bytes() for path in texts if path.exists()}
    other = [path for path, held in there.items() if held != texts[path]]
    if other and not replace:
        named = ", ".join(path.name for path in other)
        raise UsageError(
            f"{str(folder)!r} holds other texts of {named}; --replace writes over them"
        )
    written = [path for path in texts if path not in there or path in other]
    make_folder(folder)
    for path in written:
        write_whole(path, texts[path])
    return ExportedGenerators(
        folder=str(folder),
        written=tuple(path.name for path in written),
        same=len(texts) - len(written),
    )
