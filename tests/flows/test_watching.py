"""Sessions are read once they are quiet, and only then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from tests.flows.sessions import lines, write_session
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.watching import Rhythm, watch
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class World:
    """A clock that runs only while somebody waits, and what happens meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.events: dict[float, Callable[[], object]] = {}
        self.looks: list[float] = []

    def wait(self, seconds: float) -> None:
        self.looks.append(self.now)
        self.now += seconds
        for moment in sorted(self.events):
            if moment <= self.now:
                self.events.pop(moment)()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def world() -> World:
    return World()


def watched(workspace: Workspace, place: Path, world: World) -> Iterator[RunResult]:
    rhythm = Rhythm(every_s=1, quiet_s=3, clock=lambda: world.now, wait=world.wait)
    return watch(workspace, [place], {}, lambda _: None, rhythm)


def n_steps(workspace: Workspace) -> int:
    return len(list(Lake(workspace.lake).records(TABLES["steps"])))


def grow(path: Path, n_turns: int) -> None:
    path.write_bytes(b"\n".join(lines(path.stem, n_turns)) + b"\n")


def test_what_stands_there_is_read_first(
    workspace: Workspace, world: World, tmp_path: Path
) -> None:
    write_session(tmp_path / "in", "s1", 1)
    result = next(watched(workspace, tmp_path / "in", world))

    assert result.inputs == {"read": 1}
    assert world.now == 3


def test_a_session_that_goes_on_is_read_when_it_pauses(
    workspace: Workspace, world: World, tmp_path: Path
) -> None:
    path = write_session(tmp_path / "in", "s1", 1)
    for moment in range(1, 8):
        world.events[float(moment)] = partial(grow, path, moment + 1)
    (result,) = islice(watched(workspace, tmp_path / "in", world), 1)

    assert result.inputs == {"read": 1}
    assert world.now == 7 + 3
    assert n_steps(workspace) == len(lines("s1", 8)) * 3 // 4


def test_only_what_changed_is_read_again(
    workspace: Workspace, world: World, tmp_path: Path
) -> None:
    write_session(tmp_path / "in", "s1", 1)
    path = write_session(tmp_path / "in", "s2", 1)
    world.events[20.0] = lambda: grow(path, 5)
    first, second = islice(watched(workspace, tmp_path / "in", world), 2)

    assert (first.inputs, second.inputs) == ({"read": 2}, {"read": 1})
    assert world.now == 23


def test_a_held_workspace_is_waited_for(workspace: Workspace, world: World, tmp_path: Path) -> None:
    write_session(tmp_path / "in", "s1", 1)
    holding = workspace.writing()
    holding.__enter__()
    world.events[9.5] = lambda: holding.__exit__(None, None, None)
    result = next(watched(workspace, tmp_path / "in", world))

    assert result.inputs == {"read": 1}
    assert world.now == 10
