"""Which commits a session's commands ask for."""

from __future__ import annotations

import pytest

from tests.trajectories import START, agent, trajectory
from tracemill.label.activity.observe import observe
from tracemill.label.calls.commits import asked_subjects
from tracemill.records.sessions.activity import AskedCommit
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

DOCUMENT = """git add a.py && git commit -m "$(cat <<'EOF'
fix: totals

The tax was lacking.
EOF
)" && git status"""


@pytest.mark.parametrize(
    ("command", "subjects"),
    [
        ("git commit -m 'fix: totals'", ["fix: totals"]),
        ('git add -A && git commit -am "fix: totals" -m "more"', ["fix: totals"]),
        ('git commit --message="fix: \\"totals\\""', ['fix: "totals"']),
        ('git commit -m "fix: totals\n\nThe tax was lacking."', ["fix: totals"]),
        (DOCUMENT, ["fix: totals"]),
        ("git commit -m 'one' && git commit -m 'two'", ["one", "two"]),
        ("git commit --amend --no-edit", []),
        ("git commit -F message.txt", []),
        ("git commit -q -F - <<'EOF'\nfix: totals\n\nThe tax was lacking.\nEOF", ["fix: totals"]),
        ("git commit -F- <<EOF\nfix: totals\nEOF", ["fix: totals"]),
        ("git add a.py; git commit -q -m @'\nfix: totals\n\nMore.\n'@", ["fix: totals"]),
        ("gt create -a -m 'fix: totals'", ["fix: totals"]),
        ("gt modify --message 'fix: totals'", ["fix: totals"]),
        ("gt submit -m 'fix: totals'", []),
        ("git commit -m ''", []),
    ],
)
def test_the_subject_stands_in_the_command(command: str, subjects: list[str]) -> None:
    assert list(asked_subjects(command)) == subjects


def committing(command: str, exit_code: int | None) -> Step:
    call = ToolCall(id="c1", name="Bash", arguments={"command": command})
    result = ToolResult(call_id="c1", content="ok", exit_code=exit_code, status="ok")
    return agent(3, calls=(call,), results=(result,), at=START)


@pytest.mark.parametrize(
    ("command", "exit_code", "is_kept"),
    [
        pytest.param(DOCUMENT, None, True, id="nothing is said of its end"),
        pytest.param(DOCUMENT, 0, True, id="it ended well"),
        pytest.param(DOCUMENT, 1, True, id="what failed may stand behind the commit"),
        pytest.param("gt create -am 'fix: totals'", 0, True, id="by a tool that stacks commits"),
        pytest.param("git init && git commit -m 'fix: totals'", 0, False, id="an experiment"),
        pytest.param("grep -rn \"git commit -m 'fix: totals'\" .", 0, False, id="a search"),
    ],
)
def test_only_a_command_that_commits_asks_for_a_commit(
    command: str, exit_code: int | None, *, is_kept: bool
) -> None:
    found = observe(trajectory(), [committing(command, exit_code)], [])

    asked = AskedCommit(subject="fix: totals", step=3, at=START)
    assert found.asked_commits == (asked,) * is_kept


@pytest.mark.parametrize(
    "results",
    [
        pytest.param((), id="no result"),
        pytest.param(
            (ToolResult(call_id="c1", content="running with session ID 7"),), id="it runs on"
        ),
    ],
)
def test_a_command_with_which_the_log_ends_asks_too(results: tuple[ToolResult, ...]) -> None:
    call = ToolCall(id="c1", name="Bash", arguments={"command": DOCUMENT})

    found = observe(trajectory(), [agent(3, calls=(call,), results=results, at=START)], [])
    assert found.asked_commits == (AskedCommit(subject="fix: totals", step=3, at=START),)


def test_a_command_that_a_person_refused_asks_for_nothing() -> None:
    call = ToolCall(id="c1", name="Bash", arguments={"command": DOCUMENT})
    refused = ToolResult(call_id="c1", content="", status="rejected")

    found = observe(trajectory(), [agent(3, calls=(call,), results=(refused,), at=START)], [])
    assert found.asked_commits == ()


@pytest.mark.parametrize(
    ("printed", "shas"),
    [
        pytest.param("1a2b3c4 fix: totals", ["1a2b3c4"], id="its log"),
        pytest.param("* 1a2b3c4 (HEAD -> main) fix: totals\n0d0d0d0 fix: tax", ["1a2b3c4"], id="a graph"),
        pytest.param("1a2b3c4 fix: totals\n9f9f9f9 fix: totals", ["1a2b3c4"], id="the newest"),
        pytest.param("1a2b3c4 fix: tax", [], id="another commit"),
        pytest.param("see 1a2b3c4 fix: totals", [], id="prose"),
        pytest.param("[main 5e5e5e5] fix: totals\n1a2b3c4 fix: totals", ["5e5e5e5"], id="git said so"),
    ],
)  # fmt: skip
def test_a_commit_that_is_made_in_silence_is_known_by_the_log_right_behind_it(
    printed: str, shas: list[str]
) -> None:
    command = f"{DOCUMENT.replace('git commit', 'git commit -q')}\ngit log --oneline -2"
    call = ToolCall(id="c1", name="Bash", arguments={"command": command})
    result = ToolResult(call_id="c1", content=printed, status="ok", exit_code=0)

    found = observe(trajectory(), [agent(3, calls=(call,), results=(result,), at=START)], [])
    assert [commit.sha for commit in found.commits] == shas
