"""Which logs record that a person refused a call or stopped the agent: only there is none a fact."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import tracemill.sources
from tracemill.sources import SOURCES, TELLS_REFUSALS, TELLS_STOPS

ROOT = Path(tracemill.sources.__file__).parent
NAMES_REFUSALS = re.compile('"reject(?:ed|ion)"')
NAMES_STOPS = re.compile(r'feedback\([^()]*(?:\([^()]*\))?[^()]*"interruption"')


def packages() -> dict[str, set[str]]:
    """Return the sources of each package."""
    found = defaultdict(set)
    for name, place in SOURCES.builtin.items():
        found[place.partition(":")[0].split(".")[2]].add(name)
    return found


def naming(what: re.Pattern[str]) -> set[str]:
    """Return the packages in whose code something stands."""
    return {
        package
        for package in packages()
        if any(what.search(path.read_text()) for path in (ROOT / package).rglob("*.py"))
    }


def test_every_source_that_knows_of_a_stop_is_named() -> None:
    assert naming(NAMES_STOPS) == {
        name for name, sources in packages().items() if sources & TELLS_STOPS
    }
    assert set(SOURCES.builtin) >= TELLS_STOPS


def test_every_source_that_knows_a_refused_call_is_named() -> None:
    known = naming(NAMES_REFUSALS)

    assert known == {name for name, sources in packages().items() if sources & TELLS_REFUSALS}
    assert set(SOURCES.builtin) >= TELLS_REFUSALS
