"""Phrasings for synthetic work: templates with alternatives, so that few texts repeat.

`[a|b|]` stands for one of its parts, `{name}` for a value. A person's voice then decides how it
comes out: bare, plain, or with a word of why. What is left once names and numbers are taken out is
the template of a request; a run makes no two of one template where it can help it.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from tracemill.base.ids import digest

_CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
_NUMBER: Final = re.compile(r"\d+")
_NAMED: Final = re.compile(r"[/`_]|\.\w")
_SPACES: Final = re.compile(r"[ \t]+")
_VOICES: Final[Sequence[str]] = ("bare", "plain", "plain", "why", "polite")
_REPLIES: Final[Sequence[str]] = ("bare", "short")


@cache
def phrases() -> Mapping[str, Any]:
    """Return all phrases, by what they are for."""
    text = (files("tracemill.synth") / "phrasing.toml").read_text("utf-8")
    return tomllib.loads(text)


def expand(text: str, drawn: random.Random, values: Mapping[str, Any]) -> str:
    """Return one way to say a text."""
    while found := _CHOICE.search(text):
        chosen = drawn.choice(found[1].split("|"))
        text = text[: found.start()] + chosen + text[found.end() :]
    said = _SPACES.sub(" ", text).replace(" ,", ",").replace(" .", ".").replace(" ?", "?").strip()
    return said.format(**values) if values else said


def say(name: str, drawn: random.Random, /, **values: Any) -> str:
    """Return one way to say what an agent says, as a sentence."""
    return _sentence(expand(drawn.choice(phrases()["says"][name]), drawn, values))


def ask(name: str) -> Sequence[str]:
    """Return the ways in which something is asked for."""
    written: Sequence[str] = phrases()["asks"][name]
    return written


def in_voice(
    text: str, drawn: random.Random, values: Mapping[str, Any], *, is_reply: bool = False
) -> str:
    """Return a request as somebody would say it; a reply says no more than it has to."""
    core = expand(text, drawn, values)
    shared = phrases()["voices"]
    match drawn.choice(_REPLIES if is_reply else _VOICES):
        case "bare":
            return _lowered(core).rstrip(".")
        case "short":
            return _sentence(core)
        case "plain":
            closing = expand(drawn.choice(shared["closings"]), drawn, {})
            return f"{_sentence(core)} {closing}".strip()
        case "why":
            reason = expand(drawn.choice(shared["reasons"]), drawn, {})
            return f"{_sentence(reason)} {_sentence(core)}"
        case _:
            opening = expand(drawn.choice(shared["openings"]), drawn, {})
            return f"{opening} {_lowered(_sentence(core))}"


def _sentence(text: str) -> str:
    first = text.split(maxsplit=1)[0] if text else ""
    begun = text if _is_name(first) else text[:1].upper() + text[1:]
    return begun if not begun or begun.endswith((".", "?", "!", ":")) else begun + "."


def _lowered(text: str) -> str:
    first = text.split(maxsplit=1)[0]
    keeps = _is_name(first) or first in ("I", "I'd", "I'm", "Kim", "HEAD")
    return text if keeps else text[:1].lower() + text[1:]


def _is_name(word: str) -> bool:
    """Tell whether a word is written as it is, wherever it stands."""
    return bool(_NAMED.search(word))


def template_of(request: str, names: Iterable[str]) -> str:
    """Return a digest of a request without names and numbers."""
    text = request
    for name in sorted({each for each in names if each}, key=len, reverse=True):
        text = text.replace(name, "_")
    return digest(_NUMBER.sub("0", " ".join(text.lower().split())))
