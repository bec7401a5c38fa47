"""What calls call: tools that were there, code, tools that the model wrote; and in which version."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trajectories import agent
from tracemill.label.calls.called_tools import CalledTools, called_tools
from tracemill.label.calls.shown_versions import is_asked_for_version, shown_versions
from tracemill.records.sessions.trajectory import ToolCall, ToolLevel, ToolResult


def call(name: str, number: int = 0, **arguments: Any) -> ToolCall:
    return ToolCall(id=f"c{number}", name=name, arguments=arguments)


def levels(*calls: ToolCall) -> list[ToolLevel | None]:
    tools = CalledTools()
    return [tools.level(each) for each in calls]


@pytest.mark.parametrize(
    ("made", "level"),
    [
        (call("Read", file_path="a.py"), "fixed"),
        (call("mcp__search__find", query="a"), "fixed"),
        (call("Bash", command="pytest -q"), "fixed"),
        (call("Bash", command="python manage.py test"), "fixed"),
        (call("execute_code", code="print(git_status().clean)"), "code"),
        (call("Bash", command="python -c 'import a; a.go()'"), "code"),
        (call("Bash", command="python - <<'EOF'\nprint(1)\nEOF"), "code"),
        (call("Bash"), None),
        (call("execute_code"), None),
        (ToolCall(id="c", name="lint", tool_level="self_improved"), "self_improved"),
        (ToolCall(id="c", name="Bash", arguments={"command": "ls"}, tool_level="code"), "code"),
    ],
)
def test_level_of_a_single_call(made: ToolCall, level: ToolLevel | None) -> None:
    assert levels(made) == [level]


PATCH = (
    "*** Begin Patch\n*** Add File: tools/count.py\n+1\n*** Update File: app.py\n+2\n*** End Patch"
)


@pytest.mark.parametrize(
    ("writes", "runs"),
    [
        (call("Write", file_path="/srv/app/scripts/count.py"), "python scripts/count.py a b"),
        (call("Write", file_path="/srv/app/count.sh"), "cd /srv/app && ./count.sh"),
        (call("write_file", path="count.mjs"), "node ./count.mjs"),
        (call("str_replace_editor", command="create", path="/w/r.py"), "uv run python r.py"),
        (call("apply_patch", input=PATCH), "python3 tools/count.py"),
        (call("Bash", command="cat > x.sh <<'EOF'\nls\nEOF"), "bash x.sh"),
        (call("Write", file_path="a.ts"), "bun run a.ts"),
    ],
)
def test_a_program_that_the_model_wrote_and_runs_is_its_own_tool(
    writes: ToolCall, runs: str
) -> None:
    assert levels(writes, call("Bash", 1, command=runs)) == ["fixed", "generated"]
    assert levels(call("Bash", 1, command=runs), writes) == ["fixed", "fixed"], "nothing was there"


@pytest.mark.parametrize(
    ("writes", "runs"),
    [
        (call("Edit", file_path="scripts/count.py"), "python scripts/count.py"),
        (call("apply_patch", input=PATCH), "python app.py"),
        (call("Write", file_path="scripts/count.py"), "cat scripts/count.py"),
        (call("Write", file_path="scripts/count.py"), "pytest scripts/count.py"),
        (call("Write", file_path="scripts/count.py"), "python other/count.py"),
        (call("Write", file_path="notes.md"), "python notes.md"),
        (call("str_replace_editor", command="view", path="r.py"), "python r.py"),
    ],
)
def test_what_was_there_or_is_only_looked_at_is_no_tool_of_its_own(
    writes: ToolCall, runs: str
) -> None:
    assert levels(writes, call("Bash", 1, command=runs))[1] == "fixed"


PYTEST = (
    "===== test session starts =====\nplatform linux -- Python 3.11.7, pytest-8.3.4, pluggy-1.5.0\n"
)


@pytest.mark.parametrize(
    ("action", "shown", "versions"),
    [
        ("pytest", PYTEST, {"pytest": "8.3.4", "python": "3.11.7"}),
        ("make test", PYTEST, {"pytest": "8.3.4", "python": "3.11.7"}),
        ("bun test", "bun test v1.3.5 (1e86cebd)\n\n3 pass", {"bun": "1.3.5"}),
        ("vitest", " RUN  v1.6.0 /srv/app\n", {"vitest": "1.6.0"}),
        ("node", "Error: no\n\nNode.js v20.11.0\n", {"node": "20.11.0"}),
        ("phpunit", "PHPUnit 10.5.3 by Sebastian Bergmann and contributors.\n", {"phpunit": "10.5.3"}),
        ("cat", PYTEST, {}),
        ("git log", "bun test v1.3.5 fails", {}),
        ("pytest", "3 passed in 0.1s", {}),
        ("npm test", "we need bun test v1.3.5", {}),
    ],
)  # fmt: skip
def test_programs_show_their_versions(action: str, shown: str, versions: dict[str, str]) -> None:
    assert dict(shown_versions(action, shown, is_asked=False)) == versions


@pytest.mark.parametrize(
    ("command", "shown", "version"),
    [
        ("git --version", "git version 2.43.0", "2.43.0"),
        ("go version", "go version go1.22.1 linux/amd64", "1.22.1"),
        ("node -v", "v20.11.0", "20.11.0"),
        ("mypy --version", "mypy 1.8.0 (compiled: yes)", "1.8.0"),
        ("npm run version", "bump 1.2.3", None),
        ("ls; git --version", "a\ngit version 2.43.0", None),
        ("git --version", "no such program", None),
    ],
)
def test_a_program_that_is_asked_tells_its_version(
    command: str, shown: str, version: str | None
) -> None:
    tools = CalledTools()
    asked = call("Bash", command=command)
    program = command.partition(" ")[0]
    tools.hear(asked, program, shown)

    assert tools.version(asked, program) == version
    assert tools.version(call("Read"), program) is None
    assert is_asked_for_version(command) is (version is not None or "no such" in shown)


def test_a_version_holds_for_calls_behind_the_one_that_shows_it() -> None:
    tests = [call("Bash", number, command="bun test") for number in range(4)]
    shown = ["3 pass", "bun test v1.3.5 (1e)\n", "3 pass", "bun test v1.3.13 (2f)\n"]
    steps = [
        agent(at, calls=(made,), results=(ToolResult(call_id=made.id, content=text),))
        for at, (made, text) in enumerate(zip(tests, shown, strict=True))
    ]

    found = called_tools(steps)

    assert [found[each.id].version for each in tests] == [None, "1.3.5", "1.3.5", "1.3.13"]
    told = ToolCall(id="t", name="lint", tool_version="0.4")
    assert called_tools([agent(0, calls=(told,))])["t"].version == "0.4"
