import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.lines import Line, OversizeLine, split_lines


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@given(data=st.binary(max_size=200), size=st.integers(1, 50))
def test_lines_and_their_offsets_give_the_bytes_back_however_they_arrive(
    data: bytes, size: int
) -> None:
    lines = [line for line in split_lines(cut(data, size)) if isinstance(line, Line)]

    assert b"".join(line.data + b"\n" * line.is_terminated for line in lines) == data
    assert all(data[line.start : line.end] == line.data for line in lines)


@given(data=st.binary(max_size=200), size=st.integers(1, 50), limit=st.integers(0, 30))
def test_a_limit_changes_only_the_lines_above_it(data: bytes, size: int, limit: int) -> None:
    free = [line for line in split_lines(cut(data, size)) if isinstance(line, Line)]

    assert list(split_lines(cut(data, size), limit)) == [
        line if len(line.data) <= limit else OversizeLine(line.start, line.end) for line in free
    ]


@pytest.mark.parametrize("separator", ["\r", "\x0b", "\x85", "\u2028"])
def test_only_a_newline_ends_a_line(separator: str) -> None:
    data = f"a{separator}b".encode()

    assert [line.data for line in split_lines([data]) if isinstance(line, Line)] == [data]
