"""What programs that are run again, and pushes, show of the work."""

from __future__ import annotations

from typing import Any

import pytest

from tests.label.test_observe import seen, shell, tool
from tests.trajectories import user
from tracemill.label.calls.commits import may_push
from tracemill.label.calls.programs import program_of
from tracemill.label.calls.shell import parse
from tracemill.label.calls.shown import Shown
from tracemill.label.calls.verdict import Outcome

REPRODUCE = "python reproduce.py"
PUSHED = "To https://example.org/o/r.git\n   1a2b3c4..5d6e7f8  main -> main\n"


def run(shown: Shown, command: str, step: int, how: Outcome, edit: int | None) -> None:
    line = parse(command)
    if edit is not None:
        shown.edited(["/src/app.py"], edit)
    shown.ended(line, step, how, edit, program_of(command, line))


RERUNS: list[Any] = [
    pytest.param(REPRODUCE, ("344", None), ("345", None), 3, (4,), id="says something else"),
    pytest.param(REPRODUCE, ("344", 0), ("344", 0), 3, (), id="says the same"),
    pytest.param(REPRODUCE, ("344", 0), ("345", 0), None, (), id="nothing was edited"),
    pytest.param(REPRODUCE, ("344", 0), ("345", 0), 1, (), id="edited before both"),
    pytest.param(
        REPRODUCE, ("Traceback (most recent call last):\n", 1), ("fine", 0), 3, (4,), id="failed before"
    ),
    pytest.param(REPRODUCE, ("1", None), ("KeyError: 'a'", None), 3, (), id="an error after"),
    pytest.param(REPRODUCE, ("1", 0), ("2", 1), 3, (), id="a bad exit code after"),
    pytest.param("cd app && node a.js", ("1", 0), ("2", 0), 3, (4,), id="in a folder"),
    pytest.param("python -c 'import app; app.f()'", ("1", 0), ("2", 0), 3, (4,), id="code in place"),
    pytest.param("python -c 'f()'", ("1", 0), ("2", 0), 3, (), id="code of something else"),
    pytest.param("npm run report", ("1", 0), ("2", 0), 3, (), id="a name of the project's own"),
    pytest.param("ls a.py", ("1", 0), ("2", 0), 3, (), id="no program"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "before", "after", "edit", "expected"), RERUNS)
def test_a_program_that_is_run_again(
    command: str,
    before: tuple[str, int | None],
    after: tuple[str, int | None],
    edit: int | None,
    expected: tuple[int, ...],
) -> None:
    shown = Shown()
    for step, (text, code) in ((2, before), (4, after)):
        run(shown, command, step, Outcome(code, text), edit)

    assert shown.rerun_steps == expected


RUNS: list[Any] = [
    pytest.param("fine", 0, 3, (4,), id="told of no error"),
    pytest.param("fine", None, 3, (4,), id="with an unknown end"),
    pytest.param("Traceback (most recent call last):", None, 3, (), id="told of one"),
    pytest.param("fine", 1, 3, (), id="ended badly"),
    pytest.param("fine", 0, None, (), id="nothing was edited"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "edit", "expected"), RUNS)
def test_a_program_that_is_run_after_an_edit(
    text: str, code: int | None, edit: int | None, expected: tuple[int, ...]
) -> None:
    shown = Shown()
    run(shown, REPRODUCE, 4, Outcome(code, text), edit)

    assert shown.ran_steps == expected


def test_code_in_place_looks_before_anything_is_edited_for_what_a_person_says() -> None:
    shown = Shown()
    shown.heard(3)
    for edit, step in ((2, 4), (5, 6)):
        run(shown, "python -c 'import app; print(app.total())'", step, Outcome(0, "42"), edit)

    assert shown.ran_steps == (6,)


@pytest.mark.parametrize(
    "command",
    [
        'python3 -c "import sys; print(sys.version)"',
        "python3 -c 'print(1)'",
        "python3 -c 'import numpy; print(numpy.__file__)'",
        "python3 -c 'import importlib.util as u; print(u.find_spec(\"numpy\"))'",
        "curl -s x > a.json; python3 -c 'import json; print(json.load(open(\"a.json\")))'",
        "bash scripts/list.sh",
    ],
)
def test_a_line_that_uses_nothing_of_what_was_edited_shows_no_work_done(command: str) -> None:
    edit = tool(1, "Edit", {"file_path": "/src/parser.py", "new_string": "a"})
    asked = user(0, "fix the parser")

    assert seen(asked, edit, shell(2, command, "1", exit_code=0)).ran_steps == ()


@pytest.mark.parametrize(
    ("command", "ran"),
    [("python3 -c 'import app.parser'", (2,)), ("bash parser.sh", (2,)), ("bash other.sh", ())],
)
def test_a_line_that_uses_what_was_edited_shows_that_it_works(
    command: str, ran: tuple[int, ...]
) -> None:
    patch = "*** Begin Patch\n*** Update File: app/parser.py\n+a\n*** Update File: parser.sh\n+b\n"
    edit = tool(1, "apply_patch", {"input": f"{patch}*** End Patch"})
    asked = user(0, "fix the parser")

    assert seen(asked, edit, shell(2, command, "1", exit_code=0)).ran_steps == ran


@pytest.mark.parametrize(
    "said", ["sh: demo: command not found", "python: can't open file 'demo.py'"]
)
def test_a_program_that_is_not_there_did_not_run(said: str) -> None:
    shown = Shown()
    run(shown, REPRODUCE, 4, Outcome(None, said), 3)

    assert shown.ran_steps == ()


@pytest.mark.parametrize(
    ("command", "ran"), [("head -3", ()), ("head -4", (4,)), ("tail -1", (4,))]
)
def test_a_pipe_may_hide_the_end_of_what_a_program_said(command: str, ran: tuple[int, ...]) -> None:
    shown = Shown()
    run(shown, f"{REPRODUCE} 2>&1 | {command}", 4, Outcome(0, "one\ntwo\nthree"), 3)

    assert shown.ran_steps == ran


PUSHES: list[Any] = [
    pytest.param("git push origin main", PUSHED, None, True, id="commits went out"),
    pytest.param("git push -u origin x", " * [new branch]      x -> x\n", 0, True, id="a new branch"),
    pytest.param(
        "git push -f", " + 1a2b3c4...5d6e7f8 x -> x (forced update)\n", 0, True, id="by force"
    ),
    pytest.param("git push", "Everything up-to-date\n", 0, False, id="nothing to push"),
    pytest.param("git push", "! [rejected] main -> main (fetch first)\n", 1, False, id="refused"),
    pytest.param("git log", PUSHED, 0, False, id="only shown"),
    pytest.param("gh pr merge 7 --squash", "", 0, True, id="a pull request was merged"),
    pytest.param("gh pr merge 7 --squash", "", None, False, id="merged or not"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "text", "code", "expected"), PUSHES)
def test_what_was_pushed(command: str, text: str, code: int | None, *, expected: bool) -> None:
    shown = Shown()
    shown.ended(parse(command), 5, Outcome(code, text), None)

    assert shown.pushed_steps == ((5,) if expected else ())


@pytest.mark.parametrize(
    ("command", "text", "code", "expected"),
    [
        pytest.param(
            "git push", "! [rejected] main -> main (fetch first)\n", 1, True, id="refused"
        ),
        pytest.param(
            "git commit -m x && git push", "fatal: no remote\n", 128, True, id="at the end"
        ),
        pytest.param("git push", "fatal: unable to access\n", None, True, id="by its words"),
        pytest.param("git push", PUSHED, None, False, id="went out"),
        pytest.param("git push", "Everything up-to-date\n", 0, False, id="nothing to push"),
        pytest.param("git push", "", None, False, id="unknown"),
        pytest.param("git push && pytest", "1 failed\n", 1, False, id="something after it failed"),
        pytest.param("git pull", "fatal: no remote\n", 1, False, id="no push"),
    ],
)
def test_what_could_not_be_pushed(
    command: str, text: str, code: int | None, *, expected: bool
) -> None:
    shown = Shown()
    shown.ended(parse(command), 5, Outcome(code, text), None)

    assert shown.unpushed_steps == ((5,) if expected else ())


FORWARD = "Updating 1a2b3c4..5d6e7f8\nFast-forward\n a.py | 2 +-\n"
MERGED = "Merge made by the 'ort' strategy.\n a.py | 2 +-\n"

MERGES: list[Any] = [
    pytest.param("git merge feature/a", FORWARD, True, id="forward"),
    pytest.param("cd app; git merge --no-ff feature -m 'Bring a'", MERGED, True, id="with a commit"),
    pytest.param("git merge feature", "Already up to date.\n", False, id="nothing to merge"),
    pytest.param("git merge feature", "CONFLICT (content): a.py\n", False, id="a conflict"),
    pytest.param("git merge main", FORWARD, False, id="catches up with the main line"),
    pytest.param("git merge origin/feature", FORWARD, False, id="catches up with others"),
    pytest.param("git merge -m 'Catch up' main", MERGED, False, id="catches up, and says so"),
    pytest.param("git merge HEADER", FORWARD, True, id="of a name that begins like another"),
    pytest.param("git merge", FORWARD, False, id="of what is tracked"),
    pytest.param("git pull", FORWARD, False, id="no merge"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "text", "expected"), MERGES)
def test_a_branch_that_is_merged_is_brought_to_the_main_line(
    command: str, text: str, *, expected: bool
) -> None:
    shown = Shown()
    shown.ended(parse(command), 5, Outcome(0, text), None)

    assert may_push(command) is ("merge" in command)
    assert shown.pushed_steps == ((5,) if expected else ())
