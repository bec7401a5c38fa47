"""Checks between splits and versions: what leaked, and whether the balance is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracemill.curate.checks.protocol import Checked, Objection, at_least, at_most, share
from tracemill.curate.checks.wording import asked, learns_to_call
from tracemill.records.datasets.audits import CheckResult, TrainingRow, Verdict
from tracemill.stats import shares_interval, wilson


def held_out(checked: Checked) -> Sequence[TrainingRow]:
    """Look at held-out rows, where there are rows to train on too."""
    rows = [row for row in checked.rows if row.split in ("validation", "test")]
    return rows if _trained_on(checked) else ()


def _trained_on(checked: Checked) -> list[TrainingRow]:
    return [row for row in checked.rows if row.split == "train"]


def leaked_rows(checked: Checked) -> Iterator[Objection]:
    """Yield held-out rows that are trained on."""
    yield from _leaked(checked, lambda row: row.digest, "trained on as")


def leaked_requests(checked: Checked) -> Iterator[Objection]:
    """Yield held-out rows whose users say what the users of a row to train on say."""
    yield from _leaked(checked, asked, "asks the same as")


def leaked_groups(checked: Checked) -> Iterator[Objection]:
    """Yield held-out rows that come from work of which a row is trained on."""
    known = {group: row for row in _trained_on(checked) for group in row.groups}
    for row in with_groups(checked):
        found = next((known[group] for group in row.groups if group in known), None)
        if found is not None:
            yield row, f"of the same work as {found.file}:{found.line}"


def with_groups(checked: Checked) -> Sequence[TrainingRow]:
    """Look at held-out rows that name their work."""
    return [row for row in held_out(checked) if row.groups]


def _leaked(checked: Checked, key: Callable[[TrainingRow], str], said: str) -> Iterator[Objection]:
    known = {key(row): row for row in _trained_on(checked)}
    for row in held_out(checked):
        if (original := known.get(key(row))) is not None:
            yield row, f"{said} {original.file}:{original.line}"


class _Judged(NamedTuple):
    verdict: Verdict
    beside: str
    """What is to be said beside the numbers."""


def _shown(verdict: Verdict, *, is_shown: bool) -> _Judged:
    """Return a verdict on shares of rows, which is unknown where chance alone may fail them."""
    if verdict == "fail" and not is_shown:
        return _Judged("unknown", "; too few rows to tell")
    return _Judged(verdict, "")


@dataclass(frozen=True)
class EvenSplits:
    """Asks that calls be as frequent among held-out rows as among those to train on.

    It fails where the 95 % interval of the difference says so.
    """

    threshold: float = 0.1
    """Highest difference of the two shares."""
    name: str = "even_splits"

    def run(self, checked: Checked) -> CheckResult:
        """Return how far the shares lie apart."""
        rows, trained = held_out(checked), _trained_on(checked)
        n_held, n_trained = sum(map(learns_to_call, rows)), sum(map(learns_to_call, trained))
        held_share, trained_share = share(n_held, len(rows)), share(n_trained, len(trained))
        measured = (
            None if held_share is None or trained_share is None else abs(held_share - trained_share)
        )
        apart = shares_interval((n_trained, n_held), (len(trained), len(rows)))
        is_shown = max(apart.low, -apart.high) > self.threshold
        verdict = _shown(at_most(measured, self.threshold), is_shown=is_shown)
        return CheckResult(
            name=self.name,
            verdict=verdict.verdict,
            measured=measured,
            threshold=self.threshold,
            n_rows=len(rows),
            says=(
                f"{n_held:,} of {len(rows):,} held-out rows call a tool, and {n_trained:,} of "
                f"{len(trained):,} to train on{verdict.beside}"
            ),
            facts={"held_out_with_calls": n_held, "trained_with_calls": n_trained},
        )


@dataclass(frozen=True)
class DirectAnswers:
    """Asks that a dataset of tool calls also show when no tool is called for.

    It fails where the 95 % interval of the share says so.
    """

    threshold: float = 0.25
    """Lowest share of rows that answer directly; about a third proved right in practice."""
    name: str = "direct_answers"

    def run(self, checked: Checked) -> CheckResult:
        """Return the share of rows in which no call is learned."""
        rows = checked.rows
        n_direct = sum(not learns_to_call(row) for row in rows)
        measured = share(n_direct, len(rows)) if n_direct < len(rows) else None
        is_shown = wilson(n_direct, len(rows)).high < self.threshold
        verdict = _shown(at_least(measured, self.threshold), is_shown=is_shown)
        return CheckResult(
            name=self.name,
            verdict=verdict.verdict,
            measured=measured,
            threshold=self.threshold,
            n_rows=len(rows),
            says=f"{n_direct:,} of {len(rows):,} rows answer without a call{verdict.beside}",
            facts={"direct": n_direct},
        )


@dataclass(frozen=True)
class Regression:
    """Asks that no property be worse than in the version before."""

    measures: Sequence[tuple[str, Callable[[Sequence[TrainingRow]], float | None], bool]]
    """Name, measure, and whether more of it is better."""
    threshold: float = 0.05
    """Largest step back."""
    name: str = "regression"

    def run(self, checked: Checked) -> CheckResult:
        """Return the largest step back of all measures."""
        steps: dict[str, float] = {}
        for name, measure, is_gain in self.measures:
            before, after = measure(checked.before), measure(checked.rows)
            if checked.before and before is not None and after is not None:
                steps[name] = (before - after) if is_gain else (after - before)
        worst = max(steps.values(), default=None)
        listed = ", ".join(f"{name} {step:+.1%}" for name, step in steps.items() if step > 0)
        return CheckResult(
            name=self.name,
            verdict=at_most(worst, self.threshold),
            measured=worst,
            threshold=self.threshold,
            n_rows=len(checked.rows),
            says=f"worse than before: {listed}"
            if listed
            else "nothing is worse than before"
            if steps
            else "no version before was given",
            facts=steps,
        )
