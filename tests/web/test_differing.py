"""Two texts side by side: each side reads as its text, and marks only what the other lacks."""

from hypothesis import given
from hypothesis import strategies as st

from tracemill.web.differing import Side, beside

TEXTS = st.lists(st.sampled_from(["a b", "a c", "", "x = 1", "x = 2", "- keep it"]), max_size=8)


def said(side: Side | None, *, others: bool = True) -> str | None:
    if side is None:
        return None
    return "".join(part.text for part in side.parts if others or not part.is_other)


@given(TEXTS, TEXTS)
def test_each_side_says_its_own_lines(old: list[str], new: list[str]) -> None:
    for group in beside("\n".join(old), "\n".join(new)):
        for line in group:
            for side, text in ((line.old, old), (line.new, new)):
                assert side is None or said(side) == text[side.number - 1]


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_on_both_sides(old: list[str], new: list[str]) -> None:
    for group in beside("\n".join(old), "\n".join(new)):
        for line in group:
            if line.old and line.new:
                assert said(line.old, others=False) == said(line.new, others=False)


def test_a_changed_word_is_marked_within_its_line() -> None:
    ((line,),) = beside("give models", "give models, with types")
    assert line.new is not None
    assert [part.text for part in line.new.parts if part.is_other] == [", with types"]
    assert line.old is not None
    assert not any(part.is_other for part in line.old.parts)


def test_equal_texts_have_no_difference() -> None:
    assert beside("a\nb", "a\nb") == []
