"""Real files of a format as test parameters, and what was read from them as plain counts."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.sources.laws import assert_adds_up, assert_steps_fit
from tests.sources.reading import FOREIGN, Found

from tracemill.records.events.event import Compaction, Feedback, TodoChange
from tracemill.records.sessions.trajectory import Step

FORMATS = FOREIGN / "formats"


def params(folder: str, *patterns: str) -> list[Any]:
    """Return every file below a format's folder, or one parameter that skips with a reason."""
    found = sorted(path for pattern in patterns for path in (FORMATS / folder).glob(pattern))
    if found:
        return [pytest.param(path, id=path.relative_to(FORMATS).as_posix()) for path in found]
    reason = f"no files {patterns} under {FORMATS / folder}; set TRACEMILL_SHARED_DATA"
    wanted = "-".join((folder, *patterns))
    return [pytest.param(Path(), marks=pytest.mark.skip(reason), id=f"none-of-{wanted}")]


def each_file(folder: str, *patterns: str) -> Any:
    """Return a fixture that gives every file below a format's folder in its turn."""

    @pytest.fixture(params=params(folder, *patterns))
    def each(request: pytest.FixtureRequest) -> Path:
        path: Path = request.param
        return path

    return each


def stated_calls(path: Path) -> int | None:
    """Return how many tool calls the index of the real files states for one of them."""
    return _stated().get(path.relative_to(FORMATS).as_posix())


@cache
def _stated() -> dict[str, int | None]:
    with (FORMATS / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["file"]: int(row["tool_calls"]) if row["tool_calls"] else None for row in rows}


def counts_of(found: Found) -> Counter[str]:
    """Return what a file holds, by plain names; what is not there does not count."""
    counts = Counter({"trajectories": len(found.headers)})
    for step in found.steps:
        counts[f"{step.speaker} steps"] += 1
        counts["calls"] += len(step.calls)
        counts["results"] += len(step.results)
        counts["pictures"] += step.n_images
        counts["replayed steps"] += step.is_replayed
        counts["thinking steps"] += step.reasoning is not None
        counts.update(_statuses(step))
    for event in found.events:
        if isinstance(event, Feedback):
            counts[f"{event.action}s"] += 1
        counts["todo changes"] += isinstance(event, TodoChange)
        counts["compactions"] += isinstance(event, Compaction)
    for header in found.headers:
        for name in header.total_usage.__struct_fields__ if header.total_usage else ():
            counts[name] += getattr(header.total_usage, name) or 0
    return +counts


def _statuses(step: Step) -> Iterable[str]:
    return (f"{result.status} results" for result in step.results)


def n_lines_of(path: Path) -> int:
    """Return how many lines of a file are not blank."""
    return sum(bool(line.strip()) for line in path.read_bytes().split(b"\n"))


def unknown_types(found: Found) -> set[str]:
    """Return the types of records that nobody has taught the source."""
    skipped = (reason.partition(":") for reason in found.tally.skipped)
    return {kind for said, _, kind in skipped if said == "unknown_type"}


def assert_accounted(found: Found) -> None:
    """Assert that lines add up, nothing is unknown, and the header fits its steps."""
    assert_adds_up(found)
    assert_steps_fit(found)
    assert not unknown_types(found)
