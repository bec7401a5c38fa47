"""Which files a session wrote when, and which lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, agent, trajectory
from tracemill.base.line_sketch import MAX_OF_SESSION, Seal, hashes_of, sketch
from tracemill.label.activity.observe import observe
from tracemill.records.sessions.trajectory import ToolCall, ToolResult

SEAL = Seal(b"k" * 32)
LINE = "a line that is long enough"


def wrote(index: int, status: Any = "ok", minutes: int = 0, **arguments: Any) -> Any:
    call = ToolCall(id=f"c{index}", name=arguments.pop("tool", "Edit"), arguments=arguments)
    result = ToolResult(call_id=call.id, status=status)
    return agent(index, calls=(call,), results=(result,), at=START + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "arguments",
    [
        {"tool": "Write", "file_path": "a.py", "content": f"x\n{LINE}\n"},
        {"file_path": "a.py", "old_string": "a line that was there before", "new_string": LINE},
        {"tool": "edit", "path": "a.py", "edits": [{"oldText": "was there", "newText": LINE}]},
        {"tool": "MultiEdit", "file_path": "a.py", "edits": [{"new_string": f"  {LINE}"}, None]},
        {
            "tool": "apply_patch",
            "input": f"*** Begin Patch\n*** Update File: a.py\n-an old line of text\n+{LINE}\n",
        },
        {
            "file_path": "a.py",
            "old_string": "a line that is there before and after",
            "new_string": f"    a line that is there before and after\n{LINE}",
        },
        {
            "tool": "replace_in_file",
            "path": "a.py",
            "diff": "<<<<<<< SEARCH\na line that is kept\n=======\n"
            f"a line that is kept\n{LINE}\n>>>>>>> REPLACE\n",
        },
        {"tool": "Bash", "command": f"cat > a.py <<'END'\n{LINE}\nEND\n"},
        {
            "tool": "Bash",
            "command": "apply_patch <<'END'\n*** Begin Patch\n*** Update File: a.py\n"
            f"+{LINE}\n*** End Patch\nEND",
        },
    ],
)
def test_the_lines_that_a_tool_writes_are_kept_as_a_sketch(arguments: dict[str, Any]) -> None:
    found = observe(trajectory(), [wrote(0, **arguments)], [], SEAL)

    assert found.added_lines == sketch(SEAL(hashes_of([LINE.encode()])), MAX_OF_SESSION)
    assert [edit.path for edit in found.edits] == ["a.py"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(f"cat <<END\n{LINE}\nEND", id="shown"),
        pytest.param(f"python - <<END\nprint(open('a.py').read())\n{LINE}\nEND", id="read"),
        pytest.param(f"git commit -F - <<END\n{LINE}\nEND", id="a message"),
    ],
)
def test_a_text_that_a_command_writes_nowhere_is_no_edit(command: str) -> None:
    found = observe(trajectory(), [wrote(0, tool="Bash", command=command)], [], SEAL)

    assert (found.added_lines, found.edits) == (b"", ())


def test_the_lines_of_a_program_that_writes_a_file_are_kept() -> None:
    program = f"python3 - <<END\nopen('a.py', 'w').write(\n{LINE}\n)\nEND"
    found = observe(trajectory(), [wrote(0, tool="Bash", command=program)], [], SEAL)

    assert sketch(SEAL(hashes_of([LINE.encode()])), 1) in found.added_lines
    assert [edit.path for edit in found.edits] == ["a.py"]


def test_blocks_that_begin_and_never_end_are_looked_at_once() -> None:
    diff = "<<<<<<< SEARCH\n=======\n" * 20_000
    step = wrote(0, tool="replace_in_file", path="a.py", diff=diff)

    assert observe(trajectory(), [step], [], SEAL).added_lines == b""


def test_what_was_refused_or_failed_was_not_written() -> None:
    steps = [
        wrote(index, status, file_path="a.py", new_string=LINE)
        for index, status in enumerate(["rejected", "error", "interrupted"])
    ]

    assert observe(trajectory(), steps, [], SEAL).added_lines == b""


def test_without_a_seal_nothing_is_known_of_lines() -> None:
    step = wrote(0, file_path="a.py", new_string=LINE)

    assert observe(trajectory(), [step], []).added_lines == b""


def test_a_file_has_one_moment_a_minute() -> None:
    steps = [wrote(i, minutes=m, file_path="a.py") for i, m in enumerate([0, 0, 3, 3, 5])]
    (edit,) = observe(trajectory(), steps, []).edits

    assert [(at - START).total_seconds() / 60 for at in edit.at] == [0, 3, 5]
