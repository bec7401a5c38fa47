"""Laws of sources that tell of traces, whatever stands where."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.langfuse.test_langfuse import ROWS, TRACE
from tests.sources.otlp.spans import agent, logs, span, traces
from tests.sources.otlp.test_otlp import DETAILS, INFERENCE, NOTES, OLD, TALK
from tests.sources.reading import jsonl, read
from tests.sources.test_line_source_laws import JSON, assert_sound, places_in

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
