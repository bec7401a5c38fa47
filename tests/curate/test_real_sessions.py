"""Real sessions: labels that were read by eye, and examples that hold what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.curate.laws import broken_promises, calls_of, learned, may_imitate, sides_of
from tests.sources.reading import FOREIGN, Found, read_file
from tests.trajectories import FOUND, episode
from tracemill.curate import BUILDERS
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig, Drop, Work
from tracemill.label.activity.observe import observe
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome import judge_episode
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.sources import SOURCES
from tracemill.sources.protocol import Source

pytestmark = pytest.mark.foreign

FILES = [
    (name, path)
    for name, folder in (("claude-code", "claude_code"), ("codex", "codex"))
    for path in sorted((FOREIGN / "formats" / folder).rglob("*.jsonl"))
]

JUDGED = {
    "34b1e2a4": "achieved",  # refused once, then lint and tests pass
    "dbaea254": "partial",  # the hook refuses the commit: tests outside the work fail, lint passes
    "31b1be44": "achieved",  # committed after a detour
    "8ebc42a2": "partial",  # committed; what was planned next was carried out elsewhere
    "c010174c": "achieved",  # corrected, fixed, committed twice
    "4294a5e3": "partial",  # tests pass, stopped while committing
    "d563fb6b": "achieved",  # refused, corrected, lint and tests pass
    "2d14de52": "achieved",  # the person took changes back, the rest was committed
    "e304c70b": "achieved",  # tests only by a script that says nothing countable; lint passes
    "9265dc4e": "unknown",  # one edit, nothing checked
    "1c38adc0": "achieved",  # edited after the last tests; lint and build pass after it
    "019f1d64": "achieved",  # rebased, tests pass, amended
}
"""Sessions that were read by eye, by how their file names begin."""


def name_of(place: tuple[str, Path]) -> str:
    return str(place[1].relative_to(FOREIGN / "formats")) if place in FILES else "none"


@pytest.fixture(params=FILES or [("none", FOREIGN)], ids=name_of)
def found(request: pytest.FixtureRequest) -> Found:
    name, path = request.param
    if not FILES:
        pytest.skip(f"no real sessions under {FOREIGN}; set TRACEMILL_SHARED_DATA")
    return read(name, path)


def read(source_name: str, path: Path) -> Found:
    source: Source = SOURCES.load(source_name)()
    return read_file(source, path)


def observed(found: Found) -> Iterator[tuple[Trajectory, Activity]]:
    for header in found.headers:
        events = [event for event in found.events if event.trajectory_id == header.id]
        yield header, observe(header, found.steps_of(header), events)


@pytest.mark.parametrize(("start", "outcome"), JUDGED.items())
def test_a_session_is_judged_as_a_reader_judged_it(start: str, outcome: str) -> None:
    places = [(name, path) for name, path in FILES if path.stem.startswith(start)]
    if not places:
        pytest.skip(f"no real sessions under {FOREIGN}; set TRACEMILL_SHARED_DATA")
    found = read(*places[0])
    known = {header.id: (header, about) for header, about in observed(found)}
    mains = [header.id for header in found.headers if not header.is_subagent]
    headers = {one: header for one, (header, _) in known.items()}
    activities = {one: about for one, (_, about) in known.items()}

    assert judge_episode(mains, headers, activities, History((), ())).outcome == outcome


@pytest.mark.parametrize("max_chars", [6_000, 120_000])
def test_examples_of_real_sessions_hold_what_they_promise(found: Found, max_chars: int) -> None:
    config = ChatConfig(max_chars=max_chars, builders=tuple(BUILDERS.names()))
    for header, about in observed(found):
        steps = list(found.steps_of(header))
        work = Work(
            episode=episode(), trajectory=header, activity=about, input=FOUND, start_commit="abc"
        )
        may_train = calls_of(may_imitate(steps, about))
        for made in make_examples(work, steps, config):
            if not isinstance(made, Drop):
                for messages in sides_of(made):
                    assert broken_promises(messages) == []
                assert learned(made) <= may_train
