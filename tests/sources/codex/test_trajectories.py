"""What the header of a Codex rollout says, and which events the rollout tells."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import zstandard
from tests.sources.codex.lines import (
    SESSION,
    call,
    event,
    item,
    line,
    message,
    meta,
    output,
    turn,
    typed,
)
from tests.sources.reading import Found, jsonl, read, read_file

from tracemill.base.errors import SourceError
from tracemill.records.events.event import Compaction, Feedback, Todo, TodoChange
from tracemill.sources.codex import Codex
from tracemill.sources.head import Head

SOURCE = Codex()
OTHER = "019ee000-0000-7000-8000-000000000009"
NOTICE = "<turn_aborted>\nThe user interrupted the previous turn on purpose.\n</turn_aborted>"


def test_the_header_says_where_it_began() -> None:
    named = event("thread_name_updated", thread_name="A title")

    header = read(
        SOURCE, jsonl(meta(), turn(), typed("Go"), message("assistant", "a"), named)
    ).header

    assert (header.session_id, header.agent, header.agent_version) == (SESSION, "codex", "0.141.0")
    assert (header.cwd, header.branch, header.base_commit) == ("/srv/app", "main", "a" * 40)
    assert (header.repository, header.title) == ("https://forge.example/o/r", "A title")
    assert header.models == ("model-1",)


def test_the_header_names_where_turns_and_commands_worked() -> None:
    lines = jsonl(
        meta(), turn(cwd="/srv/app"), typed("Go"), call("c1", workdir="/srv/other"), output("c1"),
        call("c2", workdir="docs"), output("c2"), turn(cwd="/srv/app2"), message("assistant", "a"),
    )  # fmt: skip

    assert read(SOURCE, lines).header.folders == (
        "/srv/app", "/srv/other", "/srv/app/docs", "/srv/app2",
    )  # fmt: skip


def test_a_subagent_shares_the_session_of_its_parent() -> None:
    spawned = {"subagent": {"thread_spawn": {"parent_thread_id": OTHER, "depth": 1}}}

    header = read(SOURCE, jsonl(meta(source=spawned), typed("Go"))).header

    assert (header.is_subagent, header.session_id, header.parent_id) == (True, OTHER, None)


def replays_of(found: Found) -> list[tuple[str, bool]]:
    return [(step.text, step.is_replayed) for step in found.steps]


def test_a_fork_replays_until_the_first_turn_that_is_younger_than_it() -> None:
    data = jsonl(
        meta(forked_from_id=OTHER),
        meta(id=OTHER),
        turn(turn_id="019ee000-1111-7000-8000-000000000000"),
        message("user", "old"),
        event("task_started", turn_id="019ef000-0000-7100-8000-000000000000"),
        message("user", "new"),
    )

    found = read(SOURCE, data)

    assert replays_of(found) == [("old", True), ("new", False)]
    assert found.header.session_id == SESSION
    assert found.tally.skipped == {"copied_session_meta": 1, "event_task_started": 1}


def test_a_fork_without_such_turns_replays_what_was_written_at_one_go() -> None:
    data = jsonl(meta(), meta(id=OTHER), message("user", "old"), message("user", "new", second=9))

    assert replays_of(read(SOURCE, data)) == [("old", True), ("new", False)]


def test_a_resumed_session_replays_nothing() -> None:
    found = read(SOURCE, jsonl(meta(), message("user", "a"), meta(), message("user", "b")))

    assert replays_of(found) == [("a", False), ("b", False)]
    assert found.tally.skipped == {"repeated_session_meta": 1}


def feedback_of(found: Found) -> list[tuple[str, int | None]]:
    return [(told.action, told.step) for told in found.events if isinstance(told, Feedback)]


ABORT = event("turn_aborted", reason="interrupted", turn_id="t1")


@pytest.mark.parametrize(
    ("told", "n_told"),
    [
        ([message("user", NOTICE), ABORT], 1),
        ([ABORT, message("user", NOTICE)], 1),
        ([ABORT], 1),
        ([message("user", NOTICE)], 1),
        ([message("user", NOTICE), event("task_started"), typed("Go on"), ABORT], 2),
        ([ABORT, event("task_started"), ABORT], 2),
        ([event("turn_aborted", reason="replaced")], 0),
    ],
)
def test_an_interruption_is_told_once(told: list[dict[str, Any]], n_told: int) -> None:
    found = read(SOURCE, jsonl(meta(), typed("Go"), *told))

    assert [action for action, _ in feedback_of(found)] == ["interruption"] * n_told
    assert found.steps[0].text == "Go"


def test_a_refused_command_is_feedback() -> None:
    found = read(SOURCE, jsonl(call("c1"), output("c1", "exec command rejected by user")))

    assert feedback_of(found) == [("rejection", 0)]


def test_a_compaction_repeats_no_history() -> None:
    history = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a"}]}
    ]
    data = jsonl(
        typed("a"),
        line("compacted", message="", replacement_history=history),
        event("context_compacted"),
    )

    found = read(SOURCE, data)

    assert [step.text for step in found.steps] == ["a"]
    assert [type(told) for told in found.events] == [Compaction]


def test_each_write_of_the_plan_is_one_change() -> None:
    plan = [{"step": "a", "status": "completed"}, {"step": "b", "status": "odd"}, "c"]
    broken = item("function_call", call_id="c2", name="update_plan", arguments="{broken")

    found = read(SOURCE, jsonl(call("c1", "update_plan", plan=plan), broken))

    assert [told.todos for told in found.events if isinstance(told, TodoChange)] == [
        (Todo(text="a", status="completed"), Todo(text="b"), Todo(text="c")),
        (),
    ]


def test_the_oldest_rollouts_have_no_envelope() -> None:
    data = jsonl(
        {
            "id": SESSION,
            "timestamp": "2025-05-01T10:00:00Z",
            "instructions": None,
            "git": {"branch": "b"},
        },
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Go"}]},
        {
            "type": "function_call",
            "name": "shell",
            "call_id": "c1",
            "arguments": '{"command":["ls"]}',
        },
        {"type": "function_call_output", "call_id": "c1", "output": "a"},
    )

    found = read(SOURCE, data)

    assert (found.header.session_id, found.header.branch) == (SESSION, "b")
    assert [(step.speaker, len(step.results)) for step in found.steps] == [
        ("user", 0),
        ("agent", 1),
    ]
    assert found.tally.skipped == {"state": 1}


def test_a_cold_rollout_is_read_as_it_was_warm(tmp_path: Path) -> None:
    data = jsonl(meta(), typed("Go"))
    packed = zstandard.compress(data)
    path = tmp_path / "rollout-1.jsonl.zst"
    path.write_bytes(packed)

    assert SOURCE.recognises(Head(path, packed))
    assert SOURCE.recognises(Head(tmp_path / "any.name", packed))
    assert SOURCE.recognises(Head(path, packed[:100]))
    assert not SOURCE.recognises(Head(tmp_path / "other.jsonl.zst", packed[:100]))
    assert [step.text for step in read_file(SOURCE, path).steps] == ["Go"]


def test_a_broken_archive_is_the_files_fault(tmp_path: Path) -> None:
    path = tmp_path / "rollout-1.jsonl.zst"
    path.write_bytes(zstandard.FRAME_HEADER + b"no archive at all")

    with pytest.raises(SourceError, match="Zstandard"):
        read_file(SOURCE, path)


def test_an_archive_is_not_unpacked_to_know_it() -> None:
    packed = zstandard.compress(jsonl(meta()) + b" " * 50_000_000)

    assert SOURCE.recognises(Head(Path("rollout-1.jsonl.zst"), packed))
    assert len(packed) < io.DEFAULT_BUFFER_SIZE
