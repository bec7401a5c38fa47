"""Compiled patterns spare time and change nothing else, whatever bytes are handed in."""

from __future__ import annotations

import pytest

from tracemill.redact import Redactor

pytest.importorskip("hyperscan")

KEY = bytes(32)
HOME = "/data/people/mara.quist"
TEXT = f"log in {HOME}/notes as mara@quist-works.net with AKIA{'IOSFODNN7EXAMPLE'}\n"


def redactor(*compiled: bytes, home: str = HOME) -> Redactor:
    return Redactor(KEY, engine="hyperscan", home=home, compiled=compiled)


FRESH = redactor()


def kept() -> bytes:
    assert FRESH.compiled is not None
    return FRESH.compiled


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_what_was_compiled_is_taken_as_it_is_and_finds_the_same() -> None:
    again = redactor(kept())

    assert again.compiled is kept()
    assert again.text(TEXT) == FRESH.text(TEXT) != TEXT


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no patterns",
        kept()[:100],
        kept()[:-1],
        kept() + b"\0",
        flipped(kept(), 0),
        flipped(kept(), 40),
        flipped(kept(), len(kept()) // 2),
    ],
    ids=["empty", "foreign", "beginning", "cut", "longer", "digest", "header", "middle"],
)
def test_damaged_bytes_are_compiled_anew(damaged: bytes) -> None:
    again = redactor(damaged)

    assert again.compiled not in {None, damaged}
    assert again.text(TEXT) == FRESH.text(TEXT)


def test_what_is_kept_names_nobody_and_serves_every_home() -> None:
    other = redactor(kept(), home="/data/people/tomas.brandt")

    assert other.compiled is kept()
    assert other.text("cd /data/people/tomas.brandt/x") != "cd /data/people/tomas.brandt/x"
    assert redactor(home="/srv").compiled == kept()


def test_re2_has_nothing_to_keep() -> None:
    assert Redactor(KEY, engine="re2", compiled=[kept()]).compiled is None
