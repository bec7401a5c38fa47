"""What people say of an agent's work: phrases as data, one table for each language.

A table lies in `lexicons/` and is read by its being there; its comments say how phrases are
written. Every phrase comes with texts that it must and must not be heard in, and a test tries them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final, Literal

import msgspec
import rtoml

from tracemill.records.refs import Ratio, Record
from tracemill.records.sessions.reactions import ReactionKind

_NEVER: Final = r"(?!)"
_CLASS: Final = r"\[[^\]]+\]"
_LOOKING_AROUND: Final = re.compile(
    rf"\(\?<?[=!](?:[^()\[\\]|\\.|{_CLASS}|\((?:[^()\[\\]|\\.|{_CLASS})*\))*\)"
)
_PIECE: Final = re.compile(rf"\\.|{_CLASS}|\$|[^\x00-\x7f]")
_FOREIGN: Final = r"\x{80}-\x{10ffff}"
"""What of Unicode may be a letter or a digit: RE2 knows those of ASCII."""
_FOREIGN_LETTER: Final = re.compile(r"[^\W\x00-\x7f]")
_FOREIGN_SIGN: Final = re.compile(r"[^\x00-\x7f]")


Whose = Literal["person", "agent", "thought", "report"]
"""Whose words a phrase is: a person's, or what the agent says first, thinks, or says last."""


class Phrase(Record, frozen=True, kw_only=True):
    """Words that tell what a person thinks of the work: by themselves, or among other cues."""

    name: str
    """Name, unique within a language."""
    kind: ReactionKind | None = None
    """What they say, where they say it by themselves."""
    confidence: Ratio = 0
    """How sure that is."""
    cue: str | None = None
    """Cue that they are, where `weights.toml` says what it speaks for."""
    pattern: str
    """The words, as an expression of `re`."""
    unless: str = _NEVER
    """Words beside which they say nothing."""
    whose: Whose = "person"
    """Who says them."""
    where: Literal["opening", "any"] = "any"
    """Which part of the text is looked at."""
    longest: int | None = None
    """Characters from which a text is too long for them to be what it says."""
    accept: tuple[str, ...] = ()
    """Texts in which they must be heard."""
    reject: tuple[str, ...] = ()
    """Texts in which they must not be."""


class Language(Record, frozen=True, kw_only=True):
    """The phrases of one language."""

    contrast: str = _NEVER
    """How a sentence begins that takes back the one before it."""
    unsaid: tuple[str, ...] = ()
    """Words of four letters and more that say nothing of what a text is about."""
    phrase: tuple[Phrase, ...]
    """The phrases; of one kind or cue, the first that is heard counts."""


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of a table as people type: in any case, with any white space.

    An apostrophe may be missing. Most patterns of the tables fit nothing that a run reads, so each
    is compiled where it may.
    """
    return re.compile(_as_typed(pattern).replace(" ", r"\s"), re.IGNORECASE)


def _as_typed(pattern: str) -> str:
    return pattern.replace("'", "'?")


def loosened(pattern: str) -> str:
    """Return an expression for RE2 that fits wherever a pattern of a table fits, and elsewhere.

    Its text has one kind of space. What looks around, and where words and texts end, falls away.
    """
    return _PIECE.sub(_loosened_piece, _without_looking_around(pattern))


def plain_loosened(pattern: str) -> str:
    """Return the same for a `plain_text` in Latin-1, which takes RE2 a third of the states.

    A foreign letter of the pattern fits nothing. Where words end is kept: RE2 knows ASCII's.
    """
    return _PIECE.sub(_plain_piece, _without_looking_around(pattern))


def has_foreign_letters(text: str) -> bool:
    """Tell whether a text, or a pattern of a table, has letters or digits outside of ASCII."""
    return not text.isascii() and _FOREIGN_LETTER.search(text) is not None


def plain_text(text: str) -> str:
    """Return a text whose foreign letters, digits and other signs are one of each kind."""
    return text if text.isascii() else _FOREIGN_SIGN.sub(_plain_sign, text)


def _plain_sign(found: re.Match[str]) -> str:
    sign = found[0]
    return "0" if sign.isdecimal() else "_" if sign.isalnum() else "\x80"


def _without_looking_around(pattern: str) -> str:
    pattern = _as_typed(pattern)
    while (without := _LOOKING_AROUND.sub("", pattern)) != pattern:
        pattern = without
    return pattern


def _loosened_piece(found: re.Match[str]) -> str:
    piece = found[0]
    if piece in {r"\b", "$"}:
        return ""
    if piece in {r"\w", r"\d"}:
        return f"[{piece}{_FOREIGN}]"
    # before the rest: a hyphen that ends a class would else begin a range
    return f"[{_FOREIGN}{piece[1:]}" if piece.startswith("[") and piece[1] != "^" else piece


def _plain_piece(found: re.Match[str]) -> str:
    piece = found[0]
    if piece == "$":
        return ""
    if piece.startswith("[^") and not (piece.isascii() and "_" not in piece):
        return r"[\s\S]"
    if piece.isascii():
        return piece
    if len(piece) == 1:
        return r"\xff" if piece.isalnum() else r"\x80"
    return r"[\x80-\xff" + _FOREIGN_SIGN.sub(r"\\xff", piece[1:])


@cache
def languages() -> dict[str, Language]:
    """Return the languages by their codes.

    Raises:
        msgspec.ValidationError: a table has another shape than `Language`.
    """
    return dict(_read())


def _read() -> Iterator[tuple[str, Language]]:
    folder = resources.files("tracemill.label.reactions") / "lexicons"
    for file in sorted(folder.iterdir(), key=lambda found: found.name):
        if file.name.endswith(".toml"):
            table = rtoml.loads(file.read_text("utf-8"))
            yield file.name.removesuffix(".toml"), msgspec.convert(table, Language)
