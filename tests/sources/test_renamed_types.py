"""Nothing of a real session vanishes uncounted when its agent renames a type of record.

The next version of every agent does that somewhere. Each real file is read again with one type
renamed, wherever it stands; what is told no more must have been counted as skipped, quarantined
or unread.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sources.reading import Found, read
from tests.sources.real_files import FORMATS
from tests.sources.test_index import ROWS, Row, needs_index

from tracemill.sources import load_source

pytestmark = pytest.mark.foreign

SESSIONS = frozenset(
    {
        "claude_code",
        "codex",
        "copilot_cli",
        "cursor",
        "gemini_cli",
        "mini_swe_agent",
        "openclaw",
        "pi",
        "stream_json",
        "swe_agent_traj",
    }
)
MAX_BYTES = 120_000
N_RENAMED = 6
"""Types that are renamed in each file, one at a time."""
NEW = "renamed"
KEYS = ("type", "role", "status")

SMALL = [
    row
    for row in ROWS
    if row.format in SESSIONS and row.source and (FORMATS / row.file).stat().st_size <= MAX_BYTES
]


def named_in(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield every object that names its type, with its path and the key that does."""
    if isinstance(value, dict):
        for key in KEYS:
            if isinstance(value.get(key), str):
                yield f"{path}.{key}={value[key]}", value, key
        for key, inner in value.items():
            yield from named_in(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from named_in(inner, f"{path}[]")


def told_in(found: Found) -> Counter[str]:
    """Return every text of a session, and which tools it calls."""
    told: Counter[str] = Counter()
    for step in found.steps:
        told.update(part for part in (step.text, step.reasoning) if part)
        told.update(f"a call of {call.name}" for call in step.calls)
        told.update(result.content for result in step.results if result.content)
    return told


def counted_in(found: Found) -> tuple[Any, ...]:
    return (found.tally.skipped, len(found.quarantined), sorted(found.unread))


def documents_of(row: Row) -> list[Any] | None:
    """Return the one document in a file, or those on its lines; None where it is no JSON."""
    text = (FORMATS / row.file).read_text(encoding="utf-8", errors="replace")
    for parts in ([text], text.splitlines()):
        try:
            return [json.loads(part) for part in parts if part.strip()]
        except ValueError:
            continue
    return None


@needs_index
@pytest.mark.parametrize("row", SMALL or [None], ids=lambda row: row and row.file)
def test_a_renamed_type_is_counted_where_it_tells_less(row: Row) -> None:
    documents = documents_of(row)
    if documents is None:
        pytest.skip("it holds more than JSON")
    assert row.source is not None
    source = load_source(row.source)

    def read_again() -> Found:
        return read(source, b"\n".join(json.dumps(each).encode() for each in documents))

    before = read_again()
    kinds = {path: (holder, key) for path, holder, key in named_in(documents)}
    for path in random.Random(row.file).sample(sorted(kinds), min(N_RENAMED, len(kinds))):
        holder, key = kinds[path]
        old, holder[key] = holder[key], NEW
        after = read_again()
        holder[key] = old
        missing = told_in(before) - told_in(after)
        gone = [said for said in missing if said.replace(old, NEW) not in told_in(after)]
        assert not gone or counted_in(after) != counted_in(before), path
