"""The prefilter misses no place, whatever finds the keywords and wherever they stand."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pytest

from tests.redact.strategies import PIECES
from tests.redact.templates import ALPHABETS, drawn, fill
from tracemill.redact import Redactor
from tracemill.redact.detectors.roster import all_detectors
from tracemill.redact.line_rules.lines import compile_bytes
from tracemill.redact.protocol import MANY, CrowdedError, Places
from tracemill.redact.pseudonyms import Pseudonyms
from tracemill.redact.rules import LineRule, Rules
from tracemill.redact.scanning.calls import Ends
from tracemill.redact.scanning.keywords import BYTES_AT_ONCE
from tracemill.redact.scanning.prefilters import (
    Prefilter,
    Re2Prefilter,
    engine_for,
    prefilter,
)

DETECTORS = all_detectors(Rules.shipped(), Pseudonyms(bytes(32)))
KEYWORDS = sorted({k for d in DETECTORS for probe in d.probes for k in probe.keywords})
BY_LINE = {
    i
    for i, each in enumerate(DETECTORS)
    for probe in each.probes
    if probe.is_once_a_line or not probe.keywords
}
BY_EITHER = {
    i: compile_bytes(f"(?m:{probe.pattern})")
    for i, each in enumerate(DETECTORS)
    for probe in each.probes
    if probe.has_common_keywords
}
BY_PATTERN = [
    (i, compile_bytes(f"(?m:{probe.pattern})"))
    for i, each in enumerate(DETECTORS)
    for probe in each.probes
    if not probe.keywords
]
VECTOR = 64
RE2 = Re2Prefilter(DETECTORS)


def keyword_ends(data: bytes) -> list[int]:
    """Return the ends of all keywords that the automaton finds."""
    found: Ends = defaultdict(list)
    RE2._keywords.find(data, found)
    return ends_in(found)


def ends_in(places: Places) -> list[int]:
    return [at for ends in places.values() for at in ends]


def looked_at(prefilter: Prefilter, data: bytes) -> set[tuple[int, int]]:
    """Where keywords stand, and the lines in which patterns match: what detectors go by.

    Where one engine goes by common keywords and the other by a pattern, that is lines with both.
    """
    lines = data.split(b"\n")
    found = set()
    places = prefilter.places(data)
    for detector, at in ((i, at) for i, ends in places.items() for at in ends):
        number = data.count(b"\n", 0, at)
        if detector not in BY_EITHER:
            found.add((detector, number if detector in BY_LINE else at))
        elif BY_EITHER[detector].search(lines[number]):
            found.add((detector, number))
    return found


@pytest.fixture(scope="module")
def prefilters() -> tuple[Prefilter, Prefilter]:
    pytest.importorskip("hyperscan")
    return prefilter(DETECTORS, "hyperscan"), prefilter(DETECTORS, "re2")


def test_keywords_are_found_at_every_distance_from_the_start(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    hyperscan, re2 = prefilters
    filler = drawn(ALPHABETS["lower"], VECTOR, "filler")

    for keyword in KEYWORDS:
        for before in range(VECTOR):
            data = (filler[:before] + keyword + filler[: before % 7]).encode()
            assert looked_at(hyperscan, data) == looked_at(re2, data)
            assert before + len(keyword.encode()) in ends_in(re2.places(data))


@pytest.mark.parametrize("count", range(6))
def test_keywords_are_found_behind_beginnings_of_keywords(
    count: int, prefilters: tuple[Prefilter, Prefilter]
) -> None:
    hyperscan, re2 = prefilters

    for keyword in KEYWORDS:
        for n in range(1, len(keyword)):
            data = (keyword[:n] * count + keyword + keyword[n:] * count + keyword.upper()).encode()
            assert looked_at(hyperscan, data) == looked_at(re2, data)


def test_keywords_within_keywords_are_found() -> None:
    ends = set(keyword_ends(b"sk-ant-api03 and /home/home/"))

    assert {3, 7} <= ends
    assert {23, 28} <= ends


def test_keywords_of_whole_lines_are_named_once_in_each() -> None:
    assert set(keyword_ends(b"ghp_ ghp_\nx ghp_ghp_")) == {4, 16}


@pytest.mark.parametrize("before", range(6))
def test_keywords_are_found_where_the_automaton_begins_anew(before: int) -> None:
    data = b" " * (BYTES_AT_ONCE - before) + b"ghp_ /home/"
    found: Ends = defaultdict(list)
    RE2._keywords.find(data, found)

    assert all(len(set(ends)) == len(ends) for ends in found.values())
    assert {BYTES_AT_ONCE - before + 4, len(data)} == set(ends_in(found))


def test_places_that_stand_close_are_named_once_a_line_by_either_engine(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    data = b"token=ghp_ " * 20_000 + b"\n" + b"password: x /home/ada\n" * 5_000
    hyperscan, re2 = (each.places(data) for each in prefilters)

    assert hyperscan == re2
    assert sum(at <= 220_000 for at in ends_in(re2)) < 20


def test_what_stands_beside_a_text_cannot_make_its_places_too_many(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    data = b"/home/ada\n" * 2 * MANY

    for each in prefilters:
        assert len(ends_in(each.places(data))) == 2 * MANY
        assert len(ends_in(each.places(data, least=9))) == 2 * MANY
        with pytest.raises(CrowdedError):
            each.places(data, least=11)


def test_common_keywords_call_nobody_where_hyperscan_knows_better(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    data = b"test_reads_twice and live_preview and access_log"

    hyperscan, re2 = (each.places(data).keys() for each in prefilters)

    assert hyperscan < re2


def test_places_of_each_detector_are_in_order(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    data = b"ghp_ /home/ password = 'x1!xxx' sk-ant- ghp_\npassword = 'y2!yyy' ghp_" * 3

    for each in prefilters:
        places = each.places(data)
        assert all(list(ends) == sorted(ends) for ends in places.values())
        assert max(map(len, places.values())) > 3


def test_each_line_calls_only_the_detectors_whose_pattern_it_matches() -> None:
    data = b"plain\nx <ada@lovelace.org>\nplain"
    found: Ends = defaultdict(list)
    for each in RE2._patterns:
        each.find(data, found)

    assert found.keys() == {i for i, pattern in BY_PATTERN if pattern.search(data)}
    assert 0 < len(found) < len(BY_PATTERN)


@pytest.mark.parametrize("rule", Rules.shipped().lines, ids=lambda rule: rule.id)
def test_patterns_are_found_behind_beginnings_of_what_they_match(
    rule: LineRule, prefilters: tuple[Prefilter, Prefilter]
) -> None:
    hyperscan, re2 = prefilters

    for text in map(fill, rule.finds):
        for begun in ("password", "token", *(text[:n] for n in range(1, len(text), 3))):
            data = f"{begun}{begun} {text}\n{begun}{text}\n{begun * 3}".encode()
            assert looked_at(hyperscan, data) == looked_at(re2, data)


def test_the_same_places_are_named_in_texts_of_near_misses(
    prefilters: tuple[Prefilter, Prefilter],
) -> None:
    """Releases of Hyperscan that are wrong fail here within a few hundred texts."""
    hyperscan, re2 = prefilters
    words = ("key", "token", "pass", "--", "-p", "session=", "auth", " is ", "a-", "mysql", "login")
    found = [fill(text) for rule in Rules.shipped().lines for text in rule.finds]
    halves = [half for text in found for half in (text[: len(text) // 2], text[len(text) // 2 :])]
    pieces = [piece.encode() for piece in (*PIECES, *words, *found, *halves)]
    draw = Random(8)

    for _ in range(20_000):
        data = b"".join(draw.choices(pieces, k=draw.randrange(1, 14)))
        assert looked_at(hyperscan, data) == looked_at(re2, data)


@pytest.mark.parametrize(
    ("release", "engine"),
    [
        ("0.7.9", "hyperscan"),
        ("0.7.21", "hyperscan"),
        ("0.7.23", "re2"),
        ("0.9.1", "re2"),
        ("unknown", "re2"),
    ],
)
def test_releases_of_hyperscan_that_miss_matches_are_not_used(release: str, engine: str) -> None:
    assert engine_for(release) == engine


@pytest.mark.parametrize("space", [chr(code) for code in (9, 11, 12, 13, 28, 31, 133, 160)])
def test_engines_agree_on_what_a_space_is(space: str, both: tuple[Redactor, Redactor]) -> None:
    hyperscan, re2 = both
    text = fill(f"curl -u me:{space}\x80 https://x.io\nDB_PASS={{alnum:12}}7{space}{{alnum:12}}")

    assert hyperscan.text(text) == re2.text(text)
