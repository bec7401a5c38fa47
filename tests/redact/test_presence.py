"""Whether values stand in bytes is told alike, however much was looked through before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.redact.scanning import presence
from tracemill.redact.scanning.prefilters import best_engine
from tracemill.redact.scanning.presence import Presence

ODD = [b"a.b*c", b"\x00nul\x00", b"two\nlines", b"\xc3\xa9t\xc3\xa9", b"\xff(", b"[x]\\d{2}"]
MUCH = b"nothing of it\n" * (presence._WORTH_COMPILING // 14 + 1)


def after_much(values: Sequence[bytes]) -> Presence:
    """Return one that has looked through so much that it compiles what is worth it."""
    found = Presence(values)
    assert found(MUCH) == any(value in MUCH for value in values)
    return found


@pytest.mark.parametrize("value", ODD)
def test_a_value_stands_for_itself_before_and_after_much_was_looked_through(value: bytes) -> None:
    for tells in (Presence(ODD), after_much(ODD)):
        assert tells(b"it is " + value + b" here")
        assert not tells(b"it is " + value[:-1] + b"~ here")
        assert not tells(b"")


@pytest.mark.skipif(best_engine() != "hyperscan", reason="there is nothing to compile for")
@pytest.mark.parametrize(
    ("values", "is_compiled"),
    [
        (ODD, True),
        ([b"one"], False),
        ([], False),
        ([b"", b"one"], False),
        ([b"one", b"x" * (presence._LONGEST_COMPILED + 1)], False),
        ([b"%05d" % number for number in range(presence._MOST_COMPILED + 1)], False),
    ],
)
def test_few_short_values_are_compiled(values: list[bytes], is_compiled: bool) -> None:
    tells = after_much(values)

    assert (tells._scans is not None) == is_compiled


def test_nothing_is_compiled_for_little() -> None:
    tells = Presence([b"one", b"two"])

    assert tells(b"one")
    assert not tells(b"three")
    assert tells._scans is None


@given(
    values=st.lists(st.binary(min_size=1, max_size=4), min_size=2, max_size=12),
    texts=st.lists(st.binary(max_size=40), max_size=5),
)
def test_all_ways_tell_the_same(values: list[bytes], texts: list[bytes]) -> None:
    tells, tells_late = Presence(values), Presence(values)
    tells_late._n_looked = presence._WORTH_COMPILING - 1

    for text in [b"-", *texts]:
        expected = any(value in text for value in values)
        assert tells(text) == expected
        assert tells_late(text) == expected
