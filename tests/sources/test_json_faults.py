"""What is wrong with a document that is no JSON, and where; what is meant so is no fault."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.sources.reading.json_faults import json_fault

ANY = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'{"a": 1,\n "b"', "breaks off at line 2, column 5"),
        (b'{"a": "secret', "breaks off at line 1, column 14"),
        (b'{\n "a": secret}', "something else at line 2, column 7"),
        (b'{"a": 1}}', "something else at line 1, column 9"),
        (b'{"a": "\xff"}', "other bytes at byte 7"),
        (b"[" * 100_000, "something else at line 1, column"),
    ],
)
def test_a_broken_document_is_named_with_its_place(data: bytes, fault: str) -> None:
    found = json_fault(data)

    assert found is not None
    assert fault in found
    assert "secret" not in found


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}',
        b'\xef\xbb\xbf{"a": 1}\n',
        b'{"a": NaN, "b": 1e999}',
        b'{"a": 1}\n{"a": 2}\n',
        b'{"a": 1, // first\n "b": 2}',
        b'/* all */ {"a": 1}',
        b'{"a": [1, 2,],\n}',
    ],
)
def test_what_is_meant_is_no_fault(data: bytes) -> None:
    assert json_fault(data) is None


@given(ANY, st.integers(0, 4))
def test_no_sound_document_has_a_fault(value: object, indent: int) -> None:
    assert json_fault(json.dumps(value, indent=indent or None).encode()) is None


@given(st.binary())
def test_any_bytes_get_an_answer(data: bytes) -> None:
    json_fault(data)
