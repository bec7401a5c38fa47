import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.text import (
    beginning,
    counted,
    end_of,
    one_line,
    printable,
    printable_json,
    shortened,
    sized,
    start_of,
    without_spaces,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="colour"),
        pytest.param("\x1b]0;title\x07", "\\x1b]0;title\\x07", id="window title"),
        pytest.param("safe\rEVIL", "safe\\rEVIL", id="overprinting"),
        pytest.param("a\u202eb", "a\\u202eb", id="direction"),
        pytest.param("tab\tand\nline", "tab\tand\nline", id="kept"),
        pytest.param("é 漢 😀", "é 漢 😀", id="letters"),
    ],
)
def test_control_characters_are_shown_and_not_obeyed(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text() | st.text("\x7f\x9b\u202e\U000e0041"))
def test_json_says_the_same_without_control_characters(text: str) -> None:
    shown = printable_json(json.dumps(text, ensure_ascii=False))

    assert json.loads(shown) == text
    assert printable(shown) == shown


@given(st.text(), st.integers(1, 40))
def test_one_line_is_one_line_and_fits(text: str, width: int) -> None:
    line = one_line(text, width)

    assert len(line) <= width
    assert "\n" not in line


@given(st.text(), st.integers(3, 40))
def test_a_beginning_is_one_line_and_fits(text: str, width: int) -> None:
    line = beginning(text, width)

    assert len(line) <= width
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("read it", 10, "read it"),
        ("ls -la /home/dev-7q7dq75a5v/work", 20, "ls -la /home/ …"),
        ("one-word-too-long-for-the-line", 10, "one-word …"),
    ],
)
def test_a_beginning_cuts_no_stand_in_in_two(text: str, width: int, line: str) -> None:
    assert beginning(text, width) == line


@pytest.mark.parametrize(
    ("text", "width", "start"),
    [
        ("read it", 7, "read it"),
        ("in /home/dev-7q7dq75a5v/work", 15, "in /home/"),
        ("in /home/dev-7q7dq75a5v/work", 23, "in /home/dev-7q7dq75a5v"),
        ("-" * 50, 20, "-" * 20),
    ],
)
def test_a_start_goes_through_no_word_that_is_not_very_long(
    text: str, width: int, start: str
) -> None:
    assert start_of(text, width) == start


@pytest.mark.parametrize(
    ("text", "width", "end"),
    [
        ("all of it", 20, "all of it"),
        ("at /home/dev-2byxqk/abcdefghijk", 20, "/abcdefghijk"),
        ("at /home/dev-2byxqk/a", 12, "dev-2byxqk/a"),
        ("at /home/dev-2byxqk/abcdef", 8, "/abcdef"),
        ("x" * 30, 9, "x" * 9),
        ("", 3, ""),
    ],
)
def test_an_end_goes_through_no_word_that_is_not_very_long(text: str, width: int, end: str) -> None:
    assert end_of(text, width) == end


def test_what_is_left_out_of_a_long_text_is_counted_and_goes_through_no_word() -> None:
    long = f"in /home/dev-2byxqk/{'a word ' * 99}of user-wq3kzt"

    assert shortened(long, len(long)) == long
    assert shortened(long, 45) == (
        "in /home/dev-2byxqk/a word a \n[... 683 characters left out]\n of user-wq3kzt"
    )
    assert shortened(long, 24).startswith("in /home/\n")


def test_a_size_has_the_unit_that_says_something() -> None:
    assert [sized(n) for n in (0, 1, 812, 3_249, 999_900, 999_999, 1_204_512_000)] == [
        "0 bytes",
        "1 byte",
        "812 bytes",
        "3.2 kB",
        "999.9 kB",
        "1.0 MB",
        "1,204.5 MB",
    ]


def test_counts_agree_with_their_noun() -> None:
    assert [counted(1, "entry"), counted(2, "entry"), counted(2, "day"), counted(1200, "file")] == [
        "1 entry",
        "2 entries",
        "2 days",
        "1,200 files",
    ]


@given(st.text() | st.text(st.characters(max_codepoint=127)) | st.text(" \t\n\x0b\x1c\x85\xa0ab"))
def test_no_white_space_is_left_wherever_it_stands(text: str) -> None:
    assert without_spaces(text) == "".join(text.split())
