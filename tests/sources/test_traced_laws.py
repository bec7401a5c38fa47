"""Laws of sources that tell of traces, whatever stands where."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.gate_reading import readers_of
from tests.sources.langfuse.test_langfuse import ROWS, TRACE, WRITTEN
from tests.sources.laws import (
    JSON,
    assert_blocks_do_not_matter,
    assert_damage_is_no_crash,
    assert_sound,
    places_in,
)
from tests.sources.otlp.spans import agent, logs, span, traces
from tests.sources.otlp.test_otlp import DETAILS, INFERENCE, NOTES, OLD, TALK
from tests.sources.otlp.test_otlp import WRITTEN as OTLP_WRITTEN
from tests.sources.reading import jsonl, read

from tracemill.sources.langfuse import Langfuse
from tracemill.sources.otlp import Otlp
from tracemill.sources.protocol import Source

DEEP = json.loads("[" * 80 + "]" * 80)
STRANGE = st.sampled_from(
    [
        DEEP,
        json.dumps(DEEP),
        '[{"role": "assistant", "parts": [{"type": "tool_call"}]}]',
        {"a": {}},
        -1,
    ]
)
MANY = [*TALK, agent(9, 0, 9), span(20, 0, 1, OLD), span(21, 0, 1, INFERENCE)]
FILES: dict[str, tuple[Source, list[Any]]] = {
    "otlp": (Otlp(), [traces(MANY), logs(NOTES), logs([DETAILS])]),
    "langfuse traces": (Langfuse(), [TRACE]),
    "langfuse rows": (Langfuse(), ROWS),
}


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_nothing_in_a_trace_is_a_crash(name: str, data: st.DataObject) -> None:
    source, rows = FILES[name]
    changed: list[Any] = copy.deepcopy(rows)
    for _ in range(data.draw(st.integers(1, 4))):
        holder, key = data.draw(st.sampled_from(places_in(changed)))
        holder[key] = copy.deepcopy(data.draw(JSON | STRANGE))

    assert_sound(read(source, jsonl(*changed)))


FORMS = [pytest.param(Otlp(), data, id=f"otlp: {form}") for form, data in OTLP_WRITTEN.items()] + [
    pytest.param(Langfuse(), data, id=f"langfuse: {form}") for form, data in WRITTEN.items()
]
for_each_form = pytest.mark.parametrize(("source", "data"), FORMS)


@for_each_form
def test_every_form_is_known_by_its_bytes(source: Source, data: bytes) -> None:
    assert readers_of(data)[0] == source.name


@for_each_form
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_blocks_do_not_matter(source: Source, data: bytes, size: int) -> None:
    assert_blocks_do_not_matter(source, data, size)


@for_each_form
@pytest.mark.parametrize("max_line_bytes", [900, 4000])
def test_no_damage_is_a_crash(source: Source, data: bytes, max_line_bytes: int) -> None:
    assert_damage_is_no_crash(source, data, max_line_bytes)
