"""Failures are followed to the attempt that worked, and nothing else is taken for one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.label.test_observe import seen, shell, tool
from tests.trajectories import START, agent, user
from tracemill.label.activity.recoveries import MAX_GAP
from tracemill.label.calls.symptoms import symptom
from tracemill.records.sessions.recoveries import FailureKind, Recovery
from tracemill.records.sessions.trajectory import Step, ToolResult


def recoveries(*steps: Step) -> tuple[Recovery, ...]:
    return seen(user(0), *steps).recoveries


def only(*steps: Step) -> Recovery:
    (found,) = recoveries(*steps)
    return found


FAILED = "FAILED tests/test_totals.py::test_cents - assert 1 == 2\n1 failed in 0.1s"


def edit(index: int, path: str = "src/totals.py", **more: str) -> Step:
    return tool(index, "Edit", {"file_path": path, "old_string": "a"}, **more)


def test_a_test_that_fails_and_passes_after_an_edit_is_one_recovery() -> None:
    found = only(
        shell(1, "pytest", FAILED, exit_code=1),
        edit(2),
        shell(3, "pytest", FAILED, exit_code=1),
        edit(4),
        shell(5, "pytest", "1 passed in 0.1s"),
    )

    assert (found.kind, found.cause, found.action) == ("test", "code", "pytest")
    assert found.symptom == "FAILED tests/test_totals.py::test_cents - assert 1 == 2"
    assert (found.attempts, found.edits, found.resolved_step) == ((1, 3), (2, 4), 5)
    assert found.change == "edit"


@pytest.mark.parametrize("width", range(116, 126))
def test_what_is_kept_of_a_failure_cuts_no_stand_in_in_two(width: int) -> None:
    name = "dev-7q7dq75a5v"
    path = f"/home/{name}/{'x/' * (width // 2)}a.py /home/{name}/b.py"
    said = f"{'no such file ' * (width // 7)}/home/{name}/b.py"
    found = only(edit(1, path, content=said, status="error"))

    assert re.findall(r"/home/[\w-]+", found.action + found.symptom).count(f"/home/{name}") >= 1
    assert set(re.findall(r"/home/([\w-]+)", found.action + found.symptom)) <= {name}


def written(index: int, text: str, path: str = "a.py", **more: str) -> Step:
    return tool(index, "Edit", {"file_path": path, "old_string": "a", "new_string": text}, **more)


TITLE = "def title(page):\n    return page.title.strip()"
TOTAL = "total = sum(item.price for item in items)\nprint(total)"


@pytest.mark.parametrize(
    ("between", "is_answered"),
    [
        pytest.param([written(2, TOTAL), user(3)], False, id="the file, then a person spoke"),
        pytest.param([user(2), written(3, TOTAL)], True, id="a person spoke, then the file"),
        pytest.param([written(2, TOTAL)], True, id="the file, and nobody spoke"),
        pytest.param([written(2, TOTAL, "b.py"), user(3)], True, id="another file"),
        pytest.param([user(2)], True, id="nothing was edited"),
        pytest.param([written(2, TOTAL, status="error"), user(3)], True, id="a second failure"),
    ],
)
def test_an_edit_is_for_what_a_person_asked_where_its_file_was_edited_before(
    between: list[Step], *, is_answered: bool
) -> None:
    found = recoveries(written(1, TITLE, status="error"), *between, written(4, TITLE))[0]

    assert found.attempts[0] == 1
    assert (found.resolved_step == 4) is is_answered


PATCH = "*** Begin Patch\n*** Update File: {}\n@@\n-{}\n+{}\n*** End Patch"


def patch(index: int, path: str, new: str, *, by_shell: bool = True, **more: str) -> Step:
    text = PATCH.format(path, "old = 1", new)
    if by_shell:
        command = f"apply_patch <<'EOF'\n{text}\nEOF\n"
        return tool(index, "shell", {"command": ["bash", "-lc", command]}, **more)
    return tool(index, "apply_patch", {"input": text}, **more)


@pytest.mark.parametrize("by_shell", [True, False])
def test_a_patch_that_a_shell_hands_on_is_an_edit_of_its_files(*, by_shell: bool) -> None:
    failed = patch(1, "a.py", TITLE, status="error")
    other = patch(2, "b.py", TOTAL)

    assert only(failed).action == "edit a.py"
    assert [each.resolved_step for each in recoveries(failed, other)] == [None]
    assert only(failed, other, patch(3, "a.py", TITLE, by_shell=by_shell)).resolved_step == 3


def test_a_check_of_one_workspace_is_not_answered_by_one_of_another() -> None:
    failed = shell(1, "npm run typecheck -w api", "a.ts(1,1): error TS2345: no", exit_code=2)

    assert only(failed, shell(2, "npm run typecheck -w docs", "")).resolved_step is None
    assert only(failed, shell(2, "npm run typecheck -w api", "")).resolved_step == 2


def test_a_linter_that_mended_all_it_found_has_passed() -> None:
    said = "Found 7 errors ({}).\n[*] more\n"
    failed = shell(1, "ruff check . | tail -2", "Found 7 errors.\n")
    mended = shell(
        2,
        "ruff check . --fix | tail -2",
        said.format("7 fixed, 0 remaining") + "All checks passed!",
    )
    left = shell(2, "ruff check . --fix | tail -2", said.format("5 fixed, 2 remaining"))

    assert only(failed, mended).resolved_step == 2
    assert only(failed, left).resolved_step is None


@pytest.mark.parametrize(
    "command", ["dpkg -l ibus-mozc", "pip show numpy", "rpm -q git", "brew ls jq"]
)
def test_to_ask_whether_something_is_installed_never_fails(command: str) -> None:
    assert not recoveries(shell(1, command, "no packages found", exit_code=1))


def test_a_file_that_another_program_holds_is_a_fault_of_the_machine() -> None:
    text = (
        "Copy-Item : The process cannot access the file because it is being used by another process"
    )

    assert only(shell(1, "cp a.dll b", text, exit_code=1)).cause == "environment"


@pytest.mark.parametrize(
    ("failed", "passed", "is_resolved"),
    [
        ("pytest tests/a.py", "pytest tests/a.py", True),
        ("pytest tests/a.py", "pytest tests/a.py tests/b.py", True),
        ("pytest tests/a.py", "pytest", True),
        ("pytest tests/a.py", "pytest tests/b.py", False),
        ("pytest", "pytest tests/a.py", False),
        ("pytest", "ruff check .", False),
        ("mise run test:integration", "mise run test:integration", True),
        ("mise run test:integration", "mise run test", False),
    ],
)
def test_a_check_is_answered_by_one_that_covers_it(
    failed: str, passed: str, is_resolved: bool
) -> None:
    found = only(shell(1, failed, FAILED, exit_code=1), shell(2, passed, "1 passed in 0.1s"))

    assert (found.resolved_step is not None) == is_resolved


@pytest.mark.parametrize(
    ("command", "text", "cause"),
    [
        ("pytest", "sh: pytest: command not found", "environment"),
        ("python -m pytest", "python: No module named pytest", "environment"),
        ("rtk pytest", "error: unrecognized subcommand 'pytest'", "usage"),
    ],
)
def test_a_check_that_could_not_begin_is_answered_by_one_that_passed(
    command: str, text: str, cause: str
) -> None:
    found = only(
        shell(1, command, text, exit_code=127),
        shell(2, "pip install pytest"),
        shell(3, "pytest", "1 passed in 0.1s"),
    )

    assert (found.kind, found.cause, found.resolved_step) == ("command", cause, 3)


def test_an_edit_that_misses_its_text_is_answered_by_one_that_finds_it() -> None:
    found = only(
        edit(1, status="error", content="String to replace not found in file.\nString: a"),
        edit(2, "src/other.py"),
        edit(3),
    )

    assert (found.kind, found.cause) == ("edit", "usage")
    assert (found.symptom, found.resolved_step) == ("String to replace not found in file.", 3)


@pytest.mark.parametrize(
    "command",
    ["grep -rn total src", "diff a b", "cd src && ls missing", "python -c 'import x'", "rg x | wc"],
)
def test_what_only_looks_or_asks_never_fails(command: str) -> None:
    assert recoveries(shell(1, command, "", exit_code=1)) == ()


def test_a_line_of_several_commands_does_not_tell_which_failed() -> None:
    assert recoveries(shell(1, "npm install && git push", "error", exit_code=1)) == ()


@pytest.mark.parametrize(
    ("failed", "worked", "is_resolved"),
    [
        ("git push --force", "git push origin main", True),
        ("git push", "git pull", False),
        ("gh pr create", "gh pr view", False),
        ("node build.js", "node build.js --all", True),
        ("node build.js", "node other.js", False),
        ("git diff a.py", "git diff b.py", False),
        ("git diff a.py b.py", "git diff b.py", True),
        ("gh pr diff 88 --stat", "gh pr diff 88 --name-only", True),
        ("git cherry-pick 1a2b3c4", "git cherry-pick --skip", True),
        ("git commit -m one", "git commit -m two", True),
        ("tool add one --branch x", "tool add --help", False),
    ],
)
def test_a_command_is_answered_by_the_same_program_and_verb(
    failed: str, worked: str, is_resolved: bool
) -> None:
    found = only(shell(1, failed, "fatal: no", exit_code=128), shell(2, worked, "done"))

    assert (found.resolved_step is not None) == is_resolved


@pytest.mark.parametrize(
    ("worked", "is_spoken", "is_resolved"),
    [
        ("./gather.sh --json", True, False),
        ("./gather.sh --json", False, True),
        ("./gather.sh --json --tasks", True, True),
        ("A=b ./gather.sh --json --tasks", True, True),
        ("./gather.sh --json --plans", True, True),
        ("cd /app && ./gather.sh --json 2>&1", True, False),
    ],
)
def test_a_command_that_asks_for_less_once_a_person_spoke_is_for_something_else(
    worked: str, is_spoken: bool, is_resolved: bool
) -> None:
    failing = shell(1, "./gather.sh --json --tasks", "ERROR: no tasks", exit_code=1)
    spoken = [user(2, "make the tasks")] if is_spoken else []
    found = only(failing, *spoken, shell(3, worked, "done"))

    assert (found.resolved_step is not None) == is_resolved


@pytest.mark.parametrize(
    ("failed", "said", "worked"),
    [
        ("cd /app && git push origin main", "fatal: no host", "git push origin main"),
        ("docker compose up -d 2>&1", "no daemon", "docker compose up -d"),
        ("A=b make deploy", "*** [deploy] Error 1", "make deploy"),
        ("git push --zap origin", "error: unknown option `zap'", "git push origin"),
        ("docker run --rn app", "unknown flag: --rn", "docker run app"),
        ("gh pr create -x=y", "flag provided but not defined: -x", "gh pr create"),
    ],
)
def test_a_command_that_leaves_out_what_asked_for_nothing_is_the_same_one(
    failed: str, said: str, worked: str
) -> None:
    failing = shell(1, failed, said, exit_code=1)

    assert only(failing, user(2, "go on"), shell(3, worked, "done")).resolved_step == 3


@pytest.mark.parametrize(
    ("content", "is_resolved"),
    [
        ("1\tdef total():", True),
        ("<system-reminder>Warning: the file exists but is shorter than the offset", False),
    ],
)
def test_a_part_of_a_file_that_is_not_there_answers_nothing(
    content: str, is_resolved: bool
) -> None:
    asked = {"file_path": "src/totals.py", "offset": 50, "limit": 25}
    too_long = tool(1, "Read", asked, status="error", content="File content exceeds 25000 tokens")
    found = only(too_long, tool(2, "Read", {**asked, "offset": 65, "limit": 10}, content=content))

    assert (found.resolved_step is not None) == is_resolved


def test_an_option_that_was_known_asked_for_something_beside_one_that_was_not() -> None:
    failing = shell(1, "git push -u --zap origin", "error: unknown option `zap'", exit_code=1)
    found = only(failing, user(2, "go on"), shell(3, "git push --zap origin", "done"))

    assert found.resolved_step is None


def test_what_works_much_later_is_no_answer() -> None:
    late = MAX_GAP + 2
    found = only(shell(1, "git push", "fatal: no", exit_code=1), shell(late, "git push", "done"))

    assert (found.resolved_step, found.change) == (None, None)


def test_what_a_person_refused_did_not_fail() -> None:
    assert recoveries(edit(1, status="rejected", content="refused")) == ()


def test_the_time_is_that_from_the_first_failure() -> None:
    steps = (
        shell(1, "pytest", FAILED, exit_code=1),
        shell(2, "pytest", "1 passed in 0.1s"),
    )
    timed = [
        Step(**{f: getattr(s, f) for f in s.__struct_fields__} | {"at": START + timedelta(seconds=9 * i)})
        for i, s in enumerate(steps)
    ]  # fmt: skip

    assert only(*timed).seconds == 9


@pytest.mark.parametrize(
    ("kind", "text", "line"),
    [
        ("test", "x\n--- FAIL: TestTotals (0.01s)\nFAIL", "--- FAIL: TestTotals (0.01s)"),
        ("lint", "[lint] cmd/a.go:48:10: error is lost\n[lint] ERROR task failed",
         "[lint] cmd/a.go:48:10: error is lost"),
        ("types", "src/a.ts(3,4): error TS2345: no\n", "src/a.ts(3,4): error TS2345: no"),
        ("command", "Exit code 1\nfatal: not a git repository", "fatal: not a git repository"),
        ("command", "Traceback (most recent call last):\n  x\nValueError: no such", "ValueError: no such"),
        ("command", "EXECUTION RESULT of [bash]:\n/bin/python: No module named pytest\n[Python interpreter: x]",
         "/bin/python: No module named pytest"),
        ("test", "Output: \nsaid\nProcess Group PGID: 3352", "said"),
        ("edit", "Found 8 matches of it.\nString: }", "Found 8 matches of it."),
        ("test", "\x1b[31m1 problem\x1b[0m\n\n", "1 problem"),
        ("command", "", ""),
    ],
)  # fmt: skip
def test_the_line_that_says_what_is_wrong(kind: FailureKind, text: str, line: str) -> None:
    assert symptom(kind, text) == line


@given(st.text(max_size=400))
def test_a_symptom_is_one_short_line_of_the_text(text: str) -> None:
    found = symptom("command", text)

    assert len(found) <= 240
    assert "\n" not in found


def test_every_result_that_failed_is_a_failure_or_left_aside_for_a_reason() -> None:
    found = seen(
        user(0),
        shell(1, "pytest", FAILED, exit_code=1),
        shell(2, "grep -r nothing src", "", exit_code=1, status="error"),
        shell(3, "cat missing.txt", "No such file", exit_code=1, status="error"),
        shell(4, "cp a b && ./run", "boom", exit_code=2, status="error"),
        shell(5, "pytest -q", "<tool_use_error>no</tool_use_error>", status="error"),
        shell(6, "python -c 'x'", "NameError: x", exit_code=1, status="error"),
        shell(7, "git push", "rejected", exit_code=1, status="error"),
    )

    assert [each.action for each in found.recoveries] == ["pytest", "git push"]
    assert found.ignored_failures == {
        "answered": 1, "looked_only": 1, "no_verdict": 1, "nothing_named": 1,
        "several_commands": 1,
    }  # fmt: skip


def test_a_result_that_comes_late_counts_only_where_it_failed() -> None:
    fine = agent(3, results=(ToolResult(call_id="gone", content="", status="ok"),))
    failed = agent(3, results=(ToolResult(call_id="gone", content="", status="error"),))

    assert seen(user(0), fine).ignored_failures == {}
    assert seen(user(0), failed).ignored_failures == {"late_result": 1}


def test_calls_of_one_step_that_want_the_same_are_one_attempt() -> None:
    twice = tool(1, "Read", {"file_path": "a"}, content="no", status="error")
    again = tool(1, "Read", {"file_path": "a"}, content="no", status="error")
    both = replace(
        twice,
        calls=(*twice.calls, replace(again.calls[0], id="other")),
        results=(*twice.results, replace(again.results[0], call_id="other")),
    )
    found = seen(user(0), both)

    assert [each.attempts for each in found.recoveries] == [(1,)]
    assert found.ignored_failures == {"same_step": 1}
