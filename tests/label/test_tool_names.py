import pytest

from tracemill.label.calls.tool_names import plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Bash", "bash"),
        ("edit_file_v2", "edit_file"),
        ("copilot_createFile", "createfile"),
        ("copilot_v2", "v2"),
        ("mcp__api__v2__get", "mcp__api__v2__get"),
        ("_v2", "_v2"),
        ("", ""),
        ("x" * 90, "x" * 90),
    ],
)
def test_a_name_is_told_without_what_stands_around_it(name: str, plain: str) -> None:
    assert plain_name(name) == plain
