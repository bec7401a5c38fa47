"""Documents taken apart: every item keeps its place, and what is no document is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.lines import Line
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import NotADocumentError, read_document, take_apart
from tracemill.sources.reading.json_lines import BadShapeError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1]), st.booleans())
def test_every_item_stands_where_it_says(items: list[Any], indent: int | None, plain: bool) -> None:
    document = {"a": items[:1], "session": {"items": items, "b": 1}}
    data = json.dumps(document, indent=indent, ensure_ascii=plain).encode()

    found = take_apart(data, ("session", "items"))

    assert [json.loads(item.data) for item in found.items] == items
    assert all(data[item.start : item.end] == item.data for item in found.items)
    assert found.fields == {"a": items[:1], "b": 1}


def test_a_document_may_be_the_list_itself() -> None:
    assert [item.start for item in take_apart(b"[1, 2]", ()).items] == [1, 4]


def test_an_absent_list_is_an_empty_one() -> None:
    assert take_apart(b'{"a": 1}', ("items",)).items == []


def test_what_only_a_lenient_reader_takes_stands_for_the_whole() -> None:
    found = take_apart(b'{"n": NaN, "items": [{"t": "\\ud800"}]}', ("items",))

    assert found.fields == {"n": None}
    assert [(item.start, item.data) for item in found.items] == [(0, '{"t":"\ufffd"}'.encode())]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"items": [1, 2', "truncated"),
        (b'{"items": 1}', "bad_shape"),
        (b"[1]", "bad_shape"),
        (b"plain text", "not_json"),
        (b'{"items": []} {}', "not_json"),
        (b'{"items": "\xff"', "bad_encoding"),
        (b'{"\xff": 1, "items": []}', "bad_encoding"),
    ],
)
def test_what_is_no_document_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(NotADocumentError) as caught:
        take_apart(data, ("items",))

    assert caught.value.reason == reason


class Numbers:
    """Keeps the `n` of each item."""

    def __init__(self) -> None:
        self.ready: list[SourceRecord] = []
        self.taken: list[Any] = []

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        if fields.get("format") != "numbers" or not whole.data:
            raise BadShapeError("expected numbers, found something else")

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        assert line.data.startswith(b"{")
        self.taken.append(record.get("n"))
        return None if "n" in record else "no_number"

    def finish(self) -> None:
        self.taken.append("end")


@pytest.mark.parametrize(
    ("data", "taken", "reasons", "tally"),
    [
        (
            b'{"format": "numbers", "items": [{"n": 1}, {"m": 2}, 3, {"n": "\xff"}]}',
            [1, None, "end"],
            ["not_an_object", "bad_encoding"],
            Tally(n_lines=4, n_used=1, skipped={"no_number": 1}),
        ),
        (b'{"format": "words"}', [], ["bad_shape"], Tally(n_lines=1, n_used=0)),
        (b" " * 201, [], ["oversize_document"], Tally(n_lines=1, n_used=0)),
    ],
)
def test_every_item_is_accounted_for(
    data: bytes, taken: list[Any], reasons: list[str], tally: Tally
) -> None:
    reader = Numbers()
    origin = Origin(source="s", source_version=1, uri="u", input_id="i")

    *found, last = read_document(Content([data], 200), origin, reader, ("items",))

    assert reader.taken == taken
    assert [record.reason for record in found if isinstance(record, Quarantined)] == reasons
    assert last == tally
