"""Files of plain text as programs write them, line by line, every line accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from tracemill.base.lines import Line, OversizeLine
from tracemill.records.inputs import Tally
from tracemill.records.refs import Origin
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_lines import oversize

_BOM: Final = "\ufeff"
MAX_SPEECH: Final = 8 * 2**20
"""How much one speaker may say in one go; what is longer is told in several steps."""


class TextReader(Protocol):
    """What a format adds: it takes the lines of one input in their order."""

    ready: list[SourceRecord]
    """Records that are complete; the caller empties it."""

    def take(self, text: str, line: Line) -> str | None:
        """Read one line; return why it holds nothing to keep, or None where it was used."""
        ...

    def finish(self) -> None:
        """Complete what is still open."""
        ...


def read_text_lines(
    lines: Iterable[Line | OversizeLine], origin: Origin, reader: TextReader
) -> Iterator[SourceRecord]:
    """Yield what `reader` makes of `lines`, those too long to be read, and the tally.

    Blank lines are read too, since they end things, but do not count. What is no UTF-8 stands
    as replacement characters: a text is worth reading around them.
    """
    n_used = n_quarantined = 0
    skipped: Counter[str] = Counter()
    for line in lines:
        if isinstance(line, OversizeLine):
            n_quarantined += 1
            yield oversize(line, origin)
            continue
        text = line.data.decode("utf-8", "replace").removesuffix("\r")
        verdict = reader.take(text.removeprefix(_BOM) if line.start == 0 else text, line)
        if line.data.strip():
            if verdict is None:
                n_used += 1
            else:
                skipped[verdict] += 1
        if reader.ready:
            yield from reader.ready
            reader.ready.clear()
    reader.finish()
    yield from reader.ready
    reader.ready.clear()
    n_lines = n_used + n_quarantined + skipped.total()
    yield Tally(n_lines=n_lines, n_used=n_used, skipped=dict(skipped))
