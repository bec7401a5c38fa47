"""Laws of sources whose inputs are whole sessions, whatever stands in the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.adp import trajectories as adp
from tests.sources.atif import documents as atif
from tests.sources.chat_messages import rows as messages
from tests.sources.laws import assert_sound, misshapen
from tests.sources.mini_swe_agent import runs as mini
from tests.sources.openhands import sessions as openhands
from tests.sources.reading import blocks_of, read
from tests.sources.swe_agent import runs as swe_agent
from tests.sources.turns import sessions as turns

from tracemill.sources import load_source

ROWS: Final[Mapping[str, list[Any]]] = {
    "atif": [
        atif.trajectory(
            atif.user("Fix it"),
            atif.calling("ls", "a.py"),
            subagent_trajectories=[atif.trajectory(atif.user("Look"), trajectory_id="s")],
        ),
    ],
    "adp": [adp.PLAIN],
    "turns": [turns.PLAIN],
    "chat-messages": [messages.CHAT, messages.SHARE, messages.BENCHMARK, messages.NEBIUS],
    "openhands": [
        {"trajectory": openhands.PLAIN, "feedback": "positive"},
        {"history": openhands.PLAIN, "resolved": False},
        {"history": openhands.V1, "resolved": True},
    ],
    "swe-agent": [swe_agent.PLAIN],
    "mini-swe-agent": [mini.NEW, mini.run(*mini.BARE)],
}
"""For each source, sessions that it reads."""
for_each_source = pytest.mark.parametrize("name", list(ROWS))


@st.composite
def files(draw: st.DrawFn, name: str) -> bytes:
    """Draw sessions in one of the shapes of a file, with anything anywhere in them."""
    rows = draw(misshapen(ROWS[name], max_size=3))
    shape = draw(st.sampled_from(["list", "lines", "document"]))
    if shape == "lines":
        return "\n".join(map(json.dumps, rows)).encode()
    whole = rows if shape == "list" or len(rows) != 1 else rows[0]
    return json.dumps(whole, indent=draw(st.sampled_from([None, 1]))).encode()


@for_each_source
@given(data=st.data())
def test_blocks_do_not_matter(name: str, data: st.DataObject) -> None:
    content = data.draw(files(name))
    size = data.draw(st.integers(1, 400))
    source = load_source(name)

    assert read(source, blocks_of(content, size)).records == read(source, content).records


@for_each_source
@given(data=st.data())
def test_nothing_in_a_file_is_a_crash(name: str, data: st.DataObject) -> None:
    content = data.draw(files(name))
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(content)))
        behind = content[data.draw(st.integers(at, len(content))) :]
        content = content[:at] + data.draw(st.binary(max_size=4)) + behind

    assert_sound(read(load_source(name), content, max_line_bytes=data.draw(st.integers(1, 9000))))


@for_each_source
def test_a_session_is_read_the_same_in_every_shape_of_file(name: str) -> None:
    (row, *_) = ROWS[name]
    shapes = [json.dumps(row), json.dumps([row]), json.dumps(row) + "\n", json.dumps(row, indent=1)]

    said = [
        [(step.speaker, step.text, len(step.calls)) for step in found.steps]
        for found in (read(load_source(name), shape.encode()) for shape in shapes)
    ]

    assert all(each == said[0] for each in said)
    assert said[0]


@for_each_source
def test_copies_of_a_session_are_told_apart(name: str) -> None:
    (row, *_) = ROWS[name]

    found = read(load_source(name), json.dumps([row, row]).encode())

    assert len({header.id for header in found.headers}) == len(found.headers)
    assert_sound(found)
