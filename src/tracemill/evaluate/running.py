"""Running a suite on a subject, case by case, and summing up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from statistics import fmean
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.ids import make_id
from tracemill.evaluate import EVALUATE_VERSION
from tracemill.evaluate.scorers import score
from tracemill.llm import AskSettings, Subject, SubjectError, UnreachableError
from tracemill.llm.judging import AskJudge
from tracemill.records.canonical import canonical_json
from tracemill.records.models.evaluations import Case, CaseResult, Evaluation, SliceScore, Suite
from tracemill.stats import wilson

_TOLD: Final = ("tool:", "answer")
"""How the parts begin that say what was wanted."""
_PATIENCE: Final = 5
"""Cases in a row that nobody answers, after which nobody is thought to be there."""
ALL: Final = "all"
"""The part that holds every case."""


def freeze(
    name: str,
    origin: str,
    cases: Sequence[Case],
    drops: Mapping[str, int],
    checked_against: Sequence[str] = (),
) -> Suite:
    """Return the suite that these cases are; in whatever order, they are the same suite."""
    return Suite(
        id=make_id("suite", *sorted(case.id for case in cases)),
        name=name,
        origin=origin,
        version=EVALUATE_VERSION,
        n_cases=len(cases),
        n_groups=len({case.group for case in cases}),
        checks=dict(sorted(Counter(check for case in cases for check in case.checks).items())),
        slices=dict(sorted(Counter(part for case in cases for part in case.slices).items())),
        drops=dict(sorted(drops.items())),
        checked_against=tuple(sorted(checked_against)),
    )


def ask_all(
    subject: Subject,
    cases: Iterable[Case],
    settings: AskSettings,
    judge: AskJudge | None = None,
) -> Iterator[CaseResult]:
    """Yield what a subject does on each case; where it cannot be asked, that is said.

    A judge, where there is one, answers the questions of cases that have any.

    Raises:
        UnreachableError: nobody was there for several cases in a row.
    """
    n_gone = 0
    for case in cases:
        try:
            answer = subject.answer(case.messages, case.tools, settings)
        except UnreachableError as error:
            n_gone += 1
            if n_gone == _PATIENCE:
                said = f"{error}; {n_gone} cases in a row got no answer, and the rest is not asked"
                raise UnreachableError(f"{said}; the same command goes on from here") from error
            yield score(case, None)
        except SubjectError:
            yield score(case, None)
        else:
            n_gone = 0
            yield score(case, answer, judge)


def parts_of(result: CaseResult) -> Iterator[tuple[str, bool]]:
    """Yield the parts of the suite that a result counts in, and whether it passed there."""
    yield ALL, result.passed
    yield from ((f"check:{check}", fault is None) for check, fault in result.faults.items())
    yield from ((part, result.passed) for part in result.slices)


class Asked(NamedTuple):
    """Who gave the results, and how."""

    subject: str
    """What the model is called."""
    format: str | None = None
    """Fingerprint of the template that it was spoken to in."""
    settings: AskSettings | None = None
    """How answers were drawn."""
    origin: str | None = None
    """The file of another harness that they were read from."""
    weights_sha256: str | None = None
    """Hash of the bytes of what was asked; None where nobody here has them."""
    judge: str | None = None
    """What judged answers in words; None where nothing did."""


def sum_up(suite: Suite, asked: Asked, results: Sequence[CaseResult], at: datetime) -> Evaluation:
    """Return what all results come to."""
    passed: defaultdict[str, list[bool]] = defaultdict(list)
    for result in results:
        for part, is_passed in parts_of(result):
            passed[part].append(is_passed)
    faults = Counter(f for result in results for f in result.faults.values() if f is not None)
    told = [canonical_json(result) for result in results]
    covered = [result.covered for result in results if result.covered is not None]
    return Evaluation(
        id=make_id("evaluation", suite.id, *_identity(asked), *sorted(told)),
        suite_id=suite.id,
        suite=suite.name,
        subject=asked.subject,
        format=asked.format,
        weights_sha256=asked.weights_sha256,
        at=at,
        settings=_settings(asked),
        slices=tuple(_slice(part, passed[part]) for part in sorted(passed, key=_rank)),
        faults=dict(sorted(faults.items())),
        confusions=dict(Counter(filter(None, map(_confusion, results))).most_common()),
        covered=round(fmean(covered), 4) if covered else None,
        n_unanswered=sum("no_reply" in result.faults.values() for result in results),
        origin=asked.origin,
    )


def _settings(asked: Asked) -> dict[str, Any]:
    told = msgspec.to_builtins(asked.settings) if asked.settings else {}
    return {**told, "judge": asked.judge} if asked.judge else told


def _identity(asked: Asked) -> Iterator[str]:
    yield asked.subject
    yield asked.format or ""
    if asked.weights_sha256 is not None:
        yield asked.weights_sha256
    if asked.judge is not None:
        yield asked.judge


def _confusion(result: CaseResult) -> str | None:
    """Return what was wanted and what was done, by the first call, or None: it is the same."""
    wanted = next(
        (part.removeprefix("tool:") for part in result.slices if part.startswith(_TOLD)), None
    )
    if wanted is None or result.message is None:
        return None
    calls = result.message.tool_calls
    done = calls[0]["function"]["name"] if calls else "answer"
    return None if done == wanted else f"{wanted} -> {done}"


def _rank(part: str) -> tuple[bool, bool, str]:
    """Order parts: all, then checks, then the suite's own."""
    return part != ALL, not part.startswith("check:"), part


def _slice(name: str, passed: Sequence[bool]) -> SliceScore:
    low, high = wilson(sum(passed), len(passed))
    return SliceScore(name=name, n=len(passed), passed=sum(passed), low=low, high=high)
