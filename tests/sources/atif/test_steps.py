"""What a step of an ATIF document becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.atif.documents import agent, calling, encoded, trajectory, user
from tests.sources.reading import Found, read

from tracemill.records.events.event import Compaction
from tracemill.records.sessions.trajectory import Remainder, ToolCall, ToolResult, Usage
from tracemill.sources.atif import Atif


def read_steps(*steps: dict[str, Any], **more: Any) -> Found:
    return read(Atif(), encoded(trajectory(*steps, **more)))


def test_a_call_and_what_it_returned_stand_in_one_step() -> None:
    found = read_steps(user(), calling("ls", "a.py"))

    step = found.steps[1]
    assert step.calls == (ToolCall(id="c1", name="bash", arguments={"command": "ls"}),)
    assert step.results == (ToolResult(call_id="c1", content="a.py"),)
    assert step.results[0].status == "unknown"


def test_a_result_without_a_call_is_numbered_in_its_step() -> None:
    results = [{"content": "$ ls"}, {"content": None}]

    (step,) = read_steps(agent("ls", observation={"results": results})).steps

    assert [(each.call_id, each.content) for each in step.results] == [
        ("unnamed-0", "$ ls"),
        ("unnamed-1", ""),
    ]


def test_tokens_of_the_prompt_are_those_read_fresh() -> None:
    metrics = {"prompt_tokens": 10, "cached_tokens": 7, "completion_tokens": 3}

    (step,) = read_steps(agent("x", metrics=metrics)).steps

    assert step.usage == Usage(input_tokens=3, cache_read_tokens=7, output_tokens=3)


def test_more_cached_tokens_than_tokens_are_no_count() -> None:
    metrics = {"prompt_tokens": 1, "cached_tokens": 7}

    (step,) = read_steps(agent("x", metrics=metrics)).steps

    assert step.usage == Usage(cache_read_tokens=7)


def test_a_step_that_names_no_model_has_that_of_its_agent() -> None:
    found = read_steps(user(), agent("x"), agent("y", model_name="m-2"))

    assert [step.model for step in found.steps] == [None, "m-1", "m-2"]
    assert found.header.models == ("m-1", "m-2")


def test_parts_that_are_no_text_have_stand_ins() -> None:
    parts = [
        {"type": "text", "text": "see"},
        {"type": "image", "source": {"media_type": "image/png", "path": "a.png"}},
        {"type": "audio", "source": {"media_type": "audio/wav", "path": "a.wav"}},
    ]

    (step,) = read_steps(user(parts)).steps

    assert (step.text, step.n_images) == ("see\n\n[image]\n\n[audio]", 1)
    assert step.remainder is not None
    assert step.remainder.values == {"message": parts}


def test_copied_context_is_replayed_and_costs_nothing_again() -> None:
    metrics = {"prompt_tokens": 10, "completion_tokens": 3}

    found = read_steps(agent("x", is_copied_context=True, metrics=metrics))

    assert found.steps[0].is_replayed
    assert found.header.total_usage is None


def test_compaction_is_told_by_the_step_that_manages_the_context() -> None:
    extra = {"context_management": {"type": "compaction", "boundary": "replace"}}

    found = read_steps(user(), {"source": "system", "message": "summarised", "extra": extra})

    (event,) = found.events
    assert isinstance(event, Compaction)
    assert event.step == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-03-01T12:00:00.5+02:00", datetime(2026, 3, 1, 10, 0, 0, 500_000, UTC)),
        ("2026-03-01T12:00:00", None),
        ("yesterday", None),
    ],
)
def test_a_moment_without_a_zone_is_unknown(said: str, expected: datetime | None) -> None:
    assert read_steps(user(timestamp=said)).steps[0].at == expected


def test_what_no_field_of_ours_says_is_the_remainder() -> None:
    metrics = {"prompt_tokens": 1, "completion_token_ids": [5, 6], "cost_usd": 0.5}

    (step,) = read_steps(agent("x", metrics=metrics, reasoning_effort="high")).steps

    assert step.remainder == Remainder(
        format="atif",
        values={
            "metrics": {"completion_token_ids": [5, 6], "cost_usd": 0.5},
            "reasoning_effort": "high",
        },
        absent=("model_name",),
    )


def test_a_step_that_our_fields_say_whole_has_no_remainder() -> None:
    assert read_steps(user()).steps[0].remainder is None


def test_bytes_of_a_step_are_those_of_its_item() -> None:
    data = encoded(trajectory(user("one"), user("two")))

    for step in read(Atif(), data).steps:
        assert step.text.encode() in data[step.span.start : step.span.end]


@pytest.mark.parametrize("bad", [{"source": "robot", "message": ""}, {"message": ""}, 7, None])
def test_a_step_that_is_none_is_quarantined_alone(bad: Any) -> None:
    document = trajectory(user("one"))
    document["steps"] += [bad, {"source": "user", "message": "two", "step_id": 2}]

    found = read(Atif(), encoded(document))

    assert [step.text for step in found.steps] == ["one", "two"]
    assert len(found.quarantined) == 1
    assert (found.tally.n_lines, found.tally.n_used) == (3, 2)


def test_a_step_nested_too_deeply_is_quarantined() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = {"a": deep}

    found = read_steps(user("one"), user("two", extra=deep))

    assert [step.text for step in found.steps] == ["one"]
    assert [each.reason for each in found.quarantined] == ["bad_shape"]
