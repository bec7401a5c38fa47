import pytest

from tests.trajectories import agent, trajectory, user
from tracemill.label.activity.observe import observe
from tracemill.label.calls.answers import is_answer
from tracemill.records.sessions.trajectory import ToolCall, ToolResult


def call(command: str, name: str = "Bash") -> ToolCall:
    return ToolCall(id="c1", name=name, arguments={"command": command})


def failed(exit_code: int | None = 1, content: str = "") -> ToolResult:
    return ToolResult(call_id="c1", content=content, status="error", exit_code=exit_code)


@pytest.mark.parametrize(
    "command",
    [
        "grep -rn name src",
        "cd app && rg name",
        "cat notes | grep name",
        "make; grep name log",
        "make || grep name log",
        "diff old new && cmp a b",
        "/usr/bin/diff -u old new",
        "test -f setup.py",
        "[ -d build ]",
        "[[ -n $HOME ]]",
        "command -v uv",
        "git diff --exit-code",
        "git -C app diff --quiet",
        "git merge-base --is-ancestor a b",
        'bash -lc "rg name"',
        'cmd /c findstr /n "name" app.py',
    ],
)
def test_one_is_the_answer_of_a_command_that_asks(command: str) -> None:
    assert is_answer(call(command), failed())


@pytest.mark.parametrize(
    "command",
    [
        "make && grep name log",
        "set -e; make; grep name log",
        "set -o pipefail; make | grep name",
        "grep name log | python use.py",
        "grep name log && make",
        "pytest",
        "git commit -m diff",
        "if grep name log; then make; fi",
        "",
    ],
)
def test_one_is_a_failure_where_another_command_may_have_ended_the_line(command: str) -> None:
    assert not is_answer(call(command), failed())


@pytest.mark.parametrize(
    ("result", "name"),
    [
        pytest.param(failed(2), "Bash", id="a higher code"),
        pytest.param(failed(None), "Bash", id="no code"),
        pytest.param(failed(content="bash: cd: app: no such folder"), "Bash", id="no folder"),
        pytest.param(failed(), "Grep", id="no shell"),
    ],
)
def test_only_the_one_of_a_shell_answers(result: ToolResult, name: str) -> None:
    assert not is_answer(call("cd app && grep name log", name), result)


def test_an_answer_is_no_tool_error_and_nothing_to_recover_from() -> None:
    asked = agent(1, calls=(call("git diff --exit-code"),), results=(failed(),))
    found = observe(trajectory(2), [user(0), asked], [])

    assert (found.n_errors, found.recoveries) == (0, ())


def test_a_call_that_was_not_run_as_another_failed_has_no_failure() -> None:
    content = "<tool_use_error>Sibling tool call errored</tool_use_error>"
    reading = ToolCall(id="c1", name="Read", arguments={"file_path": "a.py"})

    assert is_answer(reading, failed(None, content))
    assert not is_answer(reading, failed(None, f"{'a line of a file ' * 9}{content}"))
