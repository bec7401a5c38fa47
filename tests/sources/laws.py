"""What holds of every source, asserted in one place, and what may stand in files to test it."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from tests.sources.reading import Found, blocks_of, read

from tracemill.records.events.event import Event
from tracemill.sources.protocol import Source

NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(
    [
        "Go",
        "Go on",
        "é\u2028🎉",
        "\n\n",
        "[Request interrupted by user]",
        "<system-reminder>x</system-reminder>",
        "<turn_aborted>",
        "",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | NAMES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in nested lists and objects where another value could stand."""
    if isinstance(value, dict):
        keys: list[Any] = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    else:
        return []
    inner = [place for key in keys for place in places_in(value[key])]
    return [(value, key) for key in keys] + inner


@st.composite
def misshapen(draw: st.DrawFn, objects: Sequence[Any], max_size: int) -> list[Any]:
    """Draw copies of some objects, with anything anywhere in them."""
    drawn = json.loads(json.dumps(draw(st.lists(st.sampled_from(objects), max_size=max_size))))
    for each in drawn:
        for _ in range(draw(st.integers(0, 3))):
            holder, key = draw(st.sampled_from(places_in(each)))
            holder[key] = draw(JSON)
    return list(drawn)


def with_noise(whole: bytes, noise: bytes, data: st.DataObject) -> bytes:
    """Return bytes with others put in somewhere."""
    at = data.draw(st.integers(0, len(whole)))
    return whole[:at] + noise + whole[at:]


def assert_adds_up(found: Found) -> None:
    """Assert that every line was used, skipped or quarantined, and none twice."""
    tally = found.tally
    assert tally.n_lines == tally.n_used + len(found.quarantined) + sum(tally.skipped.values())


def assert_steps_fit(found: Found) -> None:
    """Assert that each step belongs to a trajectory, and that none is missing."""
    assert len({header.id for header in found.headers}) == len(found.headers)
    for header in found.headers:
        assert [step.index for step in found.steps_of(header)] == list(range(header.n_steps))
    assert {step.trajectory_id for step in found.steps} <= {header.id for header in found.headers}


def assert_sound(found: Found) -> None:
    """Assert what holds of any input: lines and steps add up, and every record can be stored."""
    assert_adds_up(found)
    assert_steps_fit(found)
    ids = [event.id for event in found.events]
    assert len(set(ids)) == len(ids)
    for record in found.records:
        kind = Event if isinstance(record, Event) else type(record)
        assert msgspec.json.decode(msgspec.json.encode(record), type=kind) is not None


def assert_blocks_do_not_matter(source: Source, whole: bytes, size: int) -> Found:
    """Assert that bytes say the same in blocks as at once; return what they say."""
    found = read(source, whole)
    assert read(source, blocks_of(whole, size)).records == found.records
    return found


def assert_damage_is_no_crash(source: Source, whole: bytes, max_line_bytes: int) -> None:
    """Assert that bytes are accounted for where some were changed and the end was cut off."""
    chance = random.Random(5)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(len(data))])
        tally = read(source, cut, max_line_bytes=max_line_bytes).tally
        assert tally.n_lines >= tally.n_used + sum(tally.skipped.values())
