"""A version is retired when a newer one does better and nobody uses it; later it expires."""

from datetime import datetime, timedelta

import pytest

from tests.prompts.versions import BEGIN, commits, texts
from tracemill.prompts.history import histories
from tracemill.prompts.lineage import Lineage
from tracemill.prompts.standing import KEPT_FOR, standings
from tracemill.records.process.patterns import Measure
from tracemill.records.process.version_metrics import VersionChange, VersionMetrics

(KEPT,) = histories(texts("a\n", "a\nb\n"), Lineage(commits(2)))
LAST = BEGIN + timedelta(days=30)


def told(
    name: str,
    failures: float | None,
    used: datetime | None = LAST,
    in_use_by: tuple[str, ...] = (),
    metric: str = "gate_failure_rate",
    n: int = 9,
) -> VersionMetrics:
    measure = Measure(
        metric=metric, slice={}, unit="share", n=n, value=failures, low=None, high=None
    )
    change = VersionChange(
        measure=measure, before=None, difference=None, relative=None, q_value=None, change="unknown"
    )
    return VersionMetrics(
        version=name, n_projects=1, n_sessions=0, first_used=used, last_used=used,
        in_use_by=in_use_by, effectiveness=None, metrics=() if failures is None else (change,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "days", "standing"),
    [
        (told("o", 0.4), told("n", 0.1), 1, "retired"),
        (told("o", 0.4), told("n", 0.1), 93, "expired"),
        (told("o", 0.4), told("n", 0.1), 92, "retired"),
        (told("o", 0.1), told("n", 0.4), 93, "superseded"),
        (told("o", 0.4), told("n", 0.4), 93, "superseded"),
        (told("o", 0.4, in_use_by=("p",)), told("n", 0.1), 93, "superseded"),
        (told("o", None), told("n", 0.1), 93, "superseded"),
        (told("o", 0.4), told("n", None), 93, "superseded"),
        (told("o", 0.4), told("n", 0.1, n=4), 93, "superseded"),
        (told("o", 0.4, n=5), told("n", 0.1, n=5), 93, "expired"),
        (told("o", 0.4, used=None), told("n", 0.1), 93, "superseded"),
        (told("o", 0.4), told("n", 0.9, metric="agent_success_rate"), 93, "superseded"),
        (told("o", 0.4, metric="agent_success_rate"),
         told("n", 0.9, metric="agent_success_rate"), 93, "expired"),
    ],
)  # fmt: skip
def test_dates_and_numbers_decide(
    old: VersionMetrics, new: VersionMetrics, days: int, standing: str
) -> None:
    names = [version.name for version in KEPT.told.versions]
    known = dict(zip(names, (old, new), strict=True))
    first, last = standings(KEPT.told.versions, known, LAST + timedelta(days=days))

    assert first.standing == standing
    assert last.standing == "in_force"
    assert (first.kept_until == LAST + KEPT_FOR) == (standing in ("retired", "expired"))


def test_what_nobody_told_of_stays() -> None:
    assert [each.standing for each in standings(KEPT.told.versions, {}, LAST)] == [
        "superseded", "in_force",
    ]  # fmt: skip
