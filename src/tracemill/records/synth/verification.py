"""What the ladder of verification says of rows that were made up, one rung after another."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from tracemill.records.datasets.audits import CheckResult, Verdict
from tracemill.records.refs import Count, Ratio, Record

Rung = Literal["format", "schema", "execution", "outcome", "semantic", "diversity", "balance"]
"""`format`: it can be read; `schema`: calls fit what is declared; `execution`: results came from
running; `outcome`: what it says came of the work did; `semantic`: the answer follows from what was
seen; `diversity`: it is no copy; `balance`: the whole is no heap of one kind."""

RUNGS: Final[tuple[Rung, ...]] = (
    "format", "schema", "execution", "outcome", "semantic", "diversity", "balance",
)  # fmt: skip
"""Every rung, from the lowest."""

Standing = Literal["verified", "unproved", "rejected"]
"""`verified`: every rung that has something to judge passed; `unproved`: none failed, and of some
nobody can tell; `rejected`: one failed."""

STANDINGS: Final[tuple[Standing, ...]] = ("verified", "unproved", "rejected")
"""Every standing, the best first."""


class Judgement(Record, frozen=True, kw_only=True):
    """What one check says of one row, where it does not simply pass."""

    rung: Rung
    """The rung that the check belongs to."""
    check: str
    """Name of the check."""
    verdict: Verdict
    """What it says."""
    detail: str = ""
    """Why, in words that hold nothing of the row's text."""


class VerifiedRow(Record, frozen=True, kw_only=True):
    """One row on the ladder."""

    file: str
    """The file that it stands in."""
    line: Count
    """Its line, from 1."""
    digest: str
    """Hash of its content."""
    standing: Standing
    """What the rungs say together."""
    rungs: dict[Rung, Verdict]
    """What each rung says; one that found nothing to judge is missing."""
    judgements: tuple[Judgement, ...] = ()
    """What checks object to, or cannot tell."""


class RungResult(Record, frozen=True, kw_only=True):
    """One rung, over all rows."""

    rung: Rung
    """Which one."""
    n_passed: Count
    """Rows that pass it."""
    n_failed: Count
    """Rows that fail it."""
    n_unknown: Count
    """Rows of which nobody can tell."""
    n_standing: Count
    """Rows that failed neither here nor further down."""
    checks: tuple[CheckResult, ...] = ()
    """Its checks."""


class ShownPart(Record, frozen=True, kw_only=True):
    """How many rows show one part of the taxonomy."""

    category: str
    """The category."""
    part: str
    """Its part."""
    target: Count
    """Examples that are wanted of it."""
    n_rows: Count
    """Rows that show it."""
    n_unique: Count
    """Those that say something of their own."""
    n_standing: Count
    """Those of them that no rung rejects."""


class VerificationReport(Record, frozen=True, kw_only=True):
    """The ladder over a whole file or folder."""

    files: tuple[str, ...]
    """Files that were read."""
    n_rows: Count
    """Lines that were looked at, whether or not they are rows."""
    n_unique: Count
    """Rows that say something of their own."""
    n_templates: Count
    """Requests, once numbers make no difference."""
    template_share: Ratio | None = None
    """Templates per row; None without rows."""
    standings: dict[Standing, Count]
    """Rows by what the rungs say together."""
    rungs: tuple[RungResult, ...]
    """Each rung, from the lowest."""
    n_parallel: Count = 0
    """Rows with several calls in one message."""
    n_naming_skills: Count = 0
    """Rows whose assistant names a skill."""
    shows: tuple[ShownPart, ...] = ()
    """What rows show, part by part; a row counts in one, the most telling that fits."""
    rows: tuple[VerifiedRow, ...] = msgspec.field(default=())
    """Each row, where that was asked for."""

    @property
    def has_failed(self) -> bool:
        """Whether any row was rejected, or the whole fails a check."""
        is_failing = any(
            check.verdict == "fail" for rung in self.rungs for check in rung.checks
        )  # fmt: skip
        return is_failing or self.standings.get("rejected", 0) > 0
