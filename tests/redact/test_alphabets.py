"""Folding makes an automaton small, and loses no keyword."""

from __future__ import annotations

import pytest

from tests.redact.test_prefilters import KEYWORDS, keyword_ends
from tracemill.redact.scanning.alphabets import Alphabet

IN_BYTES = [keyword.encode() for keyword in KEYWORDS]
EVERY_BYTE = bytes(range(256))


@pytest.fixture(scope="module")
def alphabet() -> Alphabet:
    return Alphabet(IN_BYTES)


def test_no_more_classes_are_left_than_a_small_state_has_cells(alphabet: Alphabet) -> None:
    assert len(set(EVERY_BYTE)) > 64 >= len(set(alphabet.fold(EVERY_BYTE)))


def test_letters_of_either_case_are_one(alphabet: Alphabet) -> None:
    for keyword in IN_BYTES:
        assert alphabet.fold(keyword) == alphabet.fold(keyword.upper())
        assert alphabet.fold(keyword) != alphabet.fold(keyword[1:] + b"\n")


def test_nothing_else_is_folded_to_a_certain_keyword(alphabet: Alphabet) -> None:
    certain = [keyword for keyword in IN_BYTES if alphabet.is_certain(keyword)]
    assert 0 < len(certain) < len(IN_BYTES)
    letters = bytes({byte for keyword in certain for byte in keyword})

    alike = [
        byte
        for byte in EVERY_BYTE.lower()
        if alphabet.fold(bytes([byte])) in alphabet.fold(letters)
    ]

    assert set(alike) == set(letters)


def test_what_stands_in_most_texts_is_certain(alphabet: Alphabet) -> None:
    assert all(map(alphabet.is_certain, (b"/home/", b"/users/", b"-home-")))


def test_few_keywords_are_all_certain() -> None:
    assert all(map(Alphabet([b"ghp_", b"/home/"]).is_certain, (b"ghp_", b"/home/")))


def test_what_is_only_folded_alike_calls_nobody(alphabet: Alphabet) -> None:
    known = set(IN_BYTES)
    for keyword in IN_BYTES:
        if alphabet.is_certain(keyword):
            continue
        other = twin(alphabet, keyword)
        assert alphabet.fold(other) == alphabet.fold(keyword)
        assert other not in known
        ends = keyword_ends(other)
        assert (len(other) in ends) == any(other.endswith(each) for each in known)


def twin(alphabet: Alphabet, keyword: bytes) -> bytes:
    """Return something else that is folded to the same."""
    folded = {byte: alphabet.fold(bytes([byte])) for byte in EVERY_BYTE.lower()}
    return bytes(
        next((b for b in folded if b != byte and folded[b] == folded[byte]), byte)
        for byte in keyword
    )
