"""How the lake names an input: its address, without anything that redaction takes out.

The id of an input is made of its address with what rules find in that alone, so it depends on no
other input. What is shown does: a folder with the name of somebody who commits says no more of it
than the sessions that ran there do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from msgspec.structs import replace

from tracemill.flows.ingest.allowing import Scopes
from tracemill.flows.ingest.redactors import knowing_redactor
from tracemill.records.inputs import Input
from tracemill.redact import may_hold
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES

Tell = Callable[[Input], Input]
"""Returns what became of an input as the lake tells it."""


def telling(key: bytes, scopes: Scopes, values: Collection[bytes]) -> Tell:
    """Return what takes some values out of what is told of an input.

    Args:
        key: The workspace's.
        scopes: What is allowed in each input.
        values: What inputs have given away.
    """
    known, may = tuple(sorted(values)), may_hold(values)

    def tell(result: Input) -> Input:
        texts = (result.uri, result.detail or "")
        if not any(may(text.encode("utf-8", "surrogatepass")) for text in texts):
            return result
        allowed = scopes.allowed(result.id, result.uri)
        text = knowing_redactor(key, str(Path.home()), allowed, known).text
        uri, detail = map(text, texts)
        return replace(result, uri=uri, detail=detail or None)

    return tell


def tell_again(lake: Lake, tell: Tell) -> None:
    """Tell anew of inputs that were read before something they are called by was given away."""
    table = TABLES["inputs"]
    changed = [new for old in lake.records(table) if (new := tell(old)) != old]
    if changed:
        writer = lake.writer(table)
        writer.write_records(changed)
        lake.commit(writer, replaced={each.id for each in changed})
