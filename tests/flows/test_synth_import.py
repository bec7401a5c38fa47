"""Rows that agents wrote come in once, redacted and marked, and go out as they came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.synth.verification.rows import agent, call, told, user
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.flows.datasets.made_up import made_examples, read_made
from tracemill.flows.synthesis.imported import import_made
from tracemill.flows.synthesis.verifying import verify_files
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.render.chat_message import chat_message
from tracemill.store.workspace import Workspace
from tracemill.synth.definitions import agent_text, find_definition

TOOL = {
    "type": "function",
    "function": {
        "name": "search",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}
ASKED = "Where is the price of a basket rounded?"
SAID = "It is rounded in shop/basket.py."


def made_by(name: str, *messages: dict[str, Any], part: str, **more: Any) -> dict[str, Any]:
    definition = find_definition(name)
    return {
        "generator": definition.name,
        "generator_version": definition.version,
        "category": name,
        "part": part,
        "messages": list(messages),
        **more,
    }


CALLING = made_by(
    "tool-use",
    user(ASKED),
    agent("", call("search", query="round(")),
    told("shop/basket.py:14: return round(total, 2)"),
    agent(SAID),
    part="single-call",
    tools=[TOOL],
)
DIRECT = made_by(
    "restraint",
    user("What is the difference between a list and a tuple in Python?"),
    agent("A tuple cannot be changed once it is made, and can be the key of a dict."),
    part="concept",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "ws")


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


def kept(workspace: Workspace) -> list[SyntheticExample]:
    return [each for path in sorted(workspace.synth.rglob("*.jsonl")) for each in read_made(path)]


def test_rows_go_out_as_they_came(workspace: Workspace, tmp_path: Path) -> None:
    done = import_made(workspace, [write(tmp_path / "made.jsonl", CALLING, DIRECT)])
    calling, direct = kept(workspace)

    assert (done.n_rows, done.n_kept, done.standings) == (2, 2, {"unproved": 2})
    assert [chat_message(each) for each in direct.example.messages] == DIRECT["messages"]
    out = [chat_message(each) for each in calling.example.messages]
    out[1]["tool_calls"][0]["function"]["arguments"] = json.dumps({"query": "round("})
    assert out == CALLING["messages"]
    assert list(calling.example.tools) == [TOOL]
    for row, made in ((CALLING, calling), (DIRECT, direct)):
        assert made.example.tags == ("origin:synthetic",)
        assert (made.generator, made.generator_version) == (
            row["generator"],
            row["generator_version"],
        )
        assert (made.category, made.part) == (row["category"], row["part"])
        assert [each.trained for each in made.example.messages] == [
            each["role"] == "assistant" for each in row["messages"]
        ]


def test_what_is_kept_can_be_verified_again(workspace: Workspace, tmp_path: Path) -> None:
    import_made(workspace, [write(tmp_path / "made.jsonl", CALLING, DIRECT)])
    (path,) = workspace.synth.rglob("*.jsonl")

    assert verify_files([path]).standings == {"verified": 0, "unproved": 2, "rejected": 0}


def test_what_ran_outside_is_not_believed(workspace: Workspace, tmp_path: Path) -> None:
    import_made(workspace, [write(tmp_path / "made.jsonl", CALLING, DIRECT)])
    calling, direct = kept(workspace)

    assert (calling.execution, calling.not_run) == ("unverified", "not_repeatable")
    assert (direct.execution, direct.not_run) == ("no_calls", None)
    assert list(made_examples(workspace)) == []
    (execution,) = [each for each in calling.checks if each.check == "execution"]
    assert (execution.verdict, execution.reason) == ("unknown", "true_results")


def test_words_count_once_a_judge_finds_them_right(workspace: Workspace, tmp_path: Path) -> None:
    place = write(tmp_path / "made.jsonl", CALLING, DIRECT)
    import_made(workspace, [place], lambda _messages, _schema: '{"verdict": "good"}')

    assert [each.category for each in made_examples(workspace)] == ["restraint"]


def test_rows_come_in_once(workspace: Workspace, tmp_path: Path) -> None:
    place = write(tmp_path / "made.jsonl", CALLING, DIRECT)
    import_made(workspace, [place])
    again = import_made(workspace, [place])

    assert (again.n_kept, again.n_there, again.kept_in) == (0, 2, None)
    assert len(kept(workspace)) == 2


def test_what_cannot_be_true_stays_outside(workspace: Workspace, tmp_path: Path) -> None:
    invented = {
        **CALLING,
        "messages": [*CALLING["messages"][:3], agent("It stands in shop/other.py.")],
    }
    place = write(tmp_path / "made.jsonl", invented, {"messages": []}, DIRECT, DIRECT)
    done = import_made(workspace, [place])

    assert (done.n_kept, done.n_rows) == (1, 4)
    assert done.rejected == {
        "exact_duplicates": 1, "grounded_answers": 1, "readable_rows": 1,
    }  # fmt: skip


def test_what_nobody_may_read_is_replaced(workspace: Workspace, tmp_path: Path) -> None:
    address = "ada@lovelace.org"
    row = {**DIRECT, "messages": [user(f"Mail {address}, please?"), DIRECT["messages"][1]]}
    done = import_made(workspace, [write(tmp_path / "made.jsonl", row)])
    (path,) = workspace.synth.rglob("*.jsonl")

    assert sum(done.redacted.values()) > 0
    assert address not in path.read_text()


def test_a_list_in_one_document_is_read_too(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "made.json"
    place.write_text(json.dumps([CALLING, DIRECT]))

    assert import_made(workspace, [place]).n_kept == 2


def test_rows_that_say_nothing_of_themselves_are_placed(
    workspace: Workspace, tmp_path: Path
) -> None:
    bare = {"messages": CALLING["messages"], "tools": [TOOL], "category": "none of ours"}
    import_made(workspace, [write(tmp_path / "made.jsonl", bare)])
    (made,) = kept(workspace)

    assert (made.category, made.part, made.generator) == ("tool-use", "single-call", "outside")


def test_agents_are_told_this_form() -> None:
    for word in ("generator", "generator_version", "category", "part", "language", "messages"):
        assert f'"{word}"' in agent_text(find_definition("agentic"))


def test_nothing_to_import_says_so(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected files of rows"):
        import_made(workspace, [])
    with pytest.raises(NotFoundError, match="no row to import"):
        import_made(workspace, [write(tmp_path / "empty.jsonl")])
