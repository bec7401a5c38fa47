"""What an ATIF document becomes: headers, subagents, and files of many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.atif.documents import AGENT, agent, encoded, trajectories, trajectory, user
from tests.sources.reading import blocks_of, read

from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.atif import Atif
from tracemill.sources.head import Head


def test_the_header_says_who_and_when() -> None:
    found = read(
        Atif(),
        encoded(
            trajectory(
                user(timestamp="2026-03-01T10:00:00Z"), agent(timestamp="2026-03-01T10:05:00Z")
            )
        ),
    )

    header = found.header
    assert (header.agent, header.agent_version) == ("harness-agent", "1.0")
    assert (header.session_id, header.n_steps, header.is_subagent) == ("s1", 2, False)
    assert header.started is not None
    assert header.ended is not None
    assert (header.ended - header.started).total_seconds() == 300


def test_tokens_are_those_of_the_steps_and_not_the_running_total() -> None:
    metrics = {"prompt_tokens": 4, "completion_tokens": 2}
    totals = {"total_prompt_tokens": 100, "total_completion_tokens": 50}

    found = read(Atif(), encoded(trajectory(agent(metrics=metrics), final_metrics=totals)))

    assert found.header.total_usage == Usage(input_tokens=4, output_tokens=2)


def test_the_stated_total_counts_where_no_step_tells_any() -> None:
    totals = {"total_prompt_tokens": 100, "total_cached_tokens": 60, "total_completion_tokens": 5}

    found = read(Atif(), encoded(trajectory(agent(), final_metrics=totals)))

    assert found.header.total_usage == Usage(input_tokens=40, output_tokens=5, cache_read_tokens=60)


def test_embedded_subagents_are_trajectories_of_the_one_that_holds_them() -> None:
    inner = trajectory(user("look"), trajectory_id="sub-1", session_id="s1-sub")
    middle = trajectory(
        user("ask"), trajectory_id="sub-0", session_id=None, subagent_trajectories=[inner]
    )

    found = read(Atif(), encoded(trajectory(user(), subagent_trajectories=[middle])))

    main, first, second = found.headers
    assert [main.is_subagent, first.is_subagent, second.is_subagent] == [False, True, True]
    assert (first.parent_id, second.parent_id) == (main.id, first.id)
    assert (first.session_id, second.session_id) == ("s1", "s1-sub")
    assert [step.text for step in found.steps_of(second)] == ["look"]
    assert found.tally.n_used == 3


def test_parts_of_a_continued_session_are_trajectories_of_one_session() -> None:
    first = trajectory(user(), continued_trajectory_ref="b.json")
    second = trajectory(user(is_copied_context=True), agent("on"))

    headers = [read(Atif(), encoded(each)).header for each in (first, second)]

    assert headers[0].session_id == headers[1].session_id
    assert headers[0].id != headers[1].id


@pytest.mark.parametrize(
    "join",
    [
        pytest.param(json.dumps, id="a list"),
        pytest.param(lambda rows: "\n".join(map(json.dumps, rows)) + "\n", id="lines"),
        pytest.param(lambda rows: json.dumps(rows, indent=1), id="a list on many lines"),
    ],
)
def test_a_file_may_hold_many(join: Any) -> None:
    rows = [trajectory(user(word), session_id=word) for word in ("one", "two")]
    data = join(rows).encode()

    found = read(Atif(), data)

    assert Atif().recognises(Head(Path("x"), data))
    assert [header.session_id for header in found.headers] == ["one", "two"]
    for step in found.steps:
        assert json.loads(data[step.span.start : step.span.end])["message"] == step.text


def test_one_bad_row_leaves_its_neighbours_alone() -> None:
    data = encoded(trajectory(user("one"))) + b'\n{"steps": []}\n{"cut": '

    found = read(Atif(), data)

    assert [step.text for step in found.steps] == ["one"]
    assert [each.reason for each in found.quarantined] == ["bad_shape", "truncated"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"schema_version": "ATIF-v1.8", "agent": ', "truncated"),
        (b'{"schema_version": "ATIF-v1.8", "agent": {}, "steps": []}', "bad_shape"),
        (encoded(trajectory(user(), steps=7)), "bad_shape"),
        (encoded(trajectory(user(), agent="me")), "bad_shape"),
    ],
)
def test_what_is_no_trajectory_is_quarantined(data: bytes, reason: str) -> None:
    found = read(Atif(), data)

    assert [each.reason for each in found.quarantined] == [reason]
    assert found.headers == []


def test_a_growing_document_keeps_its_ids() -> None:
    before = read(Atif(), encoded(trajectory(user(), agent=AGENT)))
    after = read(Atif(), encoded(trajectory(user(), agent("more"))))

    assert before.header.id == after.header.id
    assert before.steps[0] == after.steps[0]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"schema_version": "ATIF-v1.2"', True),
        (b'{"agent": {"name": "x"}, "schema_version": "ATIF-v1.8", "steps": []}', True),
        (b'{"schema_version": "1.2", "steps": []}', False),
        (b'{"schema_version": 7}', False),
        (b"ATIF-v1.8", False),
    ],
)
def test_documents_are_told_by_the_version_that_they_state(data: bytes, expected: bool) -> None:
    assert Atif().recognises(Head(Path("x.json"), data)) is expected


@given(st.lists(trajectories(), min_size=1, max_size=2), st.integers(1, 500))
def test_blocks_do_not_matter(rows: list[dict[str, Any]], size: int) -> None:
    data = "\n".join(map(json.dumps, rows)).encode()

    assert read(Atif(), blocks_of(data, size)).records == read(Atif(), data).records
