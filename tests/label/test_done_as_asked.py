"""Requests that one command fulfils, so that its result shows them done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.label.test_observe import seen, shell, tool
from tests.label.test_outcome import judged
from tests.trajectories import agent, calling, user
from tracemill.records.sessions.trajectory import Step

MOVED = shell(1, "mv notes.txt docs/notes.txt", "")
EDITED = tool(2, "Edit", {"file_path": "/a.py", "new_string": "a"})


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        ("move notes.txt to docs", "mv notes.txt docs/notes.txt"),
        ("переименуй файл Report в Summary", "mv '/home/x/Report.xlsx' '/home/x/Summary.xlsx'"),
        ("please delete the folder old_pages", "rm -rf ./old_pages && ls"),
        ("add https://example.org/o/tools as a submodule", "git submodule add https://example.org/o/tools"),
        ("switch to the branch release-2", "cd app && git switch release-2"),
        ("create the branch release-2", "git checkout -b release-2"),
        ("make a folder old_pages", "mkdir old_pages"),
        ("copy C:\\work\\plan.md to the desktop", "copy C:\\work\\plan.md C:\\Users\\x\\Desktop"),
    ],
)  # fmt: skip
def test_a_command_is_what_was_asked_for(asked: str, command: str) -> None:
    assert seen(user(0, asked), shell(1, command, "")).done_steps == (1,)


NOT_DONE: list[Any] = [
    pytest.param("move notes.txt", (shell(1, "mv notes.txt d", "mv: cannot stat 'notes.txt'"),), id="it failed"),
    pytest.param("move notes.txt", (shell(1, "mv notes.txt d", "", exit_code=1),), id="by its code"),
    pytest.param("move notes.txt", (shell(1, "mv notes.txt d", "", status="rejected"),), id="refused"),
    pytest.param("move notes.txt", (calling(1, None, command="mv notes.txt d"),), id="no result"),
    pytest.param("tidy up", (MOVED,), id="nothing was named"),
    pytest.param("where is notes.txt?", (shell(1, "ls notes.txt", "notes.txt"),), id="only looked"),
    pytest.param("which branch is release-2?", (shell(1, "git branch --list release-2", ""),), id="only listed"),
    pytest.param("use notes.txt for the page", (MOVED, EDITED), id="a means to an edit"),
    pytest.param("use notes.txt for the page", (MOVED, shell(2, "python make.py", "")), id="a means to a program"),
    pytest.param("use notes.txt " + "for the page " * 30, (MOVED,), id="asked for at length"),
    pytest.param("fix parser.py", (shell(1, "cp parser.py parser.py.bak", ""),), id="a copy in case"),
    pytest.param("review the branch release-2", (shell(1, "git checkout release-2 && git diff main", ""),), id="a way to look"),
    pytest.param("add a page on release-2", (shell(1, "git checkout release-2", ""),), id="where to work"),
    pytest.param("add a page to old_pages", (shell(1, "mkdir old_pages", ""),), id="a folder for it"),
    pytest.param("why is parser.py gone?", (shell(1, "git checkout HEAD -- parser.py", ""),), id="a question"),
    pytest.param("use notes.txt for the page", (MOVED,), id="another deed"),
    pytest.param("move notes.txt and adapt the docs", (MOVED, tool(2, "Task", {"prompt": "x"})), id="handed on"),
    pytest.param("move notes.txt to the page", (MOVED, tool(2, "mcp__fs__put", {"path": "x"})), id="an unknown tool"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "steps"), NOT_DONE)
def test_what_else_a_command_does_shows_nothing_done(asked: str, steps: tuple[Step, ...]) -> None:
    assert seen(user(0, asked), *steps).done_steps == ()


def test_looking_beside_a_command_makes_it_no_means() -> None:
    looked = tool(2, "Read", {"file_path": "docs/notes.txt"})

    assert seen(user(0, "move notes.txt to docs"), MOVED, looked).done_steps == (1,)


def test_what_was_done_for_one_request_stays_shown() -> None:
    told = (
        user(2, "make the header blue"),
        tool(3, "Edit", {"file_path": "/a.css"}),
        agent(4, "Done."),
    )
    about = seen(user(0, "move notes.txt to docs"), MOVED, *told)

    assert about.done_steps == (1,)
    assert judged(about, cwd="/elsewhere").outcome == "achieved"


def test_a_request_that_a_command_fulfils_is_achieved_unless_a_fault_is_found() -> None:
    done = (user(0, "move notes.txt to docs"), MOVED, agent(2, "Moved."))
    wrong = (*done, user(3, "no, that's wrong, I meant the other folder"), agent(4, "Sorry."))

    assert judged(seen(*done), cwd="/elsewhere").outcome == "achieved"
    assert judged(seen(*wrong), cwd="/elsewhere").outcome != "achieved"
