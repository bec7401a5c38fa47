"""The bundled example is always the same, true to its formats, and has known right answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tracemill.base.errors import UsageError
from tracemill.flows.example_history import ExampleHistory, build_example
from tracemill.flows.example_history.script import load_secrets

ANSWERS: dict[str, Any] = json.loads(
    (files("tracemill.flows") / "example_data" / "answers.json").read_text("utf-8")
)
TRAJECTORIES = ANSWERS["trajectories"]
CLAUDE = [t for t in TRAJECTORIES if t["agent"] == "claude-code"]
CODEX = [t for t in TRAJECTORIES if t["agent"] == "codex"]
LABELS = [t["label"] for t in TRAJECTORIES]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleHistory:
    return build_example(tmp_path_factory.mktemp("example") / "history")


def lines(example: ExampleHistory, answer: dict[str, Any]) -> list[dict[str, Any]]:
    text = (example.root / answer["file"]).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def labelled(line: dict[str, Any]) -> str:
    return str(line["label"])


def test_two_builds_are_equal_to_the_byte(example: ExampleHistory, tmp_path: Path) -> None:
    again = build_example(tmp_path / "again")

    assert again.commits == example.commits == ANSWERS["repository"]["commits"]
    assert [(p.relative_to(again.root), p.read_bytes()) for p in again.sessions] == [
        (p.relative_to(example.root), p.read_bytes()) for p in example.sessions
    ]


def test_every_session_has_an_answer(example: ExampleHistory) -> None:
    assert {str(path.relative_to(example.root)) for path in example.sessions} == {
        answer["file"] for answer in TRAJECTORIES
    }


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("kept")

    with pytest.raises(UsageError, match="is not empty"):
        build_example(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/missing")

    with pytest.raises(UsageError, match="needs git"):
        build_example(tmp_path / "history")

    assert list(tmp_path.iterdir()) == []


def test_settings_of_the_person_change_no_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(
        "[user]\nname = X\nemail = x@example.org\n[commit]\ngpgSign = true\n"
        "[core]\nautocrlf = true\nabbrev = 12\n[init]\ndefaultBranch = trunk\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "X")
    monkeypatch.setenv("TZ", "Pacific/Auckland")

    assert build_example(tmp_path / "x").commits == ANSWERS["repository"]["commits"]


def count_claude(found: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    tokens: dict[tuple[str, str], int] = {}
    for line in found:
        message = line.get("message", {})
        if line["type"] == "assistant":
            key = (message["id"], line["requestId"])
            tokens[key] = max(tokens.get(key, 0), message["usage"]["output_tokens"])
        content = message.get("content", [])
        if isinstance(content, str):
            counts["user_steps"] += not line["isSidechain"]
            continue
        for block in content:
            counts.update(claude_facts(block))
    counts["output_tokens"] = sum(tokens.values())
    return counts


def claude_facts(block: dict[str, Any]) -> Iterator[str]:
    match block:
        case {"type": "tool_use", "name": name}:
            yield "tool_calls"
            if name in {"TodoWrite", "TaskCreate", "TaskUpdate"}:
                yield "todo_changes"
        case {"type": "tool_result", "content": content}:
            yield "tool_results"
            if block.get("is_error"):
                refused = content.startswith("The user doesn't want to proceed with this tool use")
                yield "rejections" if refused else "errors"
        case {"type": "text", "text": text} if text.startswith("[Request interrupted by user"):
            yield "interruptions"


def count_codex(found: list[dict[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in found:
        payload = line["payload"]
        match payload.get("type"):
            case "function_call" | "custom_tool_call":
                counts["tool_calls"] += 1
                counts["todo_changes"] += payload["name"] == "update_plan"
            case "function_call_output" | "custom_tool_call_output":
                counts["tool_results"] += 1
                code = re.search(r"exited with code (\d+)", payload["output"])
                counts["errors"] += code is not None and code[1] != "0"
            case "user_message":
                counts["user_steps"] += 1
            case "token_count":
                total = payload["info"]["total_token_usage"]
                counts["output_tokens"] = total["output_tokens"]
    return counts


@pytest.mark.parametrize("answer", TRAJECTORIES, ids=LABELS)
def test_the_answers_agree_with_a_count_of_the_raw_lines(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    count = count_codex if answer["agent"] == "codex" else count_claude

    counted = count(lines(example, answer))

    names = [
        "user_steps",
        "tool_calls",
        "tool_results",
        "errors",
        "rejections",
        "interruptions",
        "todo_changes",
        "output_tokens",
    ]
    assert {name: counted[name] for name in names} == {name: answer[name] for name in names}


@pytest.mark.parametrize("answer", TRAJECTORIES, ids=LABELS)
def test_every_planted_secret_is_in_the_raw_file(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    secrets, raw = load_secrets(), (example.root / answer["file"]).read_text("utf-8")

    planted = [secrets[name] for names in answer["planted"].values() for name in names]

    assert all(value in raw for value in planted)
    assert f"/home/{answer['user']}/" in raw


def test_no_secret_stands_whole_in_our_own_files() -> None:
    shipped = "".join(
        Path(str(entry)).read_text("utf-8")
        for entry in (files("tracemill.flows") / "example_data").iterdir()
    )

    assert not [name for name, value in load_secrets().items() if value in shipped]


@pytest.mark.parametrize("answer", CLAUDE, ids=labelled)
def test_claude_lines_form_a_chain_in_which_parents_come_first(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    seen: set[str] = set()
    for line in lines(example, answer):
        if "uuid" not in line:
            assert line["type"] in {"summary", "file-history-snapshot"}
            continue
        assert line["uuid"] not in seen
        assert line["parentUuid"] in seen or (line["parentUuid"] is None and not seen)
        assert line["isSidechain"] is answer["is_subagent"]
        assert ("agentId" in line) is answer["is_subagent"]
        assert line["sessionId"] == answer["session_id"]
        assert MOMENT.fullmatch(line["timestamp"])
        seen.add(line["uuid"])


@pytest.mark.parametrize("answer", CLAUDE, ids=labelled)
def test_claude_messages_are_one_block_a_line_with_growing_usage(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    outputs: dict[tuple[str, str], list[int]] = {}
    for line in lines(example, answer):
        if line["type"] == "assistant":
            message = line["message"]
            assert len(message["content"]) == 1
            key = (message["id"], line["requestId"])
            outputs.setdefault(key, []).append(message["usage"]["output_tokens"])

    assert all(found == sorted(found) for found in outputs.values())
    assert any(found[-1] > found[0] for found in outputs.values())
    assert any(len(found) > 1 for found in outputs.values())


@pytest.mark.parametrize("answer", CLAUDE, ids=labelled)
def test_claude_results_answer_a_call_and_name_its_line(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    asked: dict[str, str] = {}
    for line in lines(example, answer):
        content = line.get("message", {}).get("content", [])
        for block in content if isinstance(content, list) else []:
            if block["type"] == "tool_use":
                asked[block["id"]] = line["uuid"]
            elif block["type"] == "tool_result":
                asking = asked.pop(block["tool_use_id"])
                assert line["sourceToolAssistantUUID"] == line["parentUuid"] == asking
                assert line["toolUseResult"]

    assert asked == {}


@pytest.mark.parametrize("answer", CODEX, ids=labelled)
def test_codex_lines_are_envelopes_with_one_header(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    found = lines(example, answer)

    assert all(line.keys() == {"timestamp", "type", "payload"} for line in found)
    assert all(MOMENT.fullmatch(line["timestamp"]) for line in found)
    assert [place for place, line in enumerate(found) if line["type"] == "session_meta"] == [0]
    assert found[0]["payload"]["id"] == answer["session_id"]
    assert {line["type"] for line in found[1:]} == {"response_item", "event_msg", "turn_context"}


@pytest.mark.parametrize("answer", CODEX, ids=labelled)
def test_codex_calls_are_answered_and_totals_repeat_but_never_fall(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    payloads = [line["payload"] for line in lines(example, answer)]

    calls = [
        p["call_id"] for p in payloads if p.get("type") in {"function_call", "custom_tool_call"}
    ]
    outputs = [p["call_id"] for p in payloads if str(p.get("type")).endswith("_output")]
    totals = [p["info"]["total_token_usage"]["total_tokens"] for p in payloads if p.get("info")]
    assert sorted(calls) == sorted(outputs)
    assert totals == sorted(totals)
    assert len(set(totals)) < len(totals)
    assert all(json.loads(p["arguments"]) for p in payloads if p.get("type") == "function_call")


def git(example: ExampleHistory, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=example.repository, capture_output=True, check=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize("answer", TRAJECTORIES, ids=LABELS)
def test_commits_that_sessions_cite_are_in_the_repository(
    answer: dict[str, Any], example: ExampleHistory
) -> None:
    raw = (example.root / answer["file"]).read_text("utf-8")
    known = git(example, "log", "--all", "--format=%H").split()

    printed = re.findall(r"\[(?:main|price-lists) ([0-9a-f]{7})\] ", raw)

    made = [c["sha"] for c in answer["commits"] if c["method"] != "base_commit"]
    assert set(printed) == {sha[:7] for sha in made}
    assert {commit["sha"] for commit in answer["commits"]} <= set(known)


def test_the_history_is_clean_and_holds_one_merge_and_one_revert(example: ExampleHistory) -> None:
    shas = ANSWERS["repository"]["commits"]

    assert git(example, "status", "--porcelain") == ""
    assert len(git(example, "rev-list", "--all").split()) == ANSWERS["repository"]["n_commits"]
    assert git(example, "rev-list", "--merges", "HEAD").split() == [shas["merge"]]
    assert f"This reverts commit {shas['discount-cache']}." in git(
        example, "log", "-1", "--format=%b", shas["undo-cache"]
    )


STARTS = {"rounding": "prices", "price-list": "reorder", "discount-cache": "merge"}


@pytest.mark.parametrize("answer", [a for a in CLAUDE if a["label"] in STARTS], ids=labelled)
def test_recorded_test_runs_say_what_the_code_does(
    answer: dict[str, Any], example: ExampleHistory, tmp_path: Path
) -> None:
    base = example.commits[STARTS[answer["label"]]]
    subprocess.run(["git", "clone", "-q", str(example.repository), str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "checkout", "-q", base], check=True)
    found = lines(example, answer)
    results = {
        block["tool_use_id"]: block
        for line in found
        if line["type"] == "user" and isinstance(line["message"]["content"], list)
        for block in line["message"]["content"]
        if block["type"] == "tool_result"
    }
    n_runs = 0
    for line in found:
        for block in line["message"]["content"] if line["type"] == "assistant" else []:
            if block["type"] == "tool_use":
                n_runs += redo(block, results[block["id"]], tmp_path)

    assert n_runs >= 1


def redo(call: dict[str, Any], result: dict[str, Any], folder: Path) -> bool:
    """Do again what a call did; compare where it ran the tests, and tell whether it did."""
    asked = call["input"]
    if call["name"] in {"Edit", "Write"} and not result.get("is_error"):
        place = folder / asked["file_path"].split("/stockroom/", 1)[1]
        if call["name"] == "Write":
            place.write_text(asked["content"])
        else:
            place.write_text(place.read_text().replace(asked["old_string"], asked["new_string"]))
    if not asked.get("command", "").startswith("python -m pytest"):
        return False
    options = asked["command"].split()[1:]
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *options, "-p", "no:cacheprovider", "-p", "no:randomly"],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    summary = re.compile(r"\d+ (?:passed|failed)")
    assert summary.findall(done.stdout) == summary.findall(result["content"])
    assert bool(done.returncode) is result["is_error"]
    return True
