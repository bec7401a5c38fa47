"""Blocks that label what they show: arguments, results, and how far a call came."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from tracemill.records.sessions.trajectory import ToolCall, ToolResult
from tracemill.sources.specstory_md.content import Tool, read_tool
from tracemill.sources.specstory_md.labelled import read_labelled

EDITOR = "cursoride"


def labelled(status: str = "completed", **parts: Any) -> list[str]:
    """Return the lines of a block; each part is the JSON behind its label."""
    fences = (
        f"{name}:\n\n```json\n{json.dumps(part, indent=2)}\n```" for name, part in parts.items()
    )
    return [*"\n".join(fences).split("\n"), f"Status: **{status}**", "", "</details>"]


def tool(lines: list[str], name: str = "tool", kind: str = "unknown", agent: str = EDITOR) -> Tool:
    return read_tool(name, kind, lines, "call-1", agent)


def terminal(**more: Any) -> dict[str, Any]:
    return {"kind": "terminal", "commandLine": {"original": "make test"}, **more}


def test_parameters_are_arguments_and_the_result_is_what_came() -> None:
    found = tool(labelled(Parameters={"pattern": "a&lt;b"}, Result={"n": 1}))

    assert found.call == ToolCall(id="call-1", name="tool", arguments={"pattern": "a<b"})
    assert found.result == ToolResult(call_id="call-1", content='{\n  "n": 1\n}', status="unknown")


@pytest.mark.parametrize(
    ("given", "command", "ended"),
    [
        pytest.param(
            terminal(terminalCommandState={"exitCode": 2}, terminalCommandOutput={"text": "no"}),
            "make test", ("no", "error", 2), id="failed",
        ),
        pytest.param(
            terminal(terminalCommandState={"exitCode": 0}), "make test", ("", "ok", 0), id="silent"
        ),
        pytest.param(
            terminal(terminalCommandOutput={"text": "a"}), "make test", ("a", "unknown", None), id="no code"
        ),
        pytest.param(
            terminal(commandLine={"original": "make", "userEdited": "make -k"}), "make -k", None,
            id="changed by a person, and not shown",
        ),
    ],
)  # fmt: skip
def test_a_terminal_keeps_what_it_ran_with_the_parameters(
    given: dict[str, Any], command: str, ended: tuple[str, str, int | None] | None
) -> None:
    found = tool(labelled(Parameters=given, Result={"toolCallResult": None}), "run_in_terminal")
    result = found.result

    assert found.call.arguments == {"command": command}
    assert (result and (result.content, result.status, result.exit_code)) == ended


@pytest.mark.parametrize(
    ("given", "key"),
    [
        pytest.param({"file_path": "/src/a.py"}, "content", id="of a named file"),
        pytest.param({}, "replacement_text", id="of a file that is not named"),
    ],
)
def test_what_an_editor_wrote_stands_with_its_result(given: dict[str, str], key: str) -> None:
    found = tool(labelled(Parameters=given, Result={"textEditContent": "x = 1"}))

    assert found.call.arguments == {**given, key: "x = 1"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [("completed", "unknown"), ("error", "error"), ("loading", None), ("in progress", None)],
)
def test_the_status_tells_how_far_a_call_came(status: str, expected: str | None) -> None:
    result = tool(labelled(status, Parameters={}, Result={})).result

    assert (result and result.status) == expected


def test_a_change_that_is_still_being_made_has_no_result() -> None:
    shown = ["<details><summary>Tool use: **edit** \u2022 Edit file: a.py</summary>", ""]

    assert tool(shown, kind="write").result is not None
    assert tool([*shown, "Status: **loading**"], kind="write").result is None


def test_a_list_names_arguments_and_long_ones_stand_in_fences() -> None:
    text = (
        "**Input:**\n\n- filePath: `/a.md`\n- newString:\n\n```\nSay:\n```\nmake\n```\n```\n\n"
        "- oldString:\n\n```\nSay.\n```\n\n"
    )
    found = tool(text.split("\n"), "replace_string_in_file", "generic")

    assert found.call.arguments == {
        "filePath": "/a.md", "newString": "Say:\n```\nmake\n```", "oldString": "Say."
    }  # fmt: skip
    assert found.result is not None


@pytest.mark.parametrize(
    ("argument", "is_made"),
    [
        ("- command: `make`", False),
        ("- input:\n\n```\n*** Begin Patch\n*** End Patch\n```", True),
        ("- input:\n\n```\nplain\n```", False),
        ("- replacements:\n\n```\n[map[filePath:/a.py]]\n```", True),
    ],
)
def test_of_a_list_only_changes_are_known_to_be_made(argument: str, *, is_made: bool) -> None:
    found = tool(f"**Input:**\n\n{argument}\n".split("\n"), kind="generic")

    assert (found.result is not None) is is_made


def test_blocks_of_agents_in_terminals_are_read_by_their_own_words() -> None:
    lines = ["**Input:**", "", "- path: `a`", "", "```text", "found", "```"]

    assert tool(lines, agent="claude-code").result == ToolResult(
        call_id="call-1", content="found", status="ok"
    )


@pytest.mark.parametrize(
    "lines", [[], ["Parameters:"], ["Parameters:", "no fence"], ["Say", "```json", "{}", "```"]]
)
def test_a_block_without_labels_is_none(lines: list[str]) -> None:
    assert read_labelled(lines) is None


def test_json_that_is_cut_gives_no_arguments() -> None:
    found = read_labelled(["Parameters:", "```json", '{"a": '])

    assert found is not None
    assert found.arguments == {}


@pytest.mark.parametrize(
    "given",
    ['{"a": ' + "[" * 100_000, '{"a": ' + "[" * 500 + "]" * 500 + "}", '{"a": 1} {"b": 2}', "[1]"],
    ids=["endless", "too deep", "two", "a list"],
)
def test_json_that_holds_no_arguments_gives_none(given: str) -> None:
    assert tool(["Parameters:", "```json", given, "```"]).call.arguments == {}


def test_values_that_no_record_holds_are_read_as_what_can_be_kept() -> None:
    found = read_labelled(["Parameters:", "```json", '{"a": "\\ud800x", "b": NaN}', "```"])

    assert found is not None
    assert found.arguments == {"a": "\ufffdx", "b": None}


@pytest.mark.parametrize(
    ("code", "expected"), [(-1073741510, -1073741510), (2**80, None), (True, None), ("0", None)]
)
def test_an_exit_code_is_a_number_that_a_program_can_end_with(
    code: object, expected: int | None
) -> None:
    found = read_labelled(labelled(Parameters=terminal(terminalCommandState={"exitCode": code})))

    assert found is not None
    assert found.exit_code == expected


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([""] * 60_000, id="blank"),
        pytest.param(["Result:", "```json"] * 30_000, id="labels without an end"),
        pytest.param(["**Input:**", *["- a:", "```", "```"] * 20_000], id="arguments"),
        pytest.param(["**Input:**", "- a:", *["```", ""] * 30_000], id="ends of fences"),
        pytest.param([*["```json", "```"] * 10_000, *["a"] * 40_000], id="fences without labels"),
    ],
)
def test_a_block_made_to_take_long_is_read_in_one_pass(lines: list[str]) -> None:
    began = process_time()

    tool(lines)

    assert process_time() - began < 5
