"""What was found is told by where it stood in the text that came in, whatever became of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redact.conftest import KEY
from tests.redact.strategies import texts
from tests.redact.templates import fill
from tracemill.records.refs import Record
from tracemill.redact import Found, Located, Redactor, Seen
from tracemill.redact.located import Tracer
from tracemill.redact.protocol import Match, Rule
from tracemill.redact.scanning.joined import Changes

RE2 = Redactor(KEY, engine="re2")
TOKEN = fill("ghp_{alnum:36}")
RULE = Rule("rule", "secret", 1)


def put_back(text: str, located: Located) -> str:
    """Return the redacted text with what stood there before in place of each stand-in."""
    pieces, done = [], 0
    for found in located.found:
        pieces += [located.text[done : found.stand], text[found.start : found.end]]
        done = found.stand_end
    return "".join([*pieces, located.text[done:]])


@given(texts)
def test_what_was_found_put_back_gives_the_text_that_came_in(text: str) -> None:
    [located] = RE2.locate([text])

    assert located.text == RE2.text(text)
    assert put_back(text, located) == text


@given(texts)
def test_places_are_in_order_and_apart(text: str) -> None:
    [located] = RE2.locate([text])

    ends = [0, *(found.end for found in located.found)]
    assert all(
        end <= found.start <= found.end for end, found in zip(ends, located.found, strict=False)
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("nothing here", [], id="nothing"),
        pytest.param(f"密🙂 {TOKEN} é", [TOKEN], id="characters and not bytes"),
        pytest.param("/home/ada/x /home/ada/y", ["ada", "ada"], id="every home folder"),
        pytest.param(f"{TOKEN}\n{TOKEN}", [TOKEN, TOKEN], id="twice"),
    ],
)
def test_places_hold_what_was_found(text: str, found: list[str], redactor: Redactor) -> None:
    [located] = redactor.locate([text])

    assert [text[each.start : each.end] for each in located.found] == found


def changes(*spans: tuple[int, int, str]) -> Changes:
    return Changes(
        [(start, end) for start, end, _ in spans],
        [Match(start, end, RULE, stand_in) for start, end, stand_in in spans],
    )


@pytest.mark.parametrize(
    ("passes", "places"),
    [
        pytest.param([[(2, 4, "ABCDEF")]], [(2, 4, 2, 8)], id="one pass"),
        pytest.param(
            [[(2, 4, "ABCDEF")], [(9, 10, "Z")]], [(2, 4, 2, 8), (5, 6, 9, 10)], id="behind"
        ),
        pytest.param([[(5, 6, "ABC")], [(0, 2, "ZZZ")]], [(0, 2, 0, 3), (5, 6, 6, 9)], id="before"),
        pytest.param([[(2, 4, "ABCDEF")], [(1, 9, "Z")]], [(1, 5, 1, 2)], id="around"),
        pytest.param([[(2, 4, "ABCDEF")], [(3, 5, "Z")]], [(2, 4, 2, 7)], id="within"),
        pytest.param([[(2, 4, "ABCDEF")], [(6, 9, "Z")]], [(2, 5, 2, 7)], id="over its end"),
        pytest.param(
            [[(2, 4, "ABCDEF")], [(1, 3, "Y"), (6, 9, "Z")]], [(1, 5, 1, 6)], id="over both ends"
        ),
    ],
)
def test_places_are_led_back_through_passes(
    passes: list[list[tuple[int, int, str]]], places: list[tuple[int, int, int, int]]
) -> None:
    tracer = Tracer()
    for each in passes:
        tracer.note(0, changes(*each))

    assert tracer.found(0) == [Found(*place, RULE) for place in places]


class Row(Record, frozen=True, kw_only=True):
    """Something whose every text is foreign."""

    value: Any


def looked_at(redactor: Redactor, rows: list[Row]) -> list[Seen]:
    """Return what is seen in rows of which each is looked at by itself, by who knows nothing."""
    seen: list[Seen] = []
    for number, row in enumerate(rows):
        alone = redactor.knowing([])
        seen += [one._replace(record=number) for one in alone.look([row])]
    return seen


LONG = "word " * 200
CELLS = st.sampled_from(
    ["plain", TOKEN, f"{LONG}{TOKEN}", LONG, f"/home/ada/{LONG}", "/home/ada/x", ""]
)
ROWS = st.lists(
    st.builds(
        lambda texts, key: Row(value={"texts": texts, "password": key, "n": 1}),
        st.lists(st.one_of(CELLS, texts), max_size=4),
        st.sampled_from(["", "hunter2-Zq81", "plain"]),
    ),
    max_size=5,
)


@given(ROWS)
def test_what_is_seen_in_rows_does_not_depend_on_what_was_looked_at_before(rows: list[Row]) -> None:
    alone = looked_at(RE2, rows)
    redactor = RE2.knowing([])

    assert redactor.look(rows) == alone
    assert redactor.look(rows) == alone


def test_what_has_become_known_is_seen_in_what_was_clean_before() -> None:
    rows = [Row(value=f"{LONG} zebra-Zq81-crossing"), Row(value="say zebra-Zq81-crossing")]
    redactor = RE2.knowing([])
    assert redactor.look(rows) == []

    redactor.know([b"zebra-Zq81-crossing"])

    assert [one.record for one in redactor.look(rows)] == [0, 1]
