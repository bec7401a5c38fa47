"""Laws of ATIF both ways, and that the format's own models accept what we write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redact.templates import fill
from tests.sources.atif.documents import encoded, trajectories, trajectory, user
from tests.sources.reading import Found, read
from tests.trajectories import ORIGIN, START
from tests.trajectories import trajectory as header_of
from tracemill.base.difference import is_same
from tracemill.export.trajectories.atif import Atif
from tracemill.records.events.event import Event, Feedback, StatedOutcome
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory, Usage
from tracemill.redact import Redactor
from tracemill.sources.atif import Atif as Source

TEXTS = st.sampled_from(["", "Go", "a\nb", "é🎉"])
NAMES = st.none() | st.sampled_from(["a", "b"])
COUNTS = st.none() | st.integers(0, 9)


def written(found: Found, header: Trajectory) -> Mapping[str, Any]:
    """Return the document of a trajectory that was read, with its subagents."""
    below = [each for each in found.headers if each.parent_id == header.id]
    subagents = [written(found, each) for each in below]
    return Atif().document(header, found.steps_of(header), (), subagents)


@given(trajectories())
def test_what_was_read_is_written_again(document: dict[str, Any]) -> None:
    found = read(Source(), encoded(document))

    assert is_same(dict(written(found, found.headers[0])), document)


calls = st.builds(
    ToolCall,
    id=st.sampled_from(["c1", "c2"]),
    name=st.sampled_from(["Bash", "Edit"]),
    arguments=st.dictionaries(st.sampled_from(["command", "x"]), TEXTS, max_size=2),
)
results = st.builds(
    ToolResult,
    call_id=st.sampled_from(["c1", "c2", "unknown"]),
    content=TEXTS,
    status=st.sampled_from(["ok", "error", "rejected", "interrupted", "unknown"]),
    exit_code=st.none() | st.integers(-1, 2),
    feedback=st.none() | TEXTS,
    user_modified=st.booleans(),
    commit=NAMES,
)
usages = st.builds(
    Usage,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    cache_read_tokens=COUNTS,
    cache_write_tokens=COUNTS,
    reasoning_tokens=COUNTS,
).filter(lambda usage: usage != Usage())


@st.composite
def steps(draw: st.DrawFn, index: int) -> Step:
    made: Step = draw(
        st.builds(
            Step,
            trajectory_id=st.just("traj_1"),
            index=st.just(index),
            speaker=st.sampled_from(["system", "user", "agent", "tool"]),
            text=TEXTS,
            reasoning=st.none() | st.just("so"),
            calls=st.lists(calls, max_size=2, unique_by=lambda call: call.id).map(tuple),
            results=st.lists(results, max_size=2).map(tuple),
            model=NAMES,
            usage=st.none() | usages,
            at=st.none() | st.just(START),
            is_replayed=st.booleans(),
            is_error=st.booleans(),
            n_images=st.integers(0, 2),
            native_id=NAMES,
            native_parent_id=NAMES,
            span=st.just(Span(start=0, end=1)),
        )
    )
    return made


def placeless(record: Any) -> dict[str, Any]:
    """Return what a record says besides where it was read."""
    said: dict[str, Any] = msgspec.to_builtins(record)
    elsewhere = {"id", "trajectory_id", "origin", "span", "remainder"}
    return {name: value for name, value in said.items() if name not in elsewhere}


@given(st.data())
def test_what_was_written_is_read_as_it_was(data: st.DataObject) -> None:
    given_steps = [data.draw(steps(index)) for index in range(data.draw(st.integers(1, 3)))]
    header = header_of(
        len(given_steps), title="T", cwd="/srv", branch="main", base_commit="ab", models=("m", "n"),
        agent_version=data.draw(NAMES), total_usage=data.draw(st.none() | usages),
        is_subagent=data.draw(st.booleans()),
    )  # fmt: skip
    told: list[Event] = [
        Feedback(id="event_1", action="rejection", text="no", call_id="c1", step=0, origin=ORIGIN),
        StatedOutcome(id="event_2", fact="resolved", value=True, origin=ORIGIN),
    ]

    found = read(Source(), json.dumps(Atif().document(header, given_steps, told)).encode())

    assert list(map(placeless, found.steps)) == list(map(placeless, given_steps))
    assert placeless(found.header) == placeless(header)
    assert list(map(placeless, found.events)) == list(map(placeless, told))


@given(st.data())
def test_the_formats_own_models_accept_what_we_write(data: st.DataObject) -> None:
    models = pytest.importorskip("atif", reason="the package atif is not installed")
    given_steps = [data.draw(steps(index)) for index in range(data.draw(st.integers(1, 3)))]

    document = Atif().document(header_of(len(given_steps)), given_steps)

    assert models.Trajectory.model_validate(document)


@given(trajectories())
def test_the_documents_that_we_make_up_are_valid(document: dict[str, Any]) -> None:
    models = pytest.importorskip("atif", reason="the package atif is not installed")

    assert models.Trajectory.model_validate(document)


def test_a_remainder_is_redacted_like_all_text() -> None:
    secret = fill("ghp_{alnum:36}")
    document = trajectory(user("x", extra={"note": f"token {secret}"}), notes=f"with {secret}")
    found = read(Source(), encoded(document))

    step, header = Redactor(b"k" * 32, engine="re2").redact([*found.steps, found.header]).records
    assert isinstance(step, Step)
    assert isinstance(header, Trajectory)
    again = Atif().document(header, [step])

    assert secret not in json.dumps(again)
    assert again["notes"].startswith("with ")
