import pytest

from tracemill.curate.windows.families import Family, family_of


@pytest.mark.parametrize(
    ("tool", "family"),
    [
        ("Read", "read"), ("Write", "edit"), ("str_replace_editor", "edit"), ("MultiEdit", "edit"),
        ("apply_patch", "edit"), ("Bash", "run"), ("exec_command", "run"), ("write_stdin", "run"),
        ("Grep", "search"), ("list_dir", "search"), ("WebFetch", "web"), ("TodoWrite", "plan"),
        ("update_plan", "plan"), ("ExitPlanMode", "plan"), ("Task", "agent"),
        ("AskUserQuestion", "ask"), ("mcp__jira__lookup", "other"),
    ],
)  # fmt: skip
def test_a_tools_name_tells_what_it_is_for(tool: str, family: Family) -> None:
    assert family_of(tool) == family
