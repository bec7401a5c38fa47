"""Texts that stand in longer ones are found, and nothing else is."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("rensa", reason="needs tracemill[datasets]")

from tracemill.curate.copies.containment import contained


def words(chance: random.Random, n_words: int) -> str:
    return " ".join(f"word{chance.randrange(5_000)}" for _ in range(n_words))


@given(st.integers(0, 1_000), st.integers(0, 400))
def test_a_piece_of_a_text_is_found_wherever_it_stands(seed: int, first: int) -> None:
    chance = random.Random(seed)
    whole = [words(chance, 600) for _ in range(4)]
    piece = " ".join(whole[2].split()[first : first + 200])

    assert [(each.inner, each.outer) for each in contained([*whole, piece])] == [(4, 2)]


@given(st.integers(0, 1_000))
def test_texts_that_share_half_are_not_contained(seed: int) -> None:
    chance = random.Random(seed)
    shared = words(chance, 150)
    texts = [f"{shared} {words(chance, 150)}", f"{words(chance, 400)} {shared}"]

    assert list(contained(texts)) == []


def test_short_texts_say_what_many_say() -> None:
    assert list(contained(["all tests pass now", "all tests pass now, and I am done " * 30])) == []


def test_no_text_stands_in_none() -> None:
    assert list(contained([])) == []
