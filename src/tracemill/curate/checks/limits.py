"""Checks against what a recipe names: lengths, languages, licences, evaluation sets, a judge.

Where nothing is named there is nothing to ask for, and the verdict is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final, Protocol

import re2

from tracemill.base.registry import Registry
from tracemill.curate.checks.protocol import Checked, Objection
from tracemill.curate.checks.wording import asked, every_message, everything_said
from tracemill.records.datasets.audits import TrainingRow

_MIN_LETTERS: Final = 40
"""Letters from which a language can be told."""
_MIN_SURENESS: Final = 0.9
_FENCED: Final = re2.compile(r"(?s)```.*?(?:```|\z)|`[^`\n]*`|\S*[/_<>{}=\\]\S*|\b\d\S*")
"""What is no prose: code, paths, tags, numbers."""
_SPDX: Final = re2.compile(r"SPDX-License-Identifier:\s*\(?([A-Za-z0-9][A-Za-z0-9.+-]*)")


class ToxicityJudge(Protocol):
    """Says how hurtful texts are. Tracemill brings none: which words hurt is for a team to say."""

    def scores(self, texts: Sequence[str]) -> Sequence[float]:
        """Return for each text how hurtful it is, from 0 to 1."""
        ...


TOXICITY_JUDGES: Final = Registry[type[ToxicityJudge]](kind="toxicity judge", builtin={})
"""Judges by name, from the entry points `tracemill.toxicity judges` of whatever is installed."""
_HURTFUL: Final = 0.5


def too_long(checked: Checked) -> Iterator[Objection]:
    """Yield rows that are longer than a recipe allows."""
    for row in with_limit(checked):
        n_chars = length_of(row)
        if n_chars > (checked.limits.max_chars or 0):
            yield row, f"{n_chars:,} characters"


def with_limit(checked: Checked) -> Sequence[TrainingRow]:
    """Look at all rows, where a length is asked for."""
    return () if checked.limits.max_chars is None else checked.rows


def length_of(row: TrainingRow) -> int:
    """Return how long a row is: what is said, thought and called."""
    calls = (str(call.arguments) for made in row.calls for call in made)
    said = (len(message.content) + len(message.reasoning or "") for message in row.messages)
    return sum(said) + sum(map(len, calls))


def other_languages(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose people speak another language than a recipe names."""
    for row in telling_languages(checked):
        found = language_of(asked(row))
        if found is not None and found not in checked.limits.languages:
            yield row, f"speaks {found!r}"


def telling_languages(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows of which the language can be told, where one is asked for."""
    if not checked.limits.languages or _identifier() is None:
        return ()
    return [row for row in checked.rows if language_of(asked(row)) is not None]


def language_of(text: str) -> str | None:
    """Return the language of a text as ISO 639 names it; None where nobody can tell."""
    identifier = _identifier()
    prose = " ".join(_FENCED.sub(" ", text).split())
    if identifier is None or sum(map(str.isalpha, prose)) < _MIN_LETTERS:
        return None
    name, sureness = identifier.classify(prose)
    return str(name) if sureness >= _MIN_SURENESS else None


@cache
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ModuleNotFoundError:
        return None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def unlisted_licences(checked: Checked) -> Iterator[Objection]:
    """Yield rows that quote code under a licence that a recipe does not name."""
    for row in with_policy(checked):
        for message in every_message(row):
            for name in _SPDX.findall(message.content):
                if not any(fnmatchcase(name, each) for each in checked.limits.licences):
                    yield row, f"quotes code under {name}"
                    break
            else:
                continue
            break


def with_policy(checked: Checked) -> Sequence[TrainingRow]:
    """Look at all rows, where licences are named."""
    return checked.rows if checked.limits.licences else ()


def toxic_text(checked: Checked) -> Iterator[Objection]:
    """Yield rows that the judge named in a recipe finds hurtful."""
    rows = with_judge(checked)
    if not rows or checked.limits.toxicity_judge is None:
        return
    judge = TOXICITY_JUDGES.load(checked.limits.toxicity_judge)()
    texts = ["\n".join(message.content for message in every_message(row)) for row in rows]
    for row, score in zip(rows, judge.scores(texts), strict=True):
        if score >= _HURTFUL:
            yield row, f"hurtful by {score:.2f}"


def with_judge(checked: Checked) -> Sequence[TrainingRow]:
    """Look at all rows, where a judge is named."""
    return checked.rows if checked.limits.toxicity_judge else ()


def contaminated(checked: Checked) -> Iterator[Objection]:
    """Yield rows that share thirteen words in a row with what models are judged on."""
    if checked.evaluated is None:
        return
    for row in checked.rows:
        if (n_shared := checked.evaluated.n_shared(everything_said(row))) > 0:
            yield row, f"shares {n_shared:,} runs of thirteen words with an evaluation set"


def with_evaluation(checked: Checked) -> Sequence[TrainingRow]:
    """Look at all rows, where evaluation sets are named and can be compared."""
    return checked.rows if checked.evaluated is not None else ()
