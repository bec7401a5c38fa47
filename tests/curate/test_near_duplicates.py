"""Near-duplicates: planted ones are found, what is reported is one, and nothing depends on order."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.curate.copies.near_duplicates import (
    WORDS,
    NearIndex,
    Pair,
    Shingles,
    near_duplicates,
    shingled,
)

VOCABULARY = [f"word{n}" for n in range(400)]


def leaders_of(pairs: Iterable[Pair]) -> dict[int, int]:
    """Return for each text that is nearly another the first of all that pairs lead to."""
    leader: dict[int, int] = {}

    def find(text: int) -> int:
        while text in leader:
            text = leader[text]
        return text

    for pair in pairs:
        one, other = sorted((find(pair.first), find(pair.second)))
        if one != other:
            leader[other] = one
    return {text: find(text) for text in leader}


def shingles(text: str) -> set[tuple[str, ...]]:
    """Return a text's shingles by the book."""
    words = re.findall(r"[a-z0-9_]+", text.lower())
    if not words:
        return set()
    return {tuple(words[i : i + WORDS]) for i in range(max(1, len(words) - WORDS + 1))}


def jaccard(one: str, other: str) -> float:
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def changed(text: str, n_words: int, chance: random.Random) -> str:
    words = text.split()
    for _ in range(n_words):
        words[chance.randrange(len(words))] = f"other{chance.randrange(10**6)}"
    return " ".join(words)


def planted(n_texts: int) -> tuple[list[str], list[tuple[int, int, float]]]:
    """Return texts, and pairs of them with their similarity."""
    chance = random.Random(3)
    texts = [" ".join(chance.choices(VOCABULARY, k=150)) for _ in range(n_texts)]
    pairs = []
    for first in range(0, n_texts, 2):
        texts.append(changed(texts[first], chance.randrange(7), chance))
        pairs.append((first, len(texts) - 1, jaccard(texts[first], texts[-1])))
    return texts, pairs


def test_planted_pairs_are_found_and_nothing_else_is() -> None:
    texts, pairs = planted(1_000)
    found = {(pair.first, pair.second): pair.similarity for pair in near_duplicates(texts)}
    wanted = {(first, second) for first, second, similarity in pairs if similarity >= 0.8}

    assert len(wanted) > 200
    assert len(wanted & found.keys()) / len(wanted) >= 0.95
    assert found.keys() <= wanted


WORD = st.text("abcABC_1", min_size=1, max_size=3)
TEXT = st.lists(WORD, max_size=12).map(" ".join)


@given(st.lists(TEXT, max_size=8))
def test_the_similarity_is_the_one_by_the_book(texts: list[str]) -> None:
    for pair in near_duplicates(texts, 0.5):
        assert pair.similarity == pytest.approx(jaccard(texts[pair.first], texts[pair.second]))
        assert pair.similarity >= 0.5


@given(st.lists(st.lists(TEXT, max_size=5), max_size=4))
def test_remembered_shingles_are_those_that_are_made_anew(batches: list[list[str]]) -> None:
    shingles = Shingles()
    for texts in batches:
        found, anew = shingles.of(texts), shingled(texts)
        assert found.hashes.tolist() == anew.hashes.tolist()
        assert found.starts.tolist() == anew.starts.tolist()


@given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=5))
def test_a_copy_is_always_found_whatever_its_case_and_punctuation(texts: list[str]) -> None:
    copies = [text.upper().replace(" ", ", ") + "!" for text in texts]
    leaders = leaders_of(near_duplicates([*texts, *copies]))

    for place in range(len(texts)):
        copy = place + len(texts)
        assert leaders.get(copy, copy) == leaders.get(place, place)


def test_a_thousand_copies_make_no_more_than_a_few_thousand_pairs() -> None:
    pairs = list(near_duplicates(["one two three four five six seven"] * 1_000))

    assert len(pairs) < 3_000
    assert set(leaders_of(pairs).values()) == {0}


def nearly_the_same(n_texts: int) -> list[str]:
    """Return texts that differ from one another in a few words."""
    chance = random.Random(5)
    text = " ".join(chance.choices(VOCABULARY, k=150))
    return [changed(text, 2, chance) for _ in range(n_texts)]


@pytest.mark.parametrize("n_texts", [500, 2_000])
def test_texts_held_out_are_compared_with_a_few_of_those_nearly_the_same(n_texts: int) -> None:
    index = NearIndex()
    for text in nearly_the_same(n_texts):
        index.add(text)
    apart = [place % 5 == 0 for place in range(n_texts)]
    compared = [pair for pair in index.candidates(apart) if apart[pair[0]] != apart[pair[1]]]

    assert len(compared) < 50 * n_texts
    assert {place for pair in compared for place in pair} == set(range(n_texts))


def test_no_text_nearly_the_same_as_one_held_out_is_missed_in_a_large_group() -> None:
    texts = nearly_the_same(300)
    apart = [place % 5 == 0 for place in range(len(texts))]
    found = {
        place
        for pair in near_duplicates(texts, 0.8, apart)
        if apart[pair.first] != apart[pair.second]
        for place in (pair.first, pair.second)
    }

    assert found == set(range(len(texts)))


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["  ", "..."]])
def test_texts_without_words_are_like_no_other(texts: list[str]) -> None:
    assert list(near_duplicates(texts)) == []


def test_what_lies_in_other_batches_is_found_too() -> None:
    filler = " ".join(VOCABULARY)
    texts = ["to be or not to be that is the question"]
    texts += [f"{number} {filler} {number}" * 40 for number in range(20)]
    texts += [texts[0]]

    assert (0, len(texts) - 1) in {(p.first, p.second) for p in near_duplicates(texts, 0.99)}
