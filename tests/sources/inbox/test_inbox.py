"""Captured events as they are read in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import head_of, jsonl, read

from tracemill.capture import KINDS, emit
from tracemill.records.events.captured import Captured
from tracemill.records.events.event import HumanReview, ReviewUndone
from tracemill.sources.inbox import Inbox
from tracemill.sources.inbox.fields import FIELDS

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def event(**changes: Any) -> dict[str, Any]:
    return {
        "tracemill": 1, "kind": "gate", "at": "2026-03-01T10:00:00Z", "session": "s1",
        "cwd": "/srv/app", "payload": {"gate_id": "tests"}, **changes,
    }  # fmt: skip


def test_an_event_keeps_all_that_was_told() -> None:
    (found,) = read(Inbox(), jsonl(event())).events

    assert isinstance(found, Captured)
    assert (found.name, found.session_id, found.cwd) == ("gate", "s1", "/srv/app")
    assert found.payload == {"gate_id": "tests"}
    assert found.at is not None
    assert found.at.isoformat() == "2026-03-01T10:00:00+00:00"


@given(payloads=st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4))
def test_what_is_told_is_what_is_read(
    payloads: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    workspace = tmp_path_factory.mktemp("workspace")
    for payload in payloads:
        assert emit("note", payload, workspace=workspace)
    data = b"".join(path.read_bytes() for path in workspace.rglob("*.jsonl"))
    found = read(Inbox(), data)

    assert [one.payload for one in found.events if isinstance(one, Captured)] == payloads


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_can_be_told_is_read(kind: str, tmp_path: Path) -> None:
    emit(kind, workspace=tmp_path)
    (path,) = tmp_path.rglob("*.jsonl")

    assert Inbox().recognises(head_of(path))
    (found,) = read(Inbox(), path.read_bytes()).events
    assert isinstance(found, Captured)
    assert found.name == kind


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"tracemill": 2}, "bad_shape", id="a format of the future"),
        pytest.param({"at": "yesterday"}, "bad_shape", id="no moment"),
        pytest.param({"at": "2026-03-01T10:00:00"}, "bad_shape", id="a moment without offset"),
        pytest.param({"payload": [1]}, "bad_shape", id="a payload that is no object"),
    ],
)
def test_an_invalid_event_is_quarantined(changes: dict[str, Any], reason: str) -> None:
    found = read(Inbox(), jsonl(event(**changes), event()))

    assert [bad.reason for bad in found.quarantined] == [reason]
    assert len(found.events) == 1


def test_an_unknown_kind_is_counted() -> None:
    found = read(Inbox(), jsonl(event(kind="Dance!"), event()))

    assert found.tally.skipped == {"unknown_type:dance": 1}


def test_a_torn_event_spoils_no_other() -> None:
    whole = json.dumps(event()).encode()
    found = read(Inbox(), b"\n" + whole[:40] + b"\n" + whole + b"\n" + whole[:90])

    assert [bad.reason for bad in found.quarantined] == ["not_json", "truncated"]
    assert len(found.events) == 1


def test_events_keep_their_ids_when_the_file_grows() -> None:
    before = read(Inbox(), jsonl(event(), event())).events
    after = read(Inbox(), jsonl(event(), event(), event())).events

    assert [one.id for one in after[:2]] == [one.id for one in before]
    assert len({one.id for one in after}) == 3


@pytest.mark.parametrize(
    ("kind", "payload", "fault"),
    [
        pytest.param("gate", {"validation_result": "maybe"}, "pass, fail, ambiguous", id="a word"),
        pytest.param("gate", {"retry_attempt": "1"}, "'retry_attempt', found str", id="a count"),
        pytest.param("gate", {"retry_attempt": True}, "found bool", id="a flag for a count"),
        pytest.param(
            "failure", {"recovery": {"retry_count": -1}}, "recovery.retry_count", id="path"
        ),
        pytest.param("failure", {"timestamp": "yesterday"}, "offset to UTC", id="a moment"),
        pytest.param("survey", {"agent_decision_quality": 6}, "1 to 5", id="a rating"),
        pytest.param("success", {"success_factors": [1]}, "a list of texts", id="a list"),
    ],
)
def test_a_field_of_another_type_is_refused_with_its_path(
    kind: str, payload: dict[str, Any], fault: str
) -> None:
    found = read(Inbox(), jsonl(event(kind=kind, payload=payload)))

    assert not found.events
    assert [bad.reason for bad in found.quarantined] == ["bad_shape"]
    assert fault in found.quarantined[0].detail


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        pytest.param(
            "gate", {"gate_id": "t", "validation_result": "pass", "extra": [1]}, id="more"
        ),
        pytest.param("gate", {"validation_result": None}, id="unknown"),
        pytest.param(
            "success", {"quality_metrics": {"test_coverage": "85%"}}, id="a share as text"
        ),
        pytest.param("success", {"quality_metrics": {"test_coverage": 0.85}}, id="a share"),
        pytest.param("failure", {"recovery": "none"}, id="a text for an object"),
        pytest.param("note", {"retry_attempt": "1"}, id="a note says anything"),
    ],
)
def test_what_a_program_knows_is_enough(kind: str, payload: dict[str, Any]) -> None:
    (found,) = read(Inbox(), jsonl(event(kind=kind, payload=payload))).events

    assert isinstance(found, Captured)
    assert found.payload == payload


def test_every_field_of_every_kind_is_checked() -> None:
    for kind, fields in FIELDS.items():
        for path, expected in fields.items():
            payload: Any = ["wrong"] if expected.said != "a list of texts" else {"wrong": 1}
            for name in reversed(path.split(".")):
                payload = {name: payload}
            (bad,) = read(Inbox(), jsonl(event(kind=kind, payload=payload))).quarantined
            assert repr(path) in bad.detail


REVIEW = {
    "review_id": "review_0123456789abcdef0123",
    "subject": {"kind": "episode", "id": "ep_0123456789abcdef0123"},
    "reviewer": "ada",
    "form": {
        "outcome": "failed", "overall_rating": 2, "checklist": {"edge_cases": "no"},
        "comments": "a", "suggested_improvements": "b", "learning_signal": "c",
    },
}  # fmt: skip


def told(kind: str, payload: dict[str, Any]) -> bytes:
    line = {"tracemill": 1, "kind": kind, "at": "2026-03-01T10:00:00Z", "payload": payload}
    return json.dumps(line).encode() + b"\n"


def test_a_review_is_read_field_by_field() -> None:
    (found,) = read(Inbox(), told("review", REVIEW)).events

    assert isinstance(found, HumanReview)
    assert found.reviewer.person == "ada"
    assert msgspec.to_builtins(found.form) == REVIEW["form"]


def test_a_review_that_was_taken_back_is_an_event_of_its_own() -> None:
    (found,) = read(Inbox(), told("review_undone", {"review_id": REVIEW["review_id"]})).events

    assert isinstance(found, ReviewUndone)
    assert found.review_id == REVIEW["review_id"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"form": {"overall_rating": 6}}, "$.form.overall_rating"),
        ({"form": {"overall_rating": "5"}}, "$.form.overall_rating"),
        ({"form": {"outcome": "secret word"}}, "$.form.outcome"),
        ({"form": {"comments": 3}}, "$.form.comments"),
        ({"form": {"learning_signal": []}}, "$.form.learning_signal"),
        ({"form": {"checklist": {"a": 1}}}, "$.form.checklist"),
        ({"form": {"secret word": 1}}, "unknown field"),
        ({"subject": {"kind": "person", "id": "ep_0"}}, "$.subject.kind"),
        ({"review_id": "secret word"}, "expected ids"),
        ({"basis": "secret word"}, "expected 20 hex"),
    ],
)
def test_a_wrong_field_of_a_review_is_named_and_not_quoted(
    change: dict[str, Any], said: str
) -> None:
    found = read(Inbox(), told("review", {**REVIEW, **change}))
    (bad,) = found.quarantined

    assert found.events == []
    assert said in bad.detail
    assert "secret word" not in bad.detail
