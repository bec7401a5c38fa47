"""What a source is shown of an input, and the shapes in which it may ask for the rest."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import blocks_of

from tracemill.base.errors import SourceError
from tracemill.base.streams import folder_stream
from tracemill.sources.content import Content
from tracemill.sources.head import HEAD_BYTES, Head, heads

ANY = Path("any.name")


@pytest.mark.parametrize(
    ("data", "document", "n_objects"),
    [
        (b'{"a": 1}\n{"b": 2}\n', {"a": 1}, 2),
        (b'{\n  "a": [1, {"b": "cut o', {"a": [1, {"b": "cut o"}]}, 0),
        (b'[{"a": 1}, {"a"', [{"a": 1}, {}], 0),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}, 1),
        (b"# Markdown", None, 0),
        (b"", None, 0),
        (b'{"a": \xff}', None, 0),
        (zstandard.compress(b'{"a": 1}\n'), None, 0),
    ],
    ids=["lines", "cut", "list", "mark", "text", "empty", "bytes", "packed"],
)
def test_a_head_shows_what_its_bytes_hold(data: bytes, document: Any, n_objects: int) -> None:
    head = Head(ANY, data)

    assert (head.document, len(head.objects)) == (document, n_objects)


def test_a_head_says_whether_it_is_the_whole_file() -> None:
    assert Head(ANY, b"ab").is_whole
    assert Head(ANY, b"ab", n_bytes=2).is_whole
    assert not Head(ANY, b"ab", n_bytes=3).is_whole


@pytest.mark.parametrize(
    ("data", "n_heads"),
    [
        (b"{" * HEAD_BYTES + b'\n{"a": 1}\n', 2),
        (b"{" * 5 * HEAD_BYTES + b'\n{"a": 1}\n', 2),
        (b"{" * 5 * HEAD_BYTES, 1),
        (b'{"a": 1}\n' + b"{" * HEAD_BYTES, 1),
        (b"\0" * HEAD_BYTES + b'\n{"a": 1}\n', 1),
    ],
    ids=["a head long", "longer", "no line end", "short first line", "binary"],
)
def test_what_stands_behind_a_long_first_line_is_shown_too(data: bytes, n_heads: int) -> None:
    first, *others = heads(BytesIO(data), ANY, len(data))

    assert first.data == data[:HEAD_BYTES]
    assert [head.objects for head in others] == [({"a": 1},)] * (n_heads - 1)


@given(st.binary(max_size=200), st.integers(1, 50), st.integers(0, 250))
def test_a_document_is_all_bytes_or_none(data: bytes, size: int, limit: int) -> None:
    document = Content(blocks_of(data, size), limit).document()

    assert document == (data if len(data) <= limit else None)


def test_a_folder_comes_back_file_by_file_with_its_places(tmp_path: Path) -> None:
    texts = {"b/two.json": b"{}" * 700, "a.txt": b"", "b/one.json": "ä".encode()}
    for name, data in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    with folder_stream(tmp_path, [tmp_path / name for name in texts]) as opened:
        stream = opened.read()

    members = list(Content(blocks_of(stream, 100)).members())

    assert [(m.path, m.data) for m in members] == sorted(texts.items())
    assert all(stream[m.start : m.end] == m.data for m in members)


def test_a_member_over_the_limit_is_named_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 2_000)
    (tmp_path / "b").write_bytes(b"y")
    with folder_stream(tmp_path, tmp_path.iterdir()) as opened:
        members = list(Content([opened.read()], 1_000).members())

    assert [(m.path, m.data, m.n_bytes) for m in members] == [("a", None, 2_000), ("b", b"y", 1)]


def test_a_folder_that_is_cut_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 2_000)
    with folder_stream(tmp_path, tmp_path.iterdir()) as opened:
        stream = opened.read()

    with pytest.raises(SourceError, match="damaged"):
        list(Content([stream[:1_000]]).members())


def test_a_file_can_be_read_in_any_order_and_is_gone_afterwards(tmp_path: Path) -> None:
    data = json.dumps(list(range(100))).encode()
    with Content(blocks_of(data, 7), scratch=tmp_path).file() as path:
        assert path.parent == tmp_path
        assert path.read_bytes() == data

    assert list(tmp_path.iterdir()) == []
