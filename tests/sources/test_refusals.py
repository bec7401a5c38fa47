"""Which logs record that a person refused a call: only there is none of them a fact."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import tracemill.sources
from tracemill.sources import SOURCES, TELLS_REFUSALS

ROOT = Path(tracemill.sources.__file__).parent
NAMES_REFUSALS = re.compile('"reject(?:ed|ion)"')


def packages() -> dict[str, set[str]]:
    """Return the sources of each package."""
    found = defaultdict(set)
    for name, place in SOURCES.builtin.items():
        found[place.partition(":")[0].split(".")[2]].add(name)
    return found


def test_every_source_that_knows_a_refused_call_is_named() -> None:
    known = {
        package
        for package in packages()
        if any(NAMES_REFUSALS.search(path.read_text()) for path in (ROOT / package).rglob("*.py"))
    }

    assert known == {name for name, sources in packages().items() if sources & TELLS_REFUSALS}
    assert set(SOURCES.builtin) >= TELLS_REFUSALS
