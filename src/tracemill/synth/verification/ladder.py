"""From what single checks say of rows to what each rung says, and where each row stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tracemill.records.datasets.audits import CheckResult, FailingRow, TrainingRow, Verdict
from tracemill.records.synth.verification import (
    RUNGS,
    Judgement,
    Rung,
    RungResult,
    Standing,
    VerifiedRow,
)

_MAX_SHOWN: Final = 20


class Judged(NamedTuple):
    """What a check says of a row that it has something to say of."""

    row: TrainingRow
    verdict: Verdict = "pass"
    detail: str = ""


Judge = Callable[[Sequence[TrainingRow]], Iterable[Judged]]
"""Yields each row that a check looks at, once."""


@dataclass(frozen=True)
class RowJudge:
    """A check of rows, on its rung."""

    rung: Rung
    name: str
    says: str
    """What a failing row does, as in `12 of 345 rows …`."""
    judge: Judge
    confirms: bool = True
    """Whether a row that it does not object to has passed; else nothing is known of it yet."""


class Climbed(NamedTuple):
    """The ladder over rows."""

    rows: list[VerifiedRow]
    rungs: list[RungResult]


class _Said(NamedTuple):
    judge: RowJudge
    verdict: Verdict
    detail: str


def climb(
    rows: Sequence[TrainingRow],
    judges: Iterable[RowJudge],
    wholes: Mapping[Rung, Sequence[CheckResult]],
) -> Climbed:
    """Return where each row stands, and what each rung found; `wholes` are checks of all rows."""
    said: defaultdict[int, list[_Said]] = defaultdict(list)
    checks: defaultdict[Rung, list[CheckResult]] = defaultdict(list)
    for judge in judges:
        judged = list(judge.judge(rows))
        for each in judged:
            said[id(each.row)].append(_Said(judge, each.verdict, each.detail))
        checks[judge.rung].append(_check(judge, judged))
    verified = [_row(row, said[id(row)]) for row in rows]
    for rung, results in wholes.items():
        checks[rung].extend(results)
    return Climbed(verified, list(_rungs(verified, checks)))


def _check(judge: RowJudge, judged: Sequence[Judged]) -> CheckResult:
    tally = Counter(each.verdict for each in judged)
    failing = [each for each in judged if each.verdict == "fail"]
    return CheckResult(
        name=judge.name,
        verdict=_together(each.verdict for each in judged) or "unknown",
        measured=len(failing) / len(judged) if judged else None,
        threshold=0.0,
        n_rows=len(judged),
        n_failing=len(failing),
        says=f"{len(failing):,} of {len(judged):,} rows {judge.says}",
        failing=tuple(
            FailingRow(file=each.row.file, line=each.row.line, detail=each.detail)
            for each in failing[:_MAX_SHOWN]
        ),
        facts={"unknown": tally["unknown"]} if tally["unknown"] else {},
    )


def _together(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return the worst of some verdicts; None where there is none."""
    given = set(verdicts)
    if "fail" in given:
        return "fail"
    return "unknown" if "unknown" in given else "pass" if given else None


def _row(row: TrainingRow, said: Sequence[_Said]) -> VerifiedRow:
    rungs = {rung: verdict for rung in RUNGS if (verdict := _rung(rung, said)) is not None}
    return VerifiedRow(
        file=row.file,
        line=row.line,
        digest=row.digest,
        standing=_standing(rungs.values()),
        rungs=rungs,
        judgements=tuple(
            Judgement(
                rung=each.judge.rung,
                check=each.judge.name,
                verdict=each.verdict,
                detail=each.detail,
            )
            for each in sorted(said, key=lambda each: RUNGS.index(each.judge.rung))
            if each.verdict != "pass"
        ),
    )


def _rung(rung: Rung, said: Sequence[_Said]) -> Verdict | None:
    """Return what a rung says of a row: passing takes a check that can confirm."""
    own = [each for each in said if each.judge.rung == rung]
    worst = _together(each.verdict for each in own)
    is_confirmed = any(each.judge.confirms for each in own)
    return "unknown" if worst == "pass" and not is_confirmed else worst


def _standing(verdicts: Iterable[Verdict]) -> Standing:
    match _together(verdicts):
        case "fail":
            return "rejected"
        case "pass":
            return "verified"
        case _:
            return "unproved"


def _rungs(
    rows: Sequence[VerifiedRow], checks: Mapping[Rung, Sequence[CheckResult]]
) -> Iterator[RungResult]:
    standing = list(rows)
    for rung in RUNGS:
        tally = Counter(row.rungs[rung] for row in rows if rung in row.rungs)
        standing = [row for row in standing if row.rungs.get(rung) != "fail"]
        yield RungResult(
            rung=rung,
            n_passed=tally["pass"],
            n_failed=tally["fail"],
            n_unknown=tally["unknown"],
            n_standing=len(standing),
            checks=tuple(checks.get(rung, ())),
        )
