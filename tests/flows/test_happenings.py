"""What happened beside a session's steps stands after the step that it belongs to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracemill.flows.analysis.happenings import Happening, Moments, happenings
from tracemill.flows.example_history import build_example
from tracemill.flows.results import SessionRow
from tracemill.flows.views.browsing import Asked as Wanted
from tracemill.flows.views.browsing import browse
from tracemill.flows.views.reading import view_session
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.events.in_session import Compaction, Feedback, Todo, TodoChange
from tracemill.records.refs import Origin
from tracemill.store.workspace import Workspace

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
TEN_APART = Moments([START + timedelta(seconds=10 * n) for n in range(3)], [0, 4, 9])
HERE = Origin(source="test", source_version=1, uri="x", input_id="input_1")


@pytest.mark.parametrize(
    ("seconds", "step"), [(-1, None), (0, 0), (9, 0), (10, 4), (19, 4), (20, 9), (9999, 9)]
)
def test_a_moment_stands_after_the_last_step_before_it(seconds: int, step: int | None) -> None:
    assert TEN_APART.step_before(START + timedelta(seconds=seconds)) == step


def test_what_has_no_moment_stands_nowhere() -> None:
    assert TEN_APART.step_before(None) is None
    assert Moments([], []).step_before(START) is None


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("happenings")
    history = build_example(folder / "history")
    workspace = Workspace(folder / "workspace")
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [history.root], nothing_else, Options(workers=1), lambda _: None)
    return workspace


def test_events_of_a_session_are_told_at_their_step(workspace: Workspace) -> None:
    done = TodoChange(
        id="e1", origin=HERE, step=4,
        todos=(Todo(text="a", status="completed"), Todo(text="b", status="pending")),
    )  # fmt: skip
    said = Feedback(id="e2", origin=HERE, step=9, action="rejection", text="not so")
    early = Compaction(id="e3", origin=HERE)
    found = happenings(workspace, "traj_none", [done, said, early], (), TEN_APART)
    assert found == {
        4: [Happening("todo", "2 todos, 1 done")],
        9: [Happening("person", "rejection by a person: not so")],
    }


def test_failures_and_commits_stand_in_their_sessions(workspace: Workspace) -> None:
    kinds: set[str] = set()
    for row in browse(workspace, "session", SessionRow, Wanted()).rows:
        view = view_session(workspace, row.id)
        steps = {entry.step for entry in view.outline}
        assert view.happened.keys() <= steps
        kinds |= {each.kind for found in view.happened.values() for each in found}
        for step, found in view.happened.items():
            for each in found:
                if each.kind == "commit":
                    assert each.at is not None
                    assert view.outline[step].at is not None
    assert {"commit", "failure", "resolved", "todo", "person"} <= kinds


def test_nothing_outside_is_asked_for_a_session_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="nothing is kept"):
        happenings(Workspace(tmp_path), "traj_none", [], (), TEN_APART)
