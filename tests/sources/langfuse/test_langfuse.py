"""Exports of Langfuse, whole and as rows, say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sources.reading import Found, jsonl, read

from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.langfuse import Langfuse

ASK = {"role": "user", "content": "Weather in Paris?"}
CALL = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {
            "id": "c1",
            "type": "function",
            "function": {"name": "weather", "arguments": '{"at": "Paris"}'},
        }
    ],
}
RAIN = {"role": "tool", "tool_call_id": "c1", "content": "rainy"}
SAY = {"role": "assistant", "content": "It rains."}


def observation(number: int, kind: str, second: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"o{number}", "traceId": "t1", "type": kind, "name": "step",
        "startTime": f"2026-03-01T10:00:{second:02}.000Z",
        "endTime": f"2026-03-01T10:00:{second + 1:02}.000Z",
        "parentObservationId": None, "level": "DEFAULT", "statusMessage": None, **more,
    }  # fmt: skip


def generation(number: int, second: int, given: Any, said: Any, **more: Any) -> dict[str, Any]:
    usage = {"input": 30, "input_cached_tokens": 20, "output": 5, "output_reasoning_tokens": 2}
    told = {"model": "m-1", "input": given, "output": said, "usageDetails": usage}
    return observation(number, "GENERATION", second, **{**told, **more})


OBSERVATIONS = [
    generation(1, 0, [ASK], CALL),
    observation(2, "TOOL", 2, name="weather", input={"at": "Paris"}, output="rainy"),
    generation(3, 4, [ASK, CALL, RAIN], SAY),
    observation(4, "SPAN", 6, name="save"),
]
TRACE = {
    "id": "t1", "timestamp": "2026-03-01T10:00:00.000Z", "name": "weather-bot", "sessionId": "s1",
    "release": "2.1", "input": "Weather in Paris?", "output": "It rains.", "metadata": {},
    "scores": [{"name": "thumbs", "value": 1}], "observations": OBSERVATIONS,
}  # fmt: skip
ROWS = [
    {**one, "traceName": "weather-bot", "sessionId": "s1", "release": "2.1"} for one in OBSERVATIONS
]
WRITTEN = {
    "a trace": json.dumps(TRACE, indent=2).encode(),
    "a trace on one line": json.dumps(TRACE).encode(),
    "traces": json.dumps([TRACE]).encode(),
    "lines of traces": jsonl(TRACE),
    "a page of traces": json.dumps({"data": [TRACE], "meta": {"page": 1}}).encode(),
    "rows": json.dumps(ROWS).encode(),
    "lines of rows": jsonl(*ROWS),
    "a page of rows": json.dumps({"data": ROWS, "meta": {}}).encode(),
}


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


@pytest.mark.parametrize("form", WRITTEN)
def test_however_it_is_written_it_says_the_same(form: str) -> None:
    found = read(Langfuse(), WRITTEN[form])

    assert said(found) == [("user", "Weather in Paris?"), ("agent", ""), ("agent", "It rains.")]
    assert [(c.id, c.name, c.arguments) for c in found.steps[1].calls] == [
        ("c1", "weather", {"at": "Paris"})
    ]
    assert [(r.call_id, r.content) for r in found.steps[1].results] == [("c1", "rainy")]
    assert (found.header.session_id, found.header.title) == ("s1", "weather-bot")
    assert (found.header.models, found.header.agent_version) == (("m-1",), "2.1")
    assert not found.quarantined


def test_tokens_are_kinds_that_add_up() -> None:
    found = read(Langfuse(), WRITTEN["rows"])

    assert found.header.total_usage == Usage(
        input_tokens=60, output_tokens=14, cache_read_tokens=40, reasoning_tokens=4
    )


def test_older_usage_is_three_sums() -> None:
    old = generation(
        1, 0, [ASK], SAY, usageDetails={}, usage={"input": 9, "output": 2, "total": 11}
    )

    assert read(Langfuse(), jsonl(old)).header.total_usage == Usage(input_tokens=9, output_tokens=2)


def test_what_is_not_kept_is_counted() -> None:
    assert read(Langfuse(), WRITTEN["a trace"]).tally.skipped == {"observation:span": 1, "score": 1}


def test_a_failure_is_what_its_level_says() -> None:
    failed = observation(
        2, "TOOL", 2, name="weather", input={}, level="ERROR", statusMessage="no such city"
    )
    (step,) = read(Langfuse(), jsonl(failed)).steps

    assert [(r.status, r.content) for r in step.results] == [("error", "no such city")]


def test_an_agent_within_an_agent_is_a_subagent() -> None:
    rows = [
        observation(1, "AGENT", 0),
        generation(2, 1, [ASK], SAY, parentObservationId="o1"),
        observation(3, "AGENT", 3, parentObservationId="o1"),
        generation(4, 4, [{"role": "user", "content": "Look."}], SAY, parentObservationId="o3"),
    ]
    main, inner = read(Langfuse(), jsonl(*rows)).headers

    assert (main.parent_id, inner.parent_id, inner.is_subagent) == (None, main.id, True)
