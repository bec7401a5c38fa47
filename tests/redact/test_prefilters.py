"""The prefilter misses no place, whatever finds the keywords and wherever they stand."""

from __future__ import annotations

import pytest

from tests.redact.templates import ALPHABETS, drawn
from tracemill.redact.detectors import all_detectors
from tracemill.redact.prefilters import Prefilter
from tracemill.redact.protocol import Place
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import Rules

DETECTORS = all_detectors(Rules.shipped(), Pseudonyms(bytes(32)))
KEYWORDS = sorted({k for d in DETECTORS for probe in d.probes for k in probe.keywords})
VECTOR = 64


@pytest.fixture(scope="module")
def prefilters() -> tuple[Prefilter, Prefilter]:
    pytest.importorskip("hyperscan")
    return Prefilter(DETECTORS, "hyperscan"), Prefilter(DETECTORS, "re2")


def test_keywords_are_found_at_every_distance_from_the_start(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    hyperscan, re2 = prefilters
    filler = drawn(ALPHABETS["lower"], VECTOR, "filler")

    for keyword in KEYWORDS:
        for before in range(VECTOR):
            data = (filler[:before] + keyword + filler[: before % 7]).encode()
            assert set(hyperscan.places(data)) == set(re2.places(data))
            assert before + len(keyword) in {place.at for place in re2.places(data)}


@pytest.mark.parametrize("count", range(6))
def test_keywords_are_found_behind_beginnings_of_keywords(
    count: int, prefilters: tuple[Prefilter, Prefilter]
) -> None:
    hyperscan, re2 = prefilters

    for keyword in KEYWORDS:
        for n in range(1, len(keyword)):
            data = (keyword[:n] * count + keyword + keyword[n:] * count + keyword.upper()).encode()
            assert set(hyperscan.places(data)) == set(re2.places(data))


def test_keywords_within_keywords_are_found() -> None:
    keywords = Prefilter(DETECTORS, "re2")._keywords
    data = b"sk-ant-api03 and /home/home/ and ghp_ghp_"

    places = [place.at for place in keywords.find(data)]

    assert {3, 7} <= set(places)
    assert {23, 28} <= set(places)
    assert {37, 41} <= set(places)


def test_places_are_in_the_order_of_detectors_and_offsets(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    data = b"ghp_ /home/ password = 'x1!xxx' sk-ant- ghp_\npassword = 'y2!yyy' ghp_" * 3

    for prefilter in prefilters:
        places = prefilter.places(data)
        assert places == sorted(places)
        assert all(isinstance(place, Place) for place in places)


def test_each_line_calls_only_the_detectors_whose_pattern_it_matches() -> None:
    found = Prefilter(DETECTORS, "re2")._patterns.find(b"plain\nx <ada@lovelace.org>\nplain")

    assert {type(DETECTORS[place.detector]).__name__ for place in found} == {"LineDetector"}
    assert len({place.detector for place in found}) <= 2
