"""Sketches of lines: what they share is what the texts share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.line_sketch import (
    Compared,
    Seal,
    Sketch,
    hashes_of,
    pack_hashes,
    sketch,
    unpack_hashes,
)

SEAL = Seal(b"k" * 32)
LONG = [b"a line that is long enough, number %d" % i for i in range(2_000)]


def sketch_of(lines: list[bytes], most: int = 100, seal: Seal = SEAL) -> bytes:
    return sketch(seal(hashes_of(lines)), most)


def compared(own: list[bytes], other: list[bytes]) -> Compared:
    first, second = (Sketch.of(sketch_of(each), 100) for each in (own, other))
    return first.compared(second)


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ([], [], (0, 0, 0)),
        ([b"}", b"return x"], [b"}"], (0, 0, 0)),
        (LONG[:4], LONG[2:9], (2, 4, 7)),
        ([b"if  (x == 12) {  y();"], [b"\tif (x==12) { y(); \r"], (1, 1, 1)),
    ],
)
def test_long_lines_are_compared_without_white_space(
    own: list[bytes], other: list[bytes], expected: tuple[int, int, int]
) -> None:
    assert compared(own, other) == expected


def test_of_many_lines_the_same_are_kept() -> None:
    n_shared, n_first, n_second = compared(LONG[:1000], LONG[500:])

    assert 20 < n_first <= 100
    assert 20 < n_second <= 100
    assert 0.3 < n_shared / n_first < 0.7


@given(st.sets(st.integers(0, 2**24 - 1)), st.sets(st.integers(0, 2**24 - 1)))
def test_sketches_are_compared_as_far_as_both_hold_every_line(
    first: set[int], second: set[int]
) -> None:
    one, other = (Sketch.of(sketch(each, 8), 8) for each in (first, second))
    highest = min(max(each.hashes) if len(each.hashes) == 8 else 2**24 for each in (one, other))
    left, right = ({each for each in found if each <= highest} for found in (first, second))

    assert one.compared(other) == (len(left & right), len(left), len(right))


@given(st.lists(st.sampled_from(LONG)), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_a_sketch(lines: list[bytes], random: object) -> None:
    again = [*lines, *lines]
    random.shuffle(again)  # type: ignore[attr-defined]

    assert sketch_of(again) == sketch_of(lines)


def test_packed_hashes_are_the_same_each_once() -> None:
    hashes = list(hashes_of([*LONG, *LONG]))

    assert list(unpack_hashes(pack_hashes(hashes))) == sorted(set(hashes))


def test_nothing_is_shared_by_the_bare_hashes_or_under_another_key() -> None:
    sealed = Sketch.of(sketch_of(LONG[:100], 200), 200)
    bare = Sketch.of(sketch((each % 2**24 for each in hashes_of(LONG[:100])), 200), 200)
    other = Sketch.of(sketch_of(LONG[:100], 200, Seal(b"o" * 32)), 200)

    assert sealed.compared(bare) == sealed.compared(other) == (0, 100, 100)
