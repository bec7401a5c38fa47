"""Laws of line-based sources, whatever stands in the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.sources.claude_code import lines as claude
from tests.sources.claude_stream import lines as claude_stream
from tests.sources.codex import lines as codex
from tests.sources.codex_exec import lines as codex_exec
from tests.sources.copilot_cli import lines as copilot
from tests.sources.gemini_cli import lines as gemini
from tests.sources.laws import JSON, NAMES, TEXTS, assert_sound, places_in
from tests.sources.openclaw_telemetry import lines as openclaw
from tests.sources.pi import lines as pi
from tests.sources.reading import blocks_of, jsonl, read

from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.claude_code.stream import ClaudeStream
from tracemill.sources.codex import Codex
from tracemill.sources.codex.exec_stream import CodexExec
from tracemill.sources.copilot_cli import CopilotCli
from tracemill.sources.gemini_cli import GeminiCli
from tracemill.sources.head import Head
from tracemill.sources.pi import Pi
from tracemill.sources.pi.openclaw import OpenClawTelemetry
from tracemill.sources.protocol import Source

NUMBERS = st.integers(0, 12)


def claude_blocks() -> st.SearchStrategy[dict[str, Any]]:
    todo = st.sampled_from(["Bash", "TodoWrite", "TaskCreate", "TaskUpdate"])
    return st.one_of(
        st.builds(claude.text, TEXTS),
        st.builds(claude.thinking, TEXTS),
        st.builds(claude.call, NAMES, todo),
    )


def claude_records() -> st.SearchStrategy[dict[str, Any]]:
    flags = st.fixed_dictionaries(
        {},
        optional={
            "isSidechain": st.booleans(),
            "agentId": NAMES,
            "sessionId": NAMES,
            "isMeta": st.booleans(),
            "isCompactSummary": st.booleans(),
        },
    )
    results = st.lists(st.builds(claude.result, NAMES, TEXTS, is_error=st.booleans()), max_size=2)
    said = st.builds(
        lambda number, content, more: claude.user(number, content, **more),
        NUMBERS,
        TEXTS | results,
        flags,
    )
    replied = st.builds(
        lambda number, block, name, output, more: claude.agent(
            number, block, of=name, output=output, **more
        ),
        NUMBERS,
        claude_blocks(),
        NAMES,
        st.integers(-1, 9),
        flags,
    )
    other = st.sampled_from(
        [
            claude.envelope(3, type="system", subtype="compact_boundary"),
            claude.envelope(4, type="progress", isSidechain=True),
            {"type": "queue-operation", "operation": "enqueue", "content": "and b"},
            {"type": "summary", "summary": "S", "leafUuid": claude.uuid(1)},
            {"type": "pr-link", "prNumber": 3},
        ]
    )
    return said | replied | other


def codex_records() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.builds(codex.message, st.sampled_from(["user", "assistant", "developer"]), TEXTS),
        st.builds(codex.typed, TEXTS),
        st.builds(codex.call, NAMES, st.sampled_from(["exec_command", "update_plan"])),
        st.builds(codex.output, NAMES, TEXTS),
        st.builds(codex.spent, NUMBERS, st.none() | NUMBERS),
        st.sampled_from(
            [
                codex.meta(),
                codex.meta(id="other"),
                codex.turn(),
                codex.turn("model-2", turn_id="t"),
                codex.event("turn_aborted", reason="interrupted"),
                codex.event("task_started"),
                codex.event("patch_apply_end", call_id="a", success=False),
                codex.line("compacted", message=""),
                codex.event("error", message="Busy"),
                {"type": "tool_call", "function": {"name": "a"}, "arguments": "b"},
                {"type": "tool_result", "name": "a", "result": {"n": 1}},
            ]
        ),
    )


RECORDS = {
    "claude-code": claude_records(),
    "codex": codex_records(),
    "copilot-cli": copilot.drawn(NAMES, TEXTS),
    "gemini-cli": gemini.drawn(NAMES, TEXTS),
    "claude-stream": claude_stream.drawn(NAMES, TEXTS),
    "codex-exec": codex_exec.drawn(NAMES, TEXTS),
    "pi": pi.drawn(NAMES, TEXTS),
    "openclaw-telemetry": openclaw.drawn(NAMES, TEXTS),
}
FILLERS: dict[str, Callable[[int], Any]] = {
    "claude-code": lambda number: claude.user(5000 + number, "x"),
    "codex": lambda number: codex.typed(f"x{number}"),
    "copilot-cli": lambda number: copilot.user(f"x{number}"),
    "gemini-cli": lambda number: gemini.user(f"x{number}"),
    "claude-stream": lambda number: claude_stream.user(f"x{number}"),
    "codex-exec": lambda number: {"type": "error", "message": f"x{number}"},
    "pi": lambda number: pi.user(f"x{number}"),
    "openclaw-telemetry": lambda number: openclaw.start(f"x{number}"),
}
"""Lines that are a step each."""
for_each_source = pytest.mark.parametrize(
    "source",
    [
        ClaudeCode(),
        Codex(),
        CopilotCli(),
        GeminiCli(),
        ClaudeStream(),
        CodexExec(),
        Pi(),
        OpenClawTelemetry(),
    ],
    ids=lambda source: source.name,
)


@st.composite
def files(draw: st.DrawFn, source: Source) -> list[bytes]:
    records = draw(st.lists(RECORDS[source.name], max_size=25))
    return [jsonl(record) for record in records]


@st.composite
def misshapen_files(draw: st.DrawFn, source: Source) -> bytes:
    """Draw files whose objects hold anything anywhere, cut and spliced at any byte."""
    data = b""
    for record in draw(st.lists(RECORDS[source.name], max_size=8)):
        changed = json.loads(json.dumps(record))
        for _ in range(draw(st.integers(0, 2))):
            holder, key = draw(st.sampled_from(places_in(changed)))
            holder[key] = draw(JSON)
        data += json.dumps(changed, ensure_ascii=draw(st.booleans())).encode(errors="replace")
        data += draw(st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"", b" "]))
    if data and draw(st.booleans()):
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=4)) + data[draw(st.integers(at, len(data))) :]
    return data


@for_each_source
@given(data=st.data())
def test_blocks_do_not_matter(source: Source, data: st.DataObject) -> None:
    content = b"".join(data.draw(files(source)))
    size = data.draw(st.integers(1, 400))

    assert read(source, blocks_of(content, size)).records == read(source, content).records


@for_each_source
@given(data=st.data())
def test_nothing_in_a_file_is_a_crash(source: Source, data: st.DataObject) -> None:
    assert_sound(read(source, data.draw(misshapen_files(source)), max_line_bytes=2000))


@for_each_source
@given(data=st.data())
def test_looking_at_a_file_is_no_crash(source: Source, data: st.DataObject) -> None:
    assert source.recognises(Head(Path("x"), data.draw(misshapen_files(source)))) in (True, False)


@for_each_source
@given(data=st.data())
def test_bytes_of_any_kind_are_no_crash(source: Source, data: st.DataObject) -> None:
    assert_sound(read(source, data.draw(st.binary(max_size=200))))


@given(data=st.data())
def test_no_subagent_line_reaches_the_main_trajectory(data: st.DataObject) -> None:
    records = data.draw(st.lists(claude_records(), max_size=25))
    for position, record in enumerate(records):
        record["uuid"] = claude.uuid(1000 + position)
    side = {record["uuid"] for record in records if record.get("isSidechain") is True}

    found = read(ClaudeCode(), jsonl(*records))

    subagents = {header.id for header in found.headers if header.is_subagent}
    for step in found.steps:
        if step.native_id is not None:
            assert (step.native_id in side) == (step.trajectory_id in subagents)


@given(data=st.data())
def test_tokens_of_the_steps_add_up(data: st.DataObject) -> None:
    found = read(ClaudeCode(), b"".join(data.draw(files(ClaudeCode()))))

    for header in found.headers:
        output = [step.usage and step.usage.output_tokens for step in found.steps_of(header)]
        total = header.total_usage and header.total_usage.output_tokens
        assert sum(tokens or 0 for tokens in output) == (total or 0)


@for_each_source
@given(data=st.data())
def test_a_growing_file_keeps_its_ids_and_what_was_said(
    source: Source, data: st.DataObject
) -> None:
    lines = data.draw(files(source))
    assume(lines)
    n_before = data.draw(st.integers(0, len(lines)))

    before, after = read(source, b"".join(lines[:n_before])), read(source, b"".join(lines))

    assert [header.id for header in before.headers] == [
        header.id for header in after.headers[: len(before.headers)]
    ]
    known = {(step.trajectory_id, step.index): step for step in after.steps}
    for step in before.steps:
        grown = known[step.trajectory_id, step.index]
        assert grown.text.startswith(step.text)
        assert grown.calls[: len(step.calls)] == step.calls
        assert grown.results[: len(step.results)] == step.results
        assert (grown.span.start, grown.native_id) == (step.span.start, step.native_id)
    told = {event.id for event in after.events}
    assert {event.id for event in before.events} <= told


@for_each_source
@settings(max_examples=25)
@given(data=st.data())
def test_closed_steps_never_change(source: Source, data: st.DataObject) -> None:
    """What was given away before the end of a file is given away just so when it has grown."""
    filler = jsonl(*map(FILLERS[source.name], range(300)))
    lines = data.draw(files(source))
    content = b"".join(lines) + filler
    more = content + b"".join(data.draw(files(source)))

    steps = [record for record in read(source, content).records if isinstance(record, Step)]
    later = [record for record in read(source, more).records if isinstance(record, Step)]
    n_given_early = max(0, len(steps) - 256)

    early = {(step.trajectory_id, step.index): step for step in later}
    main = max(steps, key=lambda step: step.index).trajectory_id
    for step in steps[:n_given_early]:
        if step.trajectory_id == main:
            assert early[main, step.index] == step


@for_each_source
def test_the_records_of_a_source_are_these(source: Source) -> None:
    found = read(source, jsonl({"type": "x"}) + b"{")

    assert [type(record) for record in found.records] == [Quarantined, Tally]
    assert Trajectory not in map(type, found.records)
