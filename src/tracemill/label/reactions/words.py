"""The words of a request, each of which speaks a little for one reading or another.

Phrases say what a person means by an idiom; words say what a turn is about, such as `error` or
`button`. Chinese and Japanese put no blank between words, so there signs and pairs of them count.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
QUOTED: Final = re.compile(r"\"[^\"]{0,400}\"|`[^`\n]*`")
"""What a person quotes: neither a question nor a word in it is theirs."""
_SIGNS: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")


def words_in(heard: str) -> frozenset[str]:
    """Return the words of what is heard, in small letters, but for those that are quoted."""
    text = QUOTED.sub(" ", heard).lower()
    words = set(_WORD.findall(text))
    if not text.isascii():
        for run in _SIGNS.findall(text):
            words.update(run, map("".join, pairwise(run)))
    return frozenset(words)
