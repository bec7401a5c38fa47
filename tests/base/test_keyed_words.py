"""Names are found and masked by keyed hashes alone, in every spelling, without moving a byte."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.keyed_words import KeyedWords, name_code

KEY = b"k" * 32
NAMES = ("Ada Lovelace", "ada.l@example.com", "nina", "André Ångström")
WORDS = KeyedWords(KEY, [name_code(KEY, name) for name in NAMES])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("by Ada Lovelace.", "by xxx xxxxxxxx.", id="prose"),
        pytest.param("<ADA.L@Example.com>", "<xxx.x@xxxxxxx.xxx>", id="other case"),
        pytest.param("?to=ada.l%40example.com", "?to=xxx.x%40xxxxxxx.xxx", id="percent signs"),
        pytest.param("/home/nina/app", "/home/xxxx/app", id="path"),
        pytest.param("-home-nina-app", "-home-xxxx-app", id="slug"),
        pytest.param("ada_lovelace", "xxx_xxxxxxxx", id="identifier"),
        pytest.param(r'"see\nAda\nLovelace"', r'"see\nxxx\nxxxxxxxx"', id="line breaks in JSON"),
        pytest.param(r'"C:\\Users\\nina"', r'"C:\\Users\\xxxx"', id="Windows path in JSON"),
        pytest.param(r"\u001b[31mnina", r"\u001b[31mxxxx", id="colour"),
        pytest.param("André Ångström", "xxxxxx xxxxxxxxxx", id="accents"),
        pytest.param("Andre\u0301 Angstrom", "xxxxxxx xxxxxxxx", id="accents of their own"),
        pytest.param(r"Andr\u00e9 \u00c5ngstrom", "xxxxxxxxxx xxxxxxxxxxxxx", id="escapes"),
        pytest.param("ninax xnina ada Lovelac", "ninax xnina ada Lovelac", id="other words"),
        pytest.param("Ada, who knew Lovelace", "Ada, who knew Lovelace", id="words apart"),
    ],
)
def test_a_name_is_masked_however_it_is_spelled(text: str, masked: str) -> None:
    assert WORDS.masked(text.encode()).decode() == masked


def test_a_name_in_base64_is_masked_there() -> None:
    hidden = b64encode(b"a row of bytes that names nina, and more of them")

    assert WORDS.masked(hidden) == b64encode(b"a row of bytes that names xxxx, and more of them")


def test_nothing_tells_the_names_without_the_key() -> None:
    other = KeyedWords(b"o" * 32, [name_code(KEY, name) for name in NAMES])

    assert other.masked(b"Ada Lovelace, nina") == b"Ada Lovelace, nina"


PARTS = st.sampled_from(
    [
        *(b"Ada Lovelace", b"ada.l@example.com", b"nina", b"ada", b"Lovelace", b" ", b"-", b"\\n"),
        *(b"\\", b"%20", b"\\u00e9", "Ångström".encode(), b"\n", b"word", b"x" * 5_000, b"/" * 90),
    ]
)


@given(st.lists(PARTS, max_size=40).map(b"".join), st.integers(1, 5_000))
def test_how_a_stream_is_cut_into_blocks_does_not_matter(data: bytes, size: int) -> None:
    blocks = [data[at : at + size] for at in range(0, len(data), size)]

    assert b"".join(WORDS.passing(blocks)) == WORDS.masked(data)


@given(st.lists(PARTS, max_size=40).map(b"".join))
def test_masking_moves_nothing_and_leaves_nothing_to_mask(data: bytes) -> None:
    masked = WORDS.masked(data)

    assert len(masked) == len(data)
    assert WORDS.masked(masked) == masked


@given(st.recursive(st.text() | PARTS.map(lambda b: b.decode()), st.lists))
def test_json_stays_json_of_its_shape(value: object) -> None:
    for is_ascii in (True, False):
        text = json.dumps(value, ensure_ascii=is_ascii)
        masked = json.loads(WORDS.masked(text.encode("utf-8", "surrogatepass")))

        assert _shape(masked) == _shape(value)


def _shape(value: object) -> object:
    return [_shape(one) for one in value] if isinstance(value, list) else type(value)
