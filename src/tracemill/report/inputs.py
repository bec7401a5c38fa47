"""What became of inputs, as people say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, str]] = {
    "archive": "archives opened",
    "consent_off": "ruled out",
    "duplicate_content": "copies",
    "grew_while_read": "grown meanwhile",
    "side_file": "telling of no work",
    "unrecognised": "of no known shape",
}


def fates_in_words(inputs: Mapping[str, int]) -> dict[str, int]:
    """Return counts of inputs by what became of them, in words in place of our names for it."""
    return {_WORDS.get(name, name.replace("_", " ")): n for name, n in inputs.items()}
