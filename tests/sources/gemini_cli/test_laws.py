"""Laws of Gemini CLI sessions, whatever stands in them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.sources.gemini_cli import lines as gemini
from tests.sources.laws import JSON, NAMES, TEXTS, assert_sound, places_in
from tests.sources.reading import blocks_of, jsonl, read

from tracemill.sources.gemini_cli import GeminiCli

SOURCE = GeminiCli()
MESSAGES = st.lists(gemini.drawn(NAMES, TEXTS), max_size=12)
UPDATES = st.one_of(
    st.builds(lambda said: {"$rewindTo": f"user {said}"}, TEXTS),
    st.builds(lambda told: {"$set": {"messages": told}}, MESSAGES),
)


@given(told=MESSAGES, size=st.integers(1, 400), n_cut=st.integers(0, 40))
def test_blocks_do_not_matter_to_a_document(told: list[Any], size: int, n_cut: int) -> None:
    data = gemini.document(*told)
    data = data[: len(data) - n_cut]

    assert read(SOURCE, blocks_of(data, size)).records == read(SOURCE, data).records


@given(told=MESSAGES, data=st.data())
def test_nothing_in_a_document_is_a_crash(told: list[Any], data: st.DataObject) -> None:
    document = json.loads(gemini.document(*told))
    for _ in range(data.draw(st.integers(0, 3))):
        holder, key = data.draw(st.sampled_from(places_in(document)))
        holder[key] = data.draw(JSON)

    assert_sound(read(SOURCE, json.dumps(document, indent=1).encode()))


@given(told=st.lists(gemini.drawn(NAMES, TEXTS) | UPDATES, max_size=25))
def test_steps_stay_numbered_whatever_is_taken_back(told: list[Any]) -> None:
    assert_sound(read(SOURCE, jsonl(gemini.meta(), *told)))
