"""What the metadata of a checkpoint says of a session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sources.entire_metadata.checkpoints import metadata
from tests.sources.reading import jsonl, read

from tracemill.records.events.event import Attribution, Checkpoint, CodeFinding, SessionSummary
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.entire import EntireMetadata
from tracemill.sources.head import Head

SOURCE = EntireMetadata()


def checkpoint_of(fields: dict[str, Any]) -> Checkpoint:
    (event,) = read(SOURCE, jsonl(fields)).events
    assert isinstance(event, Checkpoint)
    return event


def test_a_session_keeps_what_its_metadata_says() -> None:
    found = checkpoint_of(
        metadata(
            "a1b2c3d4e5f6",
            "s-1",
            created_at="2026-02-19T09:46:03.6Z",
            branch="main",
            agent="Claude Code",
            cli_version="0.4.2",
            transcript_lines_at_start=157,
            transcript_identifier_at_start="m-9",
            token_usage={
                "input_tokens": 14, "cache_creation_tokens": 49, "cache_read_tokens": 316,
                "output_tokens": 269, "api_call_count": 10,
            },
        )
    )  # fmt: skip

    assert (found.checkpoint_id, found.session_id) == ("a1b2c3d4e5f6", "s-1")
    assert (found.agent, found.tool_version, found.branch) == ("Claude Code", "0.4.2", "main")
    assert (found.first_line, found.first_native_id, found.n_saves) == (157, "m-9", 1)
    assert found.files == ("a.py",)
    assert found.at is not None
    assert found.usage == Usage(
        input_tokens=14, output_tokens=269, cache_read_tokens=316, cache_write_tokens=49
    )
    assert found.n_model_calls == 10


def test_who_wrote_the_committed_lines_is_kept() -> None:
    counted = {
        "calculated_at": "2026-02-03T00:31:46Z", "agent_lines": 32, "human_added": 0,
        "human_modified": 1, "human_removed": 4, "total_committed": 33, "agent_percentage": 96.97,
    }  # fmt: skip
    found = checkpoint_of(metadata("a1", "s", initial_attribution=counted)).attribution

    assert found is not None
    assert (found.agent_lines, found.human_added, found.human_modified) == (32, 0, 1)
    assert (found.human_removed, found.total_committed) == (4, 33)
    assert found.agent_share == pytest.approx(0.9697)


def test_the_models_summary_is_kept_as_the_models_word() -> None:
    said = {
        "intent": "Sort the list",
        "outcome": "Sorted",
        "learnings": {
            "repo": ["uses bun"],
            "code": [{"path": "a.py", "line": 3, "end_line": 9, "finding": "sorts"}, {"line": 1}],
            "workflow": ["run the linter first"],
        },
        "friction": ["lint failed"],
        "open_items": ["look at it in a browser"],
    }
    assert checkpoint_of(metadata("a1", "s", summary=said)).summary == SessionSummary(
        intent="Sort the list",
        outcome="Sorted",
        about_repository=("uses bun",),
        about_code=(CodeFinding(path="a.py", line=3, end_line=9, text="sorts"),),
        about_workflow=("run the linter first",),
        friction=("lint failed",),
        open_items=("look at it in a browser",),
    )


@pytest.mark.parametrize("agent", ["Agent", "", None, 7])
def test_an_agent_without_a_name_is_unknown(agent: object) -> None:
    assert checkpoint_of(metadata("a1", "s", agent=agent)).agent is None


@pytest.mark.parametrize("percentage", [101, -1, "50", True, None])
def test_a_share_that_is_none_is_unknown(percentage: object) -> None:
    counted = {"agent_lines": -5, "agent_percentage": percentage}
    found = checkpoint_of(metadata("a1", "s", initial_attribution=counted)).attribution
    assert found == Attribution()


def test_sums_over_sessions_are_counted_and_not_kept() -> None:
    found = read(SOURCE, jsonl(metadata("a1", None), metadata("a1", "s")))

    assert len(found.events) == 1
    assert found.tally.skipped == {"sums_of_a_checkpoint": 1}


def test_metadata_without_a_checkpoint_is_quarantined() -> None:
    found = read(SOURCE, jsonl({"strategy": "x", "session_id": "s"}))
    assert [each.reason for each in found.quarantined] == ["bad_shape"]


@pytest.mark.parametrize(
    "data",
    [
        jsonl(metadata("a1", "s")),
        json.dumps(metadata("a1", "s"), indent=2).encode(),
        jsonl({"path": "a1/0/metadata.json", "level": "session", "metadata": metadata("a1", "s")}),
    ],
    ids=["a line", "a file of several lines", "packed into lines"],
)
def test_each_shape_of_file_is_known_and_read(data: bytes) -> None:
    assert SOURCE.recognises(Head(Path("x"), data))
    (event,) = read(SOURCE, data).events
    assert isinstance(event, Checkpoint)
    assert event.span == Span(start=0, end=len(data.rstrip(b"\n")))


@pytest.mark.parametrize(
    "fields",
    [{"checkpoint_id": "x"}, {"metadata": {"strategy": "x"}}, {"strategy": "x"}, {"metadata": []}],
)
def test_documents_of_other_shapes_are_not_taken(fields: dict[str, Any]) -> None:
    assert not SOURCE.recognises(Head(Path("metadata.json"), jsonl(fields)))
