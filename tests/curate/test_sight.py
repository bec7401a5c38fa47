import pytest
from msgspec import structs

from tests.trajectories import agent, calling, user
from tracemill.curate.windows.sight import blind_edits, is_bare_edit
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

OLD = "def area(width, height):\n    return width * height\n"


def edit(index: int, text: str = "", **arguments: object) -> Step:
    return agent(index, text, calls=(ToolCall(id=f"e{index}", name="Edit", arguments=arguments),))


def reading(index: int) -> Step:
    return calling(index, "what it holds", path="a.py")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([user(0, f"here it is:\n{OLD}")], id="a person showed it"),
        pytest.param([calling(0, OLD)], id="a tool showed it"),
        pytest.param([calling(0, "  1→def area(width, height):\n  2→    return width * height")],
                     id="with numbers of lines"),
        pytest.param([edit(0, path="a.py", content=OLD)], id="the agent wrote it"),
    ],
)  # fmt: skip
def test_an_edit_of_what_was_seen_is_not_blind(before: list[Step]) -> None:
    assert blind_edits([*before, edit(1, old_string=OLD, new_string="x")]) == set()


@pytest.mark.parametrize(
    "blind",
    [
        pytest.param(edit(1, search=OLD, replace="x"), id="search"),
        pytest.param(edit(1, edits=[{"old_string": OLD, "new_string": "x"}]), id="nested"),
        pytest.param(
            edit(1, patch="*** Begin Patch\n*** Update File: a.py\n-def area(w):\n+def a(w):\n"),
            id="patch",
        ),
    ],
)
def test_an_edit_of_what_nobody_showed_is_blind(blind: Step) -> None:
    assert blind_edits([user(0, "change the area"), blind]) == {1}


def test_a_part_of_a_line_was_seen_with_the_line() -> None:
    assert blind_edits([user(0, OLD), edit(1, search="width * height", replace="x")]) == set()


def test_words_behind_a_command_are_blind_where_the_agent_never_looks() -> None:
    asked = [user(0, "/ask how is it computed?"), user(1, "how is it computed?")]

    assert blind_edits([*asked, agent(2, "as a product"), user(3), agent(4)]) == {2}
    assert blind_edits([*asked, agent(2), reading(3)]) == set()


def test_a_new_file_takes_nothing_away() -> None:
    patch = "*** Begin Patch\n*** Add File: a.py\n+def area(w):\n"

    assert blind_edits([edit(0, patch=patch), edit(1, search="", replace=OLD)]) == set()


def test_once_written_the_old_text_is_known() -> None:
    again = edit(2, search=OLD, replace="y")

    assert blind_edits([user(0), edit(1, search=OLD, replace="x"), again]) == {1}


def test_what_an_edit_names_that_failed_shows_nothing() -> None:
    failed = edit(1, search=OLD, replace="x")
    failed = structs.replace(failed, results=(ToolResult(call_id="e1", status="error"),))

    assert blind_edits([user(0), failed, edit(2, search=OLD, replace="y")]) == {1, 2}


def test_beside_blind_edits_code_in_words_is_blind_too() -> None:
    words = agent(1, f"Like this:\n\n```python\n{OLD}```\n")

    assert blind_edits([user(0), words, reading(2)]) == set()
    assert blind_edits([user(0), words, edit(2, search="def volume(a):", replace="")]) == {1, 2}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"file_path": "a.py"}, True),
        ({}, True),
        ({"path": "a.py", "search": "", "replace": "x"}, False),
        ({"input": "*** Begin Patch"}, False),
    ],
)
def test_an_edit_that_names_only_its_file_is_bare(
    arguments: dict[str, str], *, answer: bool
) -> None:
    assert is_bare_edit(edit(0, **arguments)) is answer


def test_only_edits_are_bare() -> None:
    assert not is_bare_edit(calling(0, path="a.py"))
