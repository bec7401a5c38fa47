"""Contents that stand in files of different names, but for their numbers: written by a template."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracemill.records.datasets.audits import TrainingRow
from tracemill.synth.verification.exchanges import exchanges
from tracemill.synth.verification.invented import READERS

_NUMBER: Final = re.compile(r"\d+")
_NOTICE: Final = re.compile(
    r"(?i)\s*(?:error|file (?:not found|unchanged|content)|no such|permission|not found|cannot"
    r"|<|warning|\[|\(|user )"
)
"""How a result begins that is said about a file, and stands in none."""
_MIN_NAMES: Final = 3
"""Files of different names, in as many rows, from which on one content is nobody's file."""
_MIN_CHARS: Final = 12


def repeated_contents(rows: Sequence[TrainingRow]) -> Mapping[int, str]:
    """Return by identity each row that reads such a content, and why that is wrong."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    places: defaultdict[str, set[int]] = defaultdict(set)
    read = [(row, *each) for row in rows for each in _read(row)]
    for row, name, content in read:
        names[content].add(name)
        places[content].add(id(row))
    return {
        id(row): f"one content for {len(names[content])} files of different names"
        for row, _, content in read
        if min(len(names[content]), len(places[content])) >= _MIN_NAMES
    }


def _read(row: TrainingRow) -> Iterator[tuple[str, str]]:
    for exchange in exchanges(row):
        path = exchange.arguments.get("file_path", exchange.arguments.get("path"))
        if exchange.call.name.lower() not in READERS or not isinstance(path, str):
            continue
        result = (exchange.result or "").strip()
        if len(result) >= _MIN_CHARS and not _NOTICE.match(result):
            yield path.rsplit("/", 1)[-1], _NUMBER.sub("#", result)
