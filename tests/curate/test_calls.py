"""What a command is said to run goes by its program, and by the verb of one that does much."""

import pytest

from tracemill.curate.windows.calls import said, ways
from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.trajectory import ToolCall


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("git commit -m x", {"git commit"}),
        ("git -C repo commit -m x", {"git commit"}),
        ("git -C 'my repo' -c user.name='A B' commit", {"git commit"}),
        ("git --no-pager --git-dir=x log", {"git log"}),
        ("git -C repo", {"git"}),
        ("git --version", {"git"}),
        ("make -j4 test", {"make test"}),
        ("make -j 4 -C sub CC=gcc test", {"make test"}),
        ("make -n test", {"make test"}),
        ("make -C sub", {"make"}),
        ("kubectl -n shop get pods", {"kubectl get"}),
        ("npm --prefix web run test", {"npm run"}),
        ("cargo +nightly test", {"cargo test"}),
        ("git > log", {"git"}),
        ("cd a && A=b git -C c push; (make -s all)", {"git push", "make all"}),
        ("A=b\ngit push\n\n pytest -q x", {"git push", "pytest"}),
        ("shop -C list close", {"shop"}),
        ("git -C", {"git"}),
    ],
)
def test_options_and_their_values_stand_in_no_verbs_way(line: str, runs: set[str]) -> None:
    assert ways([ToolCall(id="c1", name="Bash", arguments={"command": line})]) == runs


def test_many_lines_and_words_are_read_in_no_time() -> None:
    for line in ("x" + "\n" * 20_000 + "=", "git " + "-C " * 20_000 + "=", "git '" * 20_000):
        assert ways([ToolCall(id="c1", name="Bash", arguments={"command": line})])


def test_commands_that_wait_over_blank_lines_are_compared_in_no_time() -> None:
    command = "\n" * 200_000 + "sleep 2 && ls"
    call = {"id": "c", "type": "function", "function": {"name": "Bash", "arguments": {}}}
    waiting, plain = (
        Message(
            role="assistant",
            tool_calls=({**call, "function": {"name": "Bash", "arguments": {"command": line}}},),
        )
        for line in (command, "ls")
    )

    assert said(waiting) == said(plain)
