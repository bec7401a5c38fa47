"""What a script of an agent's own is told to run, and what that shows of the session."""

from __future__ import annotations

import pytest

from tests.trajectories import START, agent, trajectory
from tracemill.label.activity.observe import observe
from tracemill.label.calls.scripts import scripted_command
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import ToolCall, ToolResult

PATCH = "*** Begin Patch\n*** Add File: a.py\n+total = 1\n*** End Patch"
PATCHING = f"const patch = {PATCH!r}; text(await tools.apply_patch(patch))".replace("'", '"')


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ('const r = await tools.exec_command({"cmd":"make \\"all\\""}); text(r)', 'make "all"'),
        ("tools.exec_command({cmd: 'echo it\\'s'})", "echo it's"),
        ("tools.exec_command({ cmd: `ls\npwd` })", "ls\npwd"),
        ('[tools.exec_command({"cmd":"one"}), tools.exec_command({"cmd":"two"})]', "one\ntwo"),
        (PATCHING, f"apply_patch <<'PATCH'\n{PATCH}\nPATCH"),
        ("tools.exec_command({ cmd: `rm ${file}` })", None),
        ("tools.exec_command({ cmd: name })", None),
        ('const config = {"cmd": "make"}', None),
        ("", None),
    ],
)
def test_the_literals_that_a_script_hands_to_tools_are_what_it_runs(
    script: str, command: str | None
) -> None:
    assert scripted_command({"input": script}) == command


def test_what_is_no_script_runs_nothing() -> None:
    assert scripted_command({}) is None
    assert scripted_command({"input": ["tools.exec_command"]}) is None


def ran(script: str, content: str = "Script completed\nOutput:\n", **more: str) -> Activity:
    calls = [ToolCall(id="c0", name="exec", arguments={"input": script})]
    results = [ToolResult(call_id="c0", content=content, status="unknown")]
    for name, text in more.items():
        calls.append(ToolCall(id=name, name=name, arguments={"cell_id": "6"}))
        results.append(ToolResult(call_id=name, content=text, status="unknown"))
    steps = [
        agent(index, calls=(call,), results=(result,), at=START)
        for index, (call, result) in enumerate(zip(calls, results, strict=True))
    ]
    return observe(trajectory(), steps, [])


def test_a_commit_that_a_script_made_is_the_sessions() -> None:
    found = ran(
        'await tools.exec_command({"cmd":"git commit -m \\"fix: totals\\""})',
        "Script completed\nOutput:\n\n[main 1a2b3c4] fix: totals\n 1 file changed\n",
    )

    assert [(made.sha, made.subject) for made in found.commits] == [("1a2b3c4", "fix: totals")]
    assert [asked.subject for asked in found.asked_commits] == ["fix: totals"]


def test_a_file_that_a_script_patched_is_an_edit() -> None:
    assert ran(PATCHING).files_edited == ("a.py",)


def test_a_script_that_runs_on_is_followed() -> None:
    found = ran(
        "await tools.exec_command({cmd: 'git commit -m \"fix: totals\"'})",
        "Script running with cell ID 6\nOutput:\n",
        wait="Script completed\nOutput:\n\n[main 1a2b3c4] fix: totals\n",
    )

    assert [made.sha for made in found.commits] == ["1a2b3c4"]
