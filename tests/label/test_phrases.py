"""Phrases are looked for in few passes, which miss none that fits."""

from collections.abc import Iterator
from itertools import cycle

import pytest

from tracemill.label.reactions.lexicon import expression, languages
from tracemill.label.reactions.phrases import candidates

FOREIGN = cycle(
    ["é", "中文", "\u017f", "\u212a", "٣", "→", "\u2014", "。", "Ⓐ", "\u3000", "\u200b", "İ"]
)


def texts(code: str) -> Iterator[str]:
    for phrase in languages()[code].phrase:
        for text in phrase.accept:
            yield text
            middle = len(text) // 2
            yield f"{text[:middle]}{next(FOREIGN)}{text[middle:]}"
            yield text.replace("s", "\u017f", 1).replace(" ", f" {next(FOREIGN)} ", 1)


@pytest.mark.parametrize("code", languages())
def test_what_fits_a_text_is_a_candidate_whatever_foreign_signs_stand_in_it(code: str) -> None:
    phrases = [phrase for language in languages().values() for phrase in language.phrase]
    patterns = [expression(phrase.pattern) for phrase in phrases if phrase.whose == "person"]

    for text in texts(code):
        fitting = {number for number, pattern in enumerate(patterns) if pattern.search(text)}

        assert fitting <= candidates(text, "person"), text
