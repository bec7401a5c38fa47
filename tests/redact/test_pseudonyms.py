"""Pseudonyms are the same everywhere under a key, differ for all people, and tell nothing."""

import hashlib
import hmac
from base64 import b32encode
from itertools import product

import pytest

from tracemill.redact import Redactor
from tracemill.redact.pseudonyms import Pseudonyms, holds_stand_in

KEY = bytes(range(32))
MILLION = 10**6
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "ka",
    "ke",
    "ki",
    "ko",
    "ku",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
]


@pytest.mark.parametrize(
    ("made", "pseudonym"),
    [
        pytest.param(Pseudonyms.user, "dev-me4qd54jrq", id="user"),
        pytest.param(Pseudonyms.person, "dev-pyq7dsiyrf", id="person"),
        pytest.param(Pseudonyms.host, "host-wt4qgopuvf", id="host"),
    ],
)
def test_a_key_gives_the_same_pseudonyms_on_every_machine(made: object, pseudonym: str) -> None:
    assert callable(made)
    assert made(Pseudonyms(KEY), b"ada") == pseudonym


def test_every_pseudonym_of_a_name_is_told_from_words() -> None:
    pseudonyms = Pseudonyms(KEY)
    names = [b"%d.name" % number for number in range(3_000)]

    assert all(holds_stand_in(pseudonyms.user(name).encode()) for name in names)
    assert all(holds_stand_in(pseudonyms.host(name).encode()) for name in names)


def test_no_two_of_a_million_names_share_a_pseudonym() -> None:
    pseudonyms = Pseudonyms(KEY)
    names = (b"%d.name" % number for number in range(MILLION))

    assert len({pseudonyms.user(name) for name in names}) == MILLION


def test_a_dictionary_without_the_key_finds_nobody() -> None:
    """Every name of three syllables, under every hash that needs no key, against those in use."""
    names = ["".join(parts) for parts in product(SYLLABLES, repeat=3)]
    redactor = Redactor(hashlib.sha256(b"a key that nobody has").digest())
    used = {redactor.text(f"/home/{name}/x").split("/")[2] for name in names[::100]}
    assert all(one.startswith("dev-") for one in used)

    guesses = {f"dev-{_letters(code)}" for name in names for code in _unkeyed(name.encode())}

    assert used & guesses == set()


def _unkeyed(name: bytes) -> list[bytes]:
    said = [name, b"user\0" + name, b"mailbox\0" + name]
    plain = [hashlib.new(kind, one).digest() for kind in ("sha256", "md5", "sha1") for one in said]
    keys = (b"", bytes(32), name)
    return [*plain, *(hmac.digest(key, one, "sha256") for key in keys for one in said)]


def _letters(code: bytes) -> str:
    return b32encode(code[:10])[:10].lower().decode()


def test_older_shorter_pseudonyms_stay_as_they_are() -> None:
    text = "/home/dev-abcdef/x -home-dev-abcdef-x user-abcdef@example.org"

    assert Redactor(KEY).text(text) == text
