"""Laws of the stream: it can be cut, damaged and read in any blocks, and nothing is lost unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.records.events.event import Commit
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.git_history import GitHistory
from tracemill.sources.protocol import Source, SourceRecord

if TYPE_CHECKING:
    from tests.repositories import Repository

ORIGIN = Origin(source="git", source_version=1, uri="file:///repo", input_id="input_1")
SOURCE: Source = GitHistory()


def blocks(stream: bytes, size: int = 100) -> Iterator[bytes]:
    return (stream[at : at + size] for at in range(0, len(stream), size))


def parse(stream: bytes) -> list[SourceRecord]:
    return list(SOURCE.read(Content(blocks(stream)), ORIGIN))


def tally(records: list[SourceRecord]) -> Tally:
    assert isinstance(records[-1], Tally)
    return records[-1]


@pytest.fixture(scope="module")
def stream(new_repository: Callable[[], Repository]) -> bytes:
    made = new_repository()
    made.commit("one\n\nbody\n\nA: b", a="1\n", b="2\n")
    (made.path / "a").rename(made.path / "c")
    made.commit("two\n\nThis reverts commit " + "a" * 40, b="3\n")
    with SOURCE.open(made.path) as opened:
        return opened.read()


@given(data=st.data())
def test_a_cut_stream_is_told_from_a_whole_one(data: st.DataObject, stream: bytes) -> None:
    length = data.draw(st.integers(0, len(stream) - 1))

    records = parse(stream[:length])

    quarantined = [record for record in records if isinstance(record, Quarantined)]
    assert [q.reason for q in quarantined] == ["truncated"]
    assert tally(records).n_lines == tally(records).n_used + 1


@given(data=st.data())
def test_damaged_bytes_never_crash_and_every_record_is_counted(
    data: st.DataObject, stream: bytes
) -> None:
    damaged = bytearray(stream)
    for place in data.draw(st.lists(st.integers(0, len(stream) - 1), min_size=1, max_size=20)):
        damaged[place] = data.draw(st.sampled_from(b"\0\n\t :-1ac\xff"))

    records = parse(bytes(damaged))

    n_commits = sum(isinstance(record, Commit) for record in records)
    n_quarantined = sum(isinstance(record, Quarantined) for record in records)
    total = tally(records)
    assert total.n_used == n_commits
    assert total.n_lines == n_commits + n_quarantined + sum(total.skipped.values())


@given(size=st.integers(1, 400))
def test_the_size_of_blocks_does_not_matter(size: int, stream: bytes) -> None:
    assert list(SOURCE.read(Content(blocks(stream, size)), ORIGIN)) == parse(stream)


def test_ids_differ_between_inputs(stream: bytes) -> None:
    def ids(input_id: str) -> set[str]:
        origin = Origin(source="git", source_version=1, uri="u", input_id=input_id)
        return {r.id for r in SOURCE.read(Content([stream]), origin) if isinstance(r, Commit)}

    assert ids("a") == ids("a")
    assert not ids("a") & ids("b")
