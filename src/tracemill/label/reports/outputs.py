"""How good what a project brought is, of four parts.

| part | weight | is |
|---|---|---|
| `output.test_coverage` | .25 | the share of the code that tests run |
| `output.security_clean` | .30 | 1 where a scan found no critical or major fault, else 0 |
| `output.perf_within_slo` | .20 | 1 where it is as fast as promised, else 0 |
| `output.no_major_rework` | .25 | 1 where no later agent complained of a major fault, else 0 |

The score is not given where a part is unknown: nobody can say what is missing. That nobody
complained is known only of a team of which some complaint is held; others may not write them down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

from tracemill.label import LABEL_VERSION
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_projects import (
    DownstreamReport,
    ProjectReport,
    QualitySignals,
    SecurityScan,
)
from tracemill.records.labels import Label
from tracemill.records.process.labeled_reports import LabeledReport
from tracemill.records.refs import Ref, Stamp
from tracemill.render.team_whole import held_in, one_a_project

OutputGrade = Literal["production_ready", "needs_minor_fixes", "needs_rework"]
"""What is still to be done with an output."""

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "test_coverage": 0.25,
        "security_clean": 0.30,
        "perf_within_slo": 0.20,
        "no_major_rework": 0.25,
    }
)
"""How much each part counts, by its name."""
READY: Final = 0.85
"""Scores from here on are of work that can be used as it is."""
USABLE: Final = 0.70
"""Scores from here on are of work that needs little more."""
_STAMP: Final = Stamp(by="output_quality", version=LABEL_VERSION)
_SEVERITIES: Final = 2
_DIGITS: Final = 9
"""Sums of shares are rounded, so that a score of just .85 is one."""
_MAJOR: Final = frozenset({"critical", "major"})

Parts = Mapping[str, float | None]
"""What is known of each part, 0 to 1."""


def output_quality(parts: Parts) -> float | None:
    """Return how good an output is, 0 to 1; None where a part is unknown."""
    known = {name: parts.get(name) for name in WEIGHTS}
    values = [value * WEIGHTS[name] for name, value in known.items() if value is not None]
    return round(sum(values), _DIGITS) if len(values) == len(WEIGHTS) else None


def output_grade(quality: float) -> OutputGrade:
    """Return what is still to be done with an output of a quality."""
    if quality >= READY:
        return "production_ready"
    return "needs_minor_fixes" if quality >= USABLE else "needs_rework"


def label_outputs(events: Sequence[TeamReport]) -> Iterator[LabeledReport]:
    """Yield every project as a whole, with its parts and, where all are known, its quality."""
    complaints = _complaints(events)
    for event in one_a_project(events):
        if isinstance(event.report, ProjectReport):
            signals = event.report.quality_signals or QualitySignals()
            said = complaints.get(event.project_id, []) if complaints else None
            parts = _parts(signals, said)
            yield LabeledReport(event=event, labels=tuple(_labels(event, parts)))


def _parts(signals: QualitySignals, complaints: Sequence[DownstreamReport] | None) -> Parts:
    tests, speed = signals.test_results, signals.performance_metrics
    is_fast = speed.within_slo if speed else None
    is_major = any(each.severity in _MAJOR for each in complaints or ())
    return {
        "test_coverage": tests.test_coverage_percent if tests else None,
        "security_clean": _clean(signals.security_scan),
        "perf_within_slo": None if is_fast is None else float(is_fast),
        "no_major_rework": None if complaints is None else float(not is_major),
    }


def _clean(scan: SecurityScan | None) -> float | None:
    """Return 1 where a scan found no critical or major fault, else 0; None where it tells nothing.

    Where all that it found are false positives, or nothing is, severities do not matter.
    """
    if scan is None:
        return None
    n_found = scan.vulnerabilities_found
    if n_found is not None and n_found <= (scan.false_positives or 0):
        return 1.0
    serious = [n for n in (scan.critical, scan.major) if n is not None]
    if any(serious):
        return 0.0
    return 1.0 if len(serious) == _SEVERITIES else None


def _complaints(
    events: Sequence[TeamReport],
) -> dict[str | None, list[DownstreamReport]]:
    """Return what later agents complained of, by project."""
    found: defaultdict[str | None, list[DownstreamReport]] = defaultdict(list)
    for event in events:
        if isinstance(event.report, DownstreamReport):
            found[event.project_id].append(event.report)
        elif isinstance(event.report, ProjectReport):
            held = held_in(event.report)
            said = [report for report in held if isinstance(report, DownstreamReport)]
            if said:
                found[event.project_id] += said
    return dict(found)


def _labels(event: TeamReport, parts: Parts) -> Iterator[Label]:
    for name, value in parts.items():
        if value is not None:
            yield _label(event, name, value, "what the project's report says of it")
    quality = output_quality(parts)
    if quality is not None:
        yield _label(event, "quality", quality, "of coverage, security, speed and rework")
        grade = output_grade(quality)
        yield _label(event, "grade", grade, f"its quality is {quality * 100:.4g} of 100")


def _label(event: TeamReport, name: str, value: float | str, reason: str) -> Label:
    target = Ref(kind="event", id=event.id)
    return Label(
        target=target, name=f"output.{name}", value=value, reason=reason, evidence=(target,),
        stamp=_STAMP,
    )  # fmt: skip
