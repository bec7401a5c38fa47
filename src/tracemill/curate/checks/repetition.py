"""Checks of repetition: the same row, the same request, the same words but for a number."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracemill.base.text import counted
from tracemill.curate.checks.protocol import Checked, Objection, at_least, share
from tracemill.curate.checks.wording import answered, asked, without_numbers
from tracemill.records.datasets.audits import CheckResult, TrainingRow

_MIN_VARIANTS: Final = 3
"""Texts that differ by a number alone, from which on they are a template."""
_COUNTED: Final = re.compile(r"[^\d#]{1,40}\s#?\d+[.!?]?\s*\Z")
_LONGEST_COUNTED: Final = 4


def repeats(checked: Checked) -> Iterator[Objection]:
    """Yield rows that say exactly what an earlier row of the same split says."""
    first: dict[tuple[str | None, str, str], TrainingRow] = {}
    for row in checked.rows:
        original = first.setdefault((row.split, row.part, row.digest), row)
        if original is not row:
            yield row, f"the same as {original.file}:{original.line}"


def repeated_requests(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose user says what the user of an earlier row of the same split said."""
    first: dict[tuple[str | None, str, str], TrainingRow] = {}
    for row in checked.rows:
        original = first.setdefault((row.split, row.part, asked(row)), row)
        if original is not row:
            yield row, f"asks the same as {original.file}:{original.line}"


def counted_requests(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose request is a few words and a running number, such as `Task 227`.

    A number runs where other rows say the same words with others; `Change port to 8080` is a wish.
    """
    variants: defaultdict[str, dict[str, list[TrainingRow]]] = defaultdict(dict)
    for row in checked.rows:
        text = asked(row).strip()
        if len(text.split()) <= _LONGEST_COUNTED and _COUNTED.match(text):
            variants[without_numbers(text)].setdefault(text, []).append(row)
    for found in variants.values():
        if len(found) >= _MIN_VARIANTS:
            for row in (each for rows in found.values() for each in rows):
                yield row, f"a few words and one of {len(found)} running numbers"


def counted_answers(checked: Checked) -> Iterator[Objection]:
    """Yield rows whose answer without a call differs from others by its numbers alone."""
    variants: defaultdict[str, set[str]] = defaultdict(set)
    answers = [answered(row) for row in checked.rows]
    templates = list(map(without_numbers, answers))
    for answer, template in zip(answers, templates, strict=True):
        variants[template].add(answer)
    for row, template in zip(checked.rows, templates, strict=True):
        n_variants = len(variants[template])
        if n_variants >= _MIN_VARIANTS and not row.calls[-1]:
            yield row, f"one of {n_variants} answers that differ by numbers alone"


@dataclass(frozen=True)
class TemplateCollapse:
    """Asks that requests be more than a few templates filled with numbers."""

    threshold: float = 0.5
    """Lowest share of rows whose request is a template of its own."""
    name: str = "template_collapse"

    def run(self, checked: Checked) -> CheckResult:
        """Return how many different requests there are once numbers make no difference."""
        n_rows = len(checked.rows)
        templates: Counter[str] = Counter()
        for text, n_asking in Counter(map(asked, checked.rows)).items():
            templates[without_numbers(text)] += n_asking
        measured = share(len(templates), n_rows)
        most = max(templates.values(), default=0)
        return CheckResult(
            name=self.name,
            verdict=at_least(measured, self.threshold),
            measured=measured,
            threshold=self.threshold,
            n_rows=n_rows,
            says=(
                f"{n_rows:,} rows ask in {len(templates):,} ways once numbers make no "
                f"difference; the most frequent stands {counted(most, 'time')}"
            ),
            facts={"templates": len(templates), "most_repeated": most},
        )


@dataclass(frozen=True)
class Uniqueness:
    """Says how much of a dataset is left once it is freed of repetition."""

    name: str = "unique_rows"

    def run(self, checked: Checked) -> CheckResult:
        """Return the numbers; it asks for nothing."""
        rows = checked.rows
        counts = Counter(row.digest for row in rows)
        most = max(counts.values(), default=0)
        return CheckResult(
            name=self.name,
            verdict="pass" if rows else "unknown",
            measured=share(len(counts), len(rows)),
            n_rows=len(rows),
            says=f"{len(counts):,} of {len(rows):,} rows are unique; the most frequent stands "
            f"{counted(most, 'time')}",
            facts={
                "unique": len(counts),
                "most_repeated": most,
                "requests": len(set(map(asked, rows))),
            },
        )


def with_request(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows in which a user says something."""
    return [row for row in checked.rows if asked(row)]
