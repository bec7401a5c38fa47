"""The ladder of verification over anyone's files: `synth verify`.

The checks of datasets that object to single rows take part on the rung that they belong to; those
that look at a whole are told beside them. Nothing is kept, and nothing leaves this machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.curate.checks import CHECKS, Check, Checked, RowCheck
from tracemill.flows.datasets.audit import dataset_files, readable
from tracemill.flows.datasets.foreign_rows import foreign_rows, read_ours
from tracemill.llm.judging import AskJudge
from tracemill.records.datasets.audits import CheckResult, FailingRow, TrainingRow
from tracemill.records.synth.made_up import SyntheticExample
from tracemill.records.synth.verification import (
    STANDINGS,
    Judgement,
    Rung,
    RungResult,
    Standing,
    VerificationReport,
    VerifiedRow,
)
from tracemill.synth.coverage import names_skill, shown_parts
from tracemill.synth.taxonomy import load_taxonomy
from tracemill.synth.verification import Carried, Judged, RowJudge, checks, climb
from tracemill.synth.verification.diversity import Alike, near_copies, template
from tracemill.synth.verification.judging import judge_of

_SURE: Final[tuple[tuple[Rung, str], ...]] = (
    ("format", "unanswered"),
    ("format", "cut_answers"),
    ("format", "readable_calls"),
    ("schema", "declared_calls"),
    ("schema", "paired_results"),
    ("diversity", "exact_duplicates"),
    ("diversity", "leaked_rows"),
)
"""Checks of datasets by which a row passes a rung."""
_REFUTING: Final[tuple[tuple[Rung, str], ...]] = (
    ("format", "text_before_calls"),
    ("execution", "code_parses"),
    ("execution", "files_parse"),
    ("execution", "sound_commands"),
    ("semantic", "related_searches"),
    ("semantic", "short_answers"),
    ("semantic", "steering_text"),
    ("diversity", "counted_requests"),
    ("diversity", "counted_answers"),
)
"""Checks of datasets that can only speak against a row."""
_WHOLE: Final[tuple[tuple[Rung, str], ...]] = (
    ("execution", "empty_result_fields"),
    ("execution", "stated_origin"),
    ("balance", "direct_answers"),
    ("balance", "even_splits"),
)
"""Checks of datasets that look at all rows together."""
RunAgain = Callable[[Sequence[SyntheticExample]], Mapping[str, Carried]]
"""Carries the calls of our own examples out once more, and says by id what came of it."""
_BY_NAME: Final[Mapping[str, Check]] = {check.name: check for check in CHECKS}
_ROW_CHECKS: Final[Mapping[str, RowCheck]] = {
    check.name: check for check in CHECKS if isinstance(check, RowCheck)
}


def verify_files(
    places: Sequence[Path],
    against: Sequence[Path] = (),
    *,
    ask: AskJudge | None = None,
    run_again: RunAgain | None = None,
    with_rows: bool = False,
) -> VerificationReport:
    """Put every row of files on the ladder; `against` holds rows that none may nearly be.

    Where work is to be run again, that is done with the made-up examples that we keep ourselves.

    Raises:
        NotFoundError: a place does not exist, or holds no row.
        UsageError: no place was named, or a file cannot be read.
    """
    if not places:
        raise UsageError("expected files to verify, or folders that hold them")
    files = list(dataset_files(places))
    unread: list[FailingRow] = []
    rows = [row for path in files for row in foreign_rows(path, unread)]
    if not rows and not unread:
        raise NotFoundError(f"no row to verify in {', '.join(repr(str(path)) for path in files)}")
    known = [row for path in dataset_files(against) for row in foreign_rows(path, [])]
    ran = None if run_again is None else run_again([m for path in files for m in read_ours(path)])
    report = verify_rows(rows, known, unread, ran, ask)
    report = msgspec.structs.replace(report, files=tuple(map(str, files)))
    return report if with_rows else msgspec.structs.replace(report, rows=())


def verify_rows(
    rows: Sequence[TrainingRow],
    known: Sequence[TrainingRow] = (),
    unread: Sequence[FailingRow] = (),
    ran: Mapping[str, Carried] | None = None,
    ask: AskJudge | None = None,
) -> VerificationReport:
    """Put rows on the ladder; calls of rows with digests in `ran` were carried out, as it says.

    A judge, where there is one to ask, is asked about rows that nothing else refuses.
    """
    checked = Checked(rows)
    alike = _alike(known, rows)
    judges = [
        *(_adopted(rung, name, checked, confirms=True) for rung, name in _SURE),
        *(_adopted(rung, name, checked, confirms=False) for rung, name in _REFUTING),
        *checks(ran),
        RowJudge(
            "diversity",
            "near_copies",
            "nearly say what another says",
            lambda rows: near_copies(rows, known, alike),
        ),
    ]
    wholes: dict[Rung, list[CheckResult]] = {"format": [readable(len(rows), list(unread))]}
    for rung, name in _WHOLE:
        wholes.setdefault(rung, []).append(_BY_NAME[name].run(checked))
    climbed = climb(rows, judges, wholes)
    if ask is not None:
        left = {row.digest for row in climbed.rows if row.standing != "rejected"}
        climbed = climb(rows, [*judges, judge_of(ask, left)], wholes)
    verified = [*climbed.rows, *map(_unread, unread)]
    n_templates = len({template(row) for row in rows})
    standing = {row.digest for row in climbed.rows if row.standing != "rejected"}
    return VerificationReport(
        files=(),
        n_rows=len(verified),
        n_unique=len({row.digest for row in rows}),
        n_templates=n_templates,
        template_share=n_templates / len(rows) if rows else None,
        standings=_standings(verified),
        rungs=tuple(_with_unread(rung, len(unread)) for rung in climbed.rungs),
        n_parallel=sum(any(len(calls) > 1 for calls in row.calls) for row in rows),
        n_naming_skills=sum(map(names_skill, rows)),
        shows=shown_parts(rows, standing, load_taxonomy()),
        rows=tuple(verified),
    )


def _adopted(rung: Rung, name: str, checked: Checked, *, confirms: bool) -> RowJudge:
    """Return a check of datasets as one of the ladder."""
    check = _ROW_CHECKS[name]

    def judge(_rows: Sequence[TrainingRow]) -> Iterator[Judged]:
        looked_at = check.of(checked)
        wrong = {id(row): why for row, why in check.objections(checked)} if looked_at else {}
        for row in looked_at:
            why = wrong.get(id(row))
            yield Judged(row) if why is None else Judged(row, "fail", why)

    return RowJudge(rung, name, check.says, judge, confirms)


def _alike(known: Sequence[TrainingRow], rows: Sequence[TrainingRow]) -> list[Alike] | None:
    """Return pairs of rows that are nearly the same; None where nothing is installed to look."""
    pairs = Checked([*known, *rows]).alike
    return None if pairs is None else [(pair.first, pair.second, pair.similarity) for pair in pairs]


def _unread(row: FailingRow) -> VerifiedRow:
    """Return where a line stands that is no row: it does not get on the ladder."""
    said = Judgement(rung="format", check="readable_rows", verdict="fail", detail=row.detail)
    return VerifiedRow(
        file=row.file,
        line=row.line,
        digest="",
        standing="rejected",
        rungs={"format": "fail"},
        judgements=(said,),
    )


def _with_unread(rung: RungResult, n_unread: int) -> RungResult:
    if rung.rung != "format":
        return rung
    return msgspec.structs.replace(rung, n_failed=rung.n_failed + n_unread)


def _standings(rows: Iterable[VerifiedRow]) -> dict[Standing, int]:
    tally = Counter(row.standing for row in rows)
    return {standing: tally[standing] for standing in STANDINGS}
