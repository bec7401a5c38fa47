"""The way of an entry, in sessions and documents alike."""

from datetime import timedelta
from typing import Any

from tests.trajectories import ORIGIN, START
from tracemill.analyze.todos import document_progress, session_progress
from tracemill.records.events.documents import DocumentVersion, Phase
from tracemill.records.events.event import TodoChange
from tracemill.records.events.in_session import Todo, TodoStatus
from tracemill.records.work.todos import TodoProgress


def change(number: int, *, is_whole_list: bool = True, **todos: TodoStatus) -> TodoChange:
    return TodoChange(
        id=f"event_{number}", origin=ORIGIN, trajectory_id="traj_1", step=number,
        at=START + timedelta(minutes=number), is_whole_list=is_whole_list,
        todos=tuple(Todo(text=text, status=status) for text, status in todos.items()),
    )  # fmt: skip


def version(number: int, *todos: tuple[str, TodoStatus], **more: Any) -> DocumentVersion:
    given: dict[str, Any] = {
        "id": f"event_{number}", "origin": ORIGIN, "at": START + timedelta(days=number),
        "path": "docs/plan.md", "commit": f"c{number}", "change": "modified", "document": "plan",
        "todos": tuple(Todo(text=text, status=status) for text, status in todos), **more,
    }  # fmt: skip
    return DocumentVersion(**given)


def ways(found: list[TodoProgress]) -> dict[str, list[str]]:
    return {todo.text: [move.status for move in todo.moves] for todo in found}


def test_an_entry_of_a_session_goes_from_pending_to_done_with_its_minutes() -> None:
    found = session_progress(
        "traj_1",
        [
            change(0, parse="pending", test="pending"),
            change(2, parse="in_progress", test="pending"),
            change(9, parse="completed", test="in_progress"),
        ],
    )

    assert ways(found) == {
        "parse": ["pending", "in_progress", "completed"], "test": ["pending", "in_progress"],
    }  # fmt: skip
    assert [todo.minutes for todo in found] == [7.0, None]
    assert [move.source.step for move in found[0].moves] == [0, 2, 9]


def test_what_a_whole_list_goes_on_without_was_removed_unless_it_was_over() -> None:
    whole = [change(0, parse="pending", ship="completed"), change(1, test="pending")]
    part = [change(0, parse="pending"), change(1, is_whole_list=False, test="pending")]

    assert ways(session_progress("traj_1", whole)) == {
        "parse": ["pending", "removed"], "ship": ["completed"], "test": ["pending"],
    }  # fmt: skip
    assert ways(session_progress("traj_1", part))["parse"] == ["pending"]


def test_boxes_of_a_document_make_the_same_record_with_the_commits() -> None:
    phase = Phase(label="phase 1", title="Bills", items=(Todo(text="parse bills"),))
    (todo,) = document_progress(
        [
            version(1, ("parse bills", "pending"), phases=(phase,)),
            version(2, ("parse bills", "pending")),
            version(3, ("parse bills", "completed")),
        ]
    )

    assert [(move.status, move.commit) for move in todo.moves] == [
        ("pending", "c1"), ("completed", "c3"),
    ]  # fmt: skip
    assert (todo.place, todo.path, todo.under) == ("document", "docs/plan.md", "phase 1 Bills")
    assert (todo.status, todo.minutes) == ("completed", None)


def test_an_entry_in_other_words_stays_the_same_and_another_one_does_not() -> None:
    found = document_progress(
        [
            version(1, ("parse old bills in full", "pending"), ("paint the shed", "pending")),
            version(2, ("parse all old bills in full", "completed"), ("feed the cat", "pending")),
        ]
    )

    assert ways(found) == {
        "parse all old bills in full": ["pending", "completed"],
        "paint the shed": ["pending", "removed"], "feed the cat": ["pending"],
    }  # fmt: skip
    renamed = next(todo for todo in found if todo.n_renamed)
    assert renamed.moves[-1].text == "parse all old bills in full"


def test_equal_texts_are_entries_of_their_own_and_a_deleted_document_removes_nothing() -> None:
    found = document_progress(
        [
            version(1, ("run tests", "completed"), ("run tests", "pending")),
            version(2, change="deleted"),
        ]
    )

    assert sorted(todo.status for todo in found) == ["completed", "pending"]
