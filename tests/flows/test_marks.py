"""Single steps that people call right or wrong, from the desk to labels, and back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_erasure import left
from tests.flows.test_review import run
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.flows.deriving.examples import count_omissions
from tracemill.flows.erasing.erasure import erase_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.results import EpisodeRow, SessionRow
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.reviews.marks import mark_step, marks_of
from tracemill.flows.reviews.statistics import review_stats
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.labels import Label
from tracemill.records.refs import Ref
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", "s1", 5)
    workspace = Workspace(tmp_path / "workspace")
    run(workspace)
    return workspace


def session(workspace: Workspace) -> str:
    (row,) = list_rows(workspace, "session", SessionRow, limit=0).rows
    return row.id


def step(workspace: Workspace, index: int) -> Ref:
    return Ref(kind="trajectory", id=session(workspace), step=index)


def say(
    workspace: Workspace, index: int, *, is_right: bool | None, by: str = "ada", minutes: int = 0
) -> None:
    at = AT + timedelta(minutes=minutes)
    mark_step(workspace, step(workspace, index), by, at, is_right=is_right)


def said(workspace: Workspace, asking: str | None = None) -> dict[int, list[tuple[bool, bool]]]:
    found = marks_of(workspace, session(workspace), asking)
    return {index: [(each.is_right, each.is_own) for each in found[index]] for index in found}


def labels(workspace: Workspace) -> list[tuple[int | None, object]]:
    held: Iterator[Label] = Lake(workspace.lake).records(TABLES["labels"])
    return sorted((each.target.step, each.value) for each in held if each.name == "right")


def test_a_mark_stands_at_once_and_is_a_label_after_the_next_run(workspace: Workspace) -> None:
    say(workspace, 1, is_right=True)
    say(workspace, 11, is_right=False, minutes=1)

    assert said(workspace, "ada") == {1: [(True, True)], 11: [(False, True)]}
    assert said(workspace, "bob") == {1: [(True, False)], 11: [(False, False)]}
    assert labels(workspace) == []
    run(workspace)
    assert labels(workspace) == [(1, True), (11, False)]
    assert said(workspace, "ada") == {1: [(True, True)], 11: [(False, True)]}


def test_a_mark_says_nothing_of_a_step_that_stands_there_by_now(workspace: Workspace) -> None:
    log = next((workspace.root.parent / "in").rglob("*.jsonl"))
    say(workspace, 1, is_right=True)
    say(workspace, 11, is_right=False, minutes=1)
    run(workspace)
    first, *others = log.read_bytes().splitlines()
    before = {**json.loads(first), "uuid": "before", "parentUuid": None}
    first = json.dumps({**json.loads(first), "parentUuid": "before"}).encode()
    log.write_bytes(b"\n".join([json.dumps(before).encode(), first, *others, b""]))
    run(workspace)

    assert said(workspace) == {}
    assert labels(workspace) == []
    rows = list_rows(workspace, "review", ReviewRow, limit=0).rows
    assert [(row.standing, row.current) for row in rows] == [(True, False)] * 2
    assert count_omissions(Lake(workspace.lake)).get("called_wrong") is None
    say(workspace, 12, is_right=False, minutes=2)
    run(workspace)
    assert labels(workspace) == [(12, False)]


def test_the_last_word_counts_and_nothing_takes_all_of_it_back(workspace: Workspace) -> None:
    say(workspace, 11, is_right=True)
    say(workspace, 1, is_right=True, minutes=1)
    say(workspace, 1, is_right=False, minutes=2)
    assert said(workspace) == {11: [(True, False)], 1: [(False, False)]}

    say(workspace, 1, is_right=None, minutes=3)
    assert said(workspace) == {11: [(True, False)]}
    say(workspace, 1, is_right=None, minutes=4)
    run(workspace)
    assert labels(workspace) == [(11, True)]


def test_a_step_that_people_call_wrong_is_not_imitated(workspace: Workspace) -> None:
    assert count_omissions(Lake(workspace.lake)) == {}
    say(workspace, 1, is_right=False)
    run(workspace)
    assert count_omissions(Lake(workspace.lake)) == {"called_wrong": 1}

    say(workspace, 1, is_right=True, by="bob", minutes=1)
    run(workspace)
    assert count_omissions(Lake(workspace.lake)) == {}


def test_people_may_differ_on_a_step(workspace: Workspace) -> None:
    say(workspace, 1, is_right=True)
    say(workspace, 1, is_right=False, by="bob", minutes=1)

    assert sorted(said(workspace, "bob")[1]) == [(False, True), (True, False)]
    (shared,) = review_stats(workspace).agreement
    assert (shared.question, shared.n_shared, shared.same) == ("right", 1, 0.0)


@pytest.mark.parametrize("index", [15, 99, 10**20])
def test_a_step_that_is_not_there_takes_no_mark(workspace: Workspace, index: int) -> None:
    with pytest.raises(NotFoundError, match=rf"expected one of 15 steps .* found .*#{index}"):
        say(workspace, index, is_right=True)
    assert list_rows(workspace, "review", ReviewRow, limit=0).rows == []


def test_only_steps_are_right_or_wrong(workspace: Workspace) -> None:
    (episode,) = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    with Desk(workspace, "ada") as desk, pytest.raises(UsageError, match="a step is right"):
        desk.submit(episode.id, ReviewForm(is_right=True), AT)


def test_whoever_judges_a_step_sees_what_was_said_and_called(workspace: Workspace) -> None:
    with Desk(workspace, "ada") as desk:
        shown = desk.show(step(workspace, 1).name).item
    assert shown.title == "step 1 by the agent"
    assert [(part.name, part.lines) for part in shown.parts] == [
        ("Called", ('Bash {"command":"pytest -q"}',))
    ]


def test_erasing_a_session_takes_what_was_said_of_its_steps(workspace: Workspace) -> None:
    say(workspace, 1, is_right=False)
    run(workspace)
    subject = read_subject(workspace, "s1", "session", ())
    erase_data(workspace, subject, lambda _: Local(1, workspace.scratch), lambda _: None)
    run(workspace)

    assert left(workspace.root, b"human_review") == []
    assert list_rows(workspace, "review", ReviewRow, limit=0).rows == []
    assert labels(workspace) == []
