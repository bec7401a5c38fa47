"""Skins: the bundled project in other words, so that the work is learned and not its names.

A skin changes words and nothing else, in code, paths, tests and in what is said, and it can be
taken off again: no word of it stands anywhere before. So whoever plays a scene speaks the words of
the project as it is written, and what is kept is in the words of the skin.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Skin:
    """Other words for some of the project's."""

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        self.name = name
        self.words = words
        self._back = {other: word for word, other in words.items()}

    def on(self, value: Any) -> Any:
        """Return a text, or whatever holds texts, in the words of the skin."""
        return _changed(value, self.words)

    def off(self, text: str) -> str:
        """Return a text in the words of the project as it is written."""
        return str(_changed(text, self._back))


def _changed(value: Any, words: Mapping[str, str]) -> Any:
    if not words:
        return value
    if isinstance(value, str):
        return _WORD.sub(lambda found: _in_case(found[0], words), value)
    if isinstance(value, Mapping):
        return {key: _changed(each, words) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_changed(each, words) for each in value]
    return value


def _in_case(word: str, words: Mapping[str, str]) -> str:
    other = words.get(word.lower())
    if other is None:
        return word
    if word.islower():
        return other
    return other.upper() if word.isupper() and len(word) > 1 else other.capitalize()


PLAIN: Final = Skin("larder", {})
"""The project as it is written."""


@cache
def skins() -> tuple[Skin, ...]:
    """Return all skins; the first one changes nothing."""
    text = (files("tracemill.synth") / "skins.toml").read_text("utf-8")
    return tuple(Skin(name, words) for name, words in tomllib.loads(text).items())
