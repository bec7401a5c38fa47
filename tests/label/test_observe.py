from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.trajectories import ORIGIN, START, agent, step, trajectory, user
from tracemill.label.activity.observe import Observer, observe
from tracemill.records.events.event import Compaction, Event, Feedback, PullRequestLink
from tracemill.records.sessions.activity import Activity, CheckRun, Request, UndoneSteps
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

_COMMITTED = "[main 1a2b3c4] fix: totals\n 1 file changed"


def shell(index: int, command: Any, answer: str = "", **more: Any) -> Step:
    """Return a step that runs a command; more fields are those of its result."""
    call = ToolCall(id=f"c{index}", name="Bash", arguments={"command": command})
    status = more.pop("status", "error" if more.get("exit_code") else "ok")
    result = ToolResult(call_id=call.id, content=answer, status=status, **more)
    return agent(index, calls=(call,), results=(result,))


def tool(index: int, name: str, arguments: dict[str, Any], **more: Any) -> Step:
    call = ToolCall(id=f"c{index}", name=name, arguments=arguments)
    result = ToolResult(call_id=call.id, **{"status": "ok", **more})
    return agent(index, calls=(call,), results=(result,))


def seen(*steps: Step, events: tuple[Event, ...] = (), **header: Any) -> Activity:
    return observe(trajectory(len(steps), **header), steps, events)


def feedback(action: Any, at_step: int | None) -> Feedback:
    return Feedback(
        id=f"e{at_step}", trajectory_id="traj_1", step=at_step, origin=ORIGIN, action=action
    )


@pytest.mark.parametrize(
    ("command", "n_left"),
    [
        ("git reset --soft HEAD~1", 1),
        ("git reset HEAD^^ && git status", 0),
        ("git reset --hard @~", 1),
        ("git reset --hard origin/main", 2),
        ("git reset a.py", 2),
        ("git reset HEAD~1 a.py", 2),
        ("git reset HEAD^ -- a.py", 2),
    ],
)
def test_a_commit_that_was_reset_is_none(command: str, n_left: int) -> None:
    other = _COMMITTED.replace("1a2b3c4", "5d6e7f8")
    made = (shell(1, "git commit -am a", _COMMITTED), shell(2, "git commit -am b", other))

    assert len(seen(user(0), *made, shell(3, command)).commits) == n_left
    assert len(seen(user(0), *made, shell(3, command, exit_code=1)).commits) == 2


def test_what_people_asked_for_is_kept_with_its_moment() -> None:
    found = seen(
        user(0, "mend  the\ntotals", at=START),
        agent(1),
        user(2, "x" * 200, at=START),
        user(3, "again", at=START, is_replayed=True),
        user(4, "when?"),
    )

    assert found.requests == (
        Request(opening="mend the totals", step=0, at=START),
        Request(opening="x" * 98 + " …", step=2, at=START),
    )


def test_plans_that_were_proposed_are_kept_and_of_copies_the_last() -> None:
    plan = "# Plan\n\n" + "mend the totals " * 20
    found = seen(
        user(0),
        tool(1, "ExitPlanMode", {"plan": plan}),
        tool(2, "ExitPlanMode", {"plan": "another"}),
        tool(3, "ExitPlanMode", {"plan": plan}, status="rejected"),
        tool(4, "ExitPlanMode", {}),
        tool(5, "Write", {"plan": "none"}),
    )

    assert [(each.opening[:16], each.step) for each in found.plans] == [
        ("another", 2),
        ("# Plan mend the ", 3),
    ]


def test_a_check_is_recorded_with_its_verdict_and_step() -> None:
    found = seen(
        user(0), shell(1, "pytest", "1 failed", exit_code=1), shell(2, "pytest", "1 passed")
    )

    assert found.checks == (
        CheckRun(step=1, check="test", passed=False),
        CheckRun(step=2, check="test", passed=True),
    )


@pytest.mark.parametrize("name", ["run_terminal_command_v2", "run_in_terminal", "BASH"])
def test_a_shell_is_one_under_whichever_name(name: str) -> None:
    found = seen(user(0), tool(1, name, {"command": "pytest"}, content="1 passed"))

    assert found.checks == (CheckRun(step=1, check="test", passed=True),)


def test_a_refused_check_did_not_run() -> None:
    assert not seen(user(0), shell(1, "pytest", "refused", status="rejected")).checks


def test_a_result_that_comes_later_counts_for_the_step_that_called() -> None:
    calling = agent(1, calls=(ToolCall(id="c1", name="Bash", arguments={"command": "pytest"}),))
    late = step(2, "tool", results=(ToolResult(call_id="c1", content="1 passed", status="ok"),))

    assert seen(user(0), calling, late).checks == (CheckRun(step=1, check="test", passed=True),)


@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        pytest.param([("...", None)], None, id="never ended"),
        pytest.param([("still running", None), ("", 0)], True, id="ended well"),
        pytest.param([("", 1)], False, id="ended badly"),
    ],
)
def test_a_command_that_runs_on_is_followed(
    polls: list[tuple[str, int | None]], expected: bool | None
) -> None:
    first = tool(1, "exec_command", {"cmd": "bun test"}, status="unknown",
                 content="Chunk ID: 1\nProcess running with session ID 77\nOutput:\n")  # fmt: skip
    later = [
        tool(2 + i, "write_stdin", {"session_id": 77, "chars": ""}, exit_code=code,
             status="unknown" if code is None else "ok",
             content="Process running with session ID 77" if code is None else text)
        for i, (text, code) in enumerate(polls)
    ]  # fmt: skip

    assert seen(user(0), first, *later).checks == (CheckRun(step=1, check="test", passed=expected),)


def test_a_command_in_the_background_has_not_passed_yet() -> None:
    first = shell(1, "npm test", "Command running in background with ID: b7e8c1. Output is at x")
    last = tool(2, "BashOutput", {"bash_id": "b7e8c1"},
                content="<status>completed</status>\n<exit_code>1</exit_code>")  # fmt: skip

    assert [run.passed for run in seen(user(0), first).checks] == [None]
    assert [run.passed for run in seen(user(0), first, last).checks] == [False]


@pytest.mark.parametrize(
    ("command", "answer", "shas"),
    [
        pytest.param("git commit -m x", _COMMITTED, ["1a2b3c4"], id="commit"),
        pytest.param("git add . && git commit -m x && git push", _COMMITTED, ["1a2b3c4"], id="chain"),
        pytest.param("git -C /srv/app commit -m x", _COMMITTED, ["1a2b3c4"], id="other folder"),
        pytest.param("git commit --amend --no-edit", _COMMITTED, ["1a2b3c4"], id="amend"),
        pytest.param("git commit -m x", "[main (root-commit) 1a2b3c4] x", ["1a2b3c4"], id="first"),
        pytest.param("git rebase --continue", "[detached HEAD 1a2b3c4] x", ["1a2b3c4"], id="rebase"),
        pytest.param(["bash", "-lc", "git commit -m x"], _COMMITTED, ["1a2b3c4"], id="list"),
        pytest.param("git log -1", _COMMITTED, [], id="log"),
        pytest.param("cat notes.txt", _COMMITTED, [], id="file"),
        pytest.param("git commit -m x", "pre-commit hook failed", [], id="hook failed"),
        pytest.param("cd /tmp/x && git init && git commit -m x", _COMMITTED, [], id="experiment"),
        pytest.param("cd /tmp/x && git commit -m x", _COMMITTED, [], id="temporary folder"),
        pytest.param("grep -rn 'git commit' .", _COMMITTED, [], id="search"),
    ],
)  # fmt: skip
def test_a_commit_is_what_git_said_it_made(command: Any, answer: str, shas: list[str]) -> None:
    found = seen(user(0), shell(1, command, answer), cwd="/srv/app")

    assert [mention.sha for mention in found.commits] == shas


@pytest.mark.parametrize(
    ("answer", "passed"),
    [
        pytest.param(f"12 passed in 3s\n{_COMMITTED}", [True], id="a hook tested"),
        pytest.param(_COMMITTED, [], id="no hook"),
        pytest.param(
            "2 failed, 10 passed in 3s", [], id="a hook refused, and may not the next time"
        ),
    ],
)
def test_a_commits_hook_may_have_tested(answer: str, passed: list[bool]) -> None:
    found = seen(user(0), shell(1, "git commit -m x", answer))

    assert [run.passed for run in found.checks] == passed


def test_a_commit_names_its_branch() -> None:
    found = seen(user(0), shell(1, "git commit -m x", "[feat/a-b 1a2b3c4d] x"))

    assert [(c.branch, c.step) for c in found.commits] == [("feat/a-b", 1)]


EDITS: list[tuple[Step, tuple[str, ...], int | None]] = [
    (tool(1, "Write", {"file_path": "/srv/a.py"}), ("/srv/a.py",), 1),
    (tool(1, "Edit", {"file_path": "/srv/a.py"}, status="error"), (), None),
    (tool(1, "MultiEdit", {"file_path": "a.py"}, status="rejected"), (), None),
    (tool(1, "NotebookEdit", {"notebook_path": "a.ipynb"}), ("a.ipynb",), 1),
    (tool(1, "str_replace_editor", {"command": "view", "path": "a.py"}), (), None),
    (tool(1, "Read", {"file_path": "a.py"}), (), None),
    (tool(1, "edit_file_v2", {"file_path": "a.py"}), ("a.py",), 1),
    (tool(1, "edit", {"diff": "-a\n+b"}), (), 1),
    (tool(1, "edit", {}), (), None),
    (tool(1, "copilot_replaceString", {"filePath": "a.py"}), ("a.py",), 1),
    (tool(1, "read_file_v2", {"file_path": "a.py"}), (), None),
    (
        tool(1, "apply_patch", {"input": "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n"
             "*** Add File: b.py\n+z\n*** Delete File: c.py\n*** End Patch"}),
        ("a.py", "b.py", "c.py"), 1,
    ),
    (
        tool(1, "apply_patch", {"patchText": "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n"}),
        ("a.py",), 1,
    ),
    (shell(1, "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.py\n@@\nEOF"), ("a.py",), 1),
    (shell(1, "sed -i 's/a/b/' src/a.py"), ("src/a.py",), 1),
    (shell(1, "cat > a.py <<'EOF'\nx\nEOF"), ("a.py",), 1),
    (shell(1, "echo x | tee -a notes.md"), ("notes.md",), 1),
    (shell(1, "git checkout -- a.py"), (), 1),
    (shell(1, "git stash"), (), 1),
    (shell(1, "git stash list"), (), None),
    (shell(1, "edit 4:5\nreturn 1\nend_of_edit"), (), 1), (shell(1, "edit\nreturn 1\nend_of_edit"), (), 1),
    (tool(1, "edit", {"search": "a", "replace": "b", "replace-all": False}), (), 1),
    (shell(1, "editor a.py"), (), None),
    (shell(1, "go test ./... > /tmp/out.txt 2>&1"), (), None),
    (shell(1, "cat > /tmp/x.go <<'EOF'\nx\nEOF"), ("/tmp/x.go",), None),
    (tool(1, "Write", {"file_path": "/home/a/.claude/plans/x.md"}), ("/home/a/.claude/plans/x.md",), None),
]  # fmt: skip


@pytest.mark.parametrize(("made", "paths", "last"), EDITS)
def test_files_that_were_edited_are_named(
    made: Step, paths: tuple[str, ...], last: int | None
) -> None:
    found = seen(user(0), made)

    assert (found.files_edited, found.last_edit_step) == (paths, last)


def test_what_a_person_says_counts_only_behind_something_that_the_agent_did() -> None:
    found = seen(
        user(0, "this doesn't work"), agent(1), user(2, "still broken"), agent(3), user(4, "thanks")
    )

    assert [c.step for c in found.corrections] == [2]
    assert (found.thanks, found.last_user_step, found.goal) == ((4,), 4, "this doesn't work")


def test_a_subagent_hears_no_person() -> None:
    found = seen(user(0, "look around"), agent(1), user(2, "no, I meant b"), is_subagent=True)

    assert (found.corrections, found.n_user_steps, found.goal) == ((), 0, "look around")


def test_replayed_steps_are_counted_and_prove_nothing() -> None:
    old = [user(0, "old", is_replayed=True), shell(1, "pytest", "1 passed")]
    replayed = agent(1, calls=old[1].calls, results=old[1].results, is_replayed=True)
    found = seen(old[0], replayed, user(2, "new"), agent(3))

    assert (found.n_steps, found.n_calls, found.checks, found.goal) == (4, 1, (), "new")


@pytest.mark.parametrize(
    ("steps", "events", "ending"),
    [
        pytest.param([user(0), agent(1)], [], "agent", id="agent"),
        pytest.param([user(0), agent(1), user(2)], [], "user", id="user"),
        pytest.param([user(0), agent(1, is_error=True)], [], "error", id="error"),
        pytest.param(
            [user(0), agent(1, calls=(ToolCall(id="c", name="Read"),))], [], "open_call", id="open call"
        ),
        pytest.param([user(0), agent(1)], [("interruption", 1)], "interruption", id="stopped"),
        pytest.param([user(0), agent(1), user(2)], [("interruption", 1)], "user", id="stopped before"),
        pytest.param([user(0), shell(1, "make", "", status="interrupted")], [], "interruption", id="call stopped"),
        pytest.param(
            [user(0), shell(1, "make", "", status="interrupted"), agent(2)], [], "agent", id="went on"
        ),
        pytest.param([user(0), agent(1), step(2, "system", "bye")], [], "agent", id="notes do not count"),
        pytest.param([], [], "unknown", id="nothing"),
    ],
)  # fmt: skip
def test_the_ending_is_who_had_the_last_word(
    steps: list[Step], events: list[tuple[str, int]], ending: str
) -> None:
    found = tuple(feedback(action, at) for action, at in events)

    assert seen(*steps, events=found).ending == ending


def test_events_may_be_told_before_or_after_their_step() -> None:
    steps = [user(0), agent(1), user(2), agent(3)]
    stopped = feedback("interruption", 3)
    early, late = Observer(), Observer()
    early.event(stopped)
    for one in steps:
        early.step(one)
        late.step(one)
    late.event(stopped)

    assert early.finish(trajectory()) == late.finish(trajectory())


def test_events_are_counted_and_placed() -> None:
    events = (
        feedback("rejection", 1),
        Compaction(id="k", trajectory_id="traj_1", step=2, origin=ORIGIN),
        PullRequestLink(id="p", trajectory_id="traj_1", step=2, origin=ORIGIN, number=7),
    )
    found = seen(user(0), agent(1), agent(2), events=events)

    assert (found.n_rejections, found.rejected_steps) == (1, (1,))
    assert (found.n_compactions, found.compacted_steps, found.pull_requests) == (1, (3,), (7,))


def test_steps_that_a_person_went_back_before_are_known() -> None:
    told = [feedback("rewind", step) for step in (1, 2, 3)]
    kept = [structs.replace(told[at], undone_from=first) for at, first in ((2, 1), (1, 1), (0, 2))]
    steps = (user(0), agent(1), agent(2), agent(3))

    assert seen(*steps, events=tuple(told)).undone == ()
    assert [(each.first, each.last) for each in seen(*steps, events=tuple(kept)).undone] == [
        (1, 2),
        (1, 3),
    ]


def test_steps_that_a_person_returned_to_stand_again() -> None:
    left = structs.replace(feedback("rewind", 2), undone_from=1)
    back = structs.replace(feedback("rewind", 3), undone_from=3, goes_on_from=2)
    steps = (user(0), agent(1), agent(2), agent(3), agent(4))

    found = seen(*steps, events=(left, back))

    assert found.undone == (UndoneSteps(first=3, last=3, is_apart=True),)
    assert found.rejected_steps == (3,)
    assert [(each.step, each.kind) for each in found.reactions] == [(3, "rejection")]


def test_who_returns_into_a_branch_leaves_the_rest_of_it() -> None:
    left = structs.replace(feedback("rewind", 2), undone_from=1)
    back = structs.replace(feedback("rewind", 3), undone_from=2, goes_on_from=1)
    steps = (user(0), agent(1), agent(2), agent(3), agent(4))

    found = seen(*steps, events=(left, back))

    assert found.undone == (UndoneSteps(first=2, last=2), UndoneSteps(first=2, last=3))


def test_a_pull_request_that_was_opened_is_named() -> None:
    made = shell(1, "gh pr create --fill", "https://github.com/o/r/pull/342")

    assert seen(user(0), made).pull_requests == (342,)


def test_errors_rejections_and_interruptions_are_counted_apart() -> None:
    found = seen(
        user(0),
        shell(1, "ls", "no", exit_code=2),
        shell(2, "ls", "refused", status="rejected"),
        shell(3, "ls", "stopped", status="interrupted"),
        shell(4, "ls", "who knows", status="unknown"),
        shell(5, "ls", "a.py"),
    )

    assert (found.n_errors, found.n_rejections, found.interrupted_steps) == (1, 1, (3,))
    assert (found.n_results, found.n_ended) == (5, 2)


def test_moments_come_from_the_header_or_else_the_steps() -> None:
    late = START + timedelta(minutes=5)
    steps = [user(0, at=late), agent(1, at=START)]

    found = seen(*steps, started=None, ended=None)

    assert (found.started, found.ended) == (START, late)


def test_large_outputs_cost_no_more_than_their_ends() -> None:
    text = "x\n" * 500_000 + "== 1 failed, 2 passed in 1s =="

    assert [run.passed for run in seen(user(0), shell(1, "pytest | tail", text)).checks] == [False]
