"""From rules that are broken to the examples that would teach to keep them.

What most attempts break the model does not know: it needs examples. What some break it knows and
forgets: pairs show the difference. What few break is a matter of saying it plainer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.process.data_requests import DataRequest, DataRequests, Wanted
from tracemill.stats import wilson

_STEPS: Final[tuple[tuple[float, Wanted], ...]] = (
    (0.5, "examples"),
    (0.25, "pairs"),
    (0.1, "wording"),
)
"""How often a rule must be broken, and what is asked for from there on."""
_UNNAMED: Final = (None, None)
"""Of attempts that name neither file nor request nobody knows which are at the same artifact."""
_FEWEST: Final = 3
"""Attempts that must have broken a rule before anything is asked for."""


class _Tally:
    """What is counted of the attempts at one type of artifact."""

    def __init__(self) -> None:
        self.n_judged = 0
        self.n_accepted = 0
        self.broken: Counter[str] = Counter()
        self.mended: Counter[str] = Counter()
        self.kinds: dict[str, str] = {}
        self._open: defaultdict[tuple[str | None, ...], set[str]] = defaultdict(set)
        """Rules that the last attempt at an artifact broke."""

    def take(self, report: ArtifactReport) -> None:
        """Count one attempt; attempts come in the order in which they were made."""
        self.n_judged += 1
        self.n_accepted += bool(report.is_accepted)
        broken = {verdict.rule for verdict in report.broken if verdict.rule}
        self.kinds |= {v.rule: v.kind for v in report.broken if v.rule and v.kind}
        self.broken.update(broken)
        artifact = (report.file_path, report.user_request)
        if artifact == _UNNAMED:
            return
        if report.retry_count != 0:
            self.mended.update(self._open[artifact] - broken)
        self._open[artifact] = broken


def data_requests(reports: Iterable[ArtifactReport]) -> DataRequests:
    """Return what to ask for, by the rules that attempts broke.

    A rule judges each attempt at a type of artifact of which any attempt broke it.
    """
    tallies: defaultdict[str | None, _Tally] = defaultdict(_Tally)
    for report in reports:
        if report.is_accepted is not None:
            tallies[report.artifact_type].take(report)
    n_rules = sum(len(tally.broken) for tally in tallies.values())
    found = [each for artifact, tally in tallies.items() for each in _asked(artifact, tally)]
    found.sort(key=lambda each: (-each.share, -each.n_broken, each.artifact or "", each.rule))
    return DataRequests(requests=tuple(found), n_rare=n_rules - len(found))


def _asked(artifact: str | None, tally: _Tally) -> Iterator[DataRequest]:
    for rule, n_broken in tally.broken.items():
        share = n_broken / tally.n_judged
        wanted = next((each for least, each in _STEPS if share >= least), None)
        if wanted is None or n_broken < _FEWEST:
            continue
        between = wilson(n_broken, tally.n_judged)
        yield DataRequest(
            artifact=artifact,
            rule=rule,
            kind=tally.kinds.get(rule),
            n_broken=n_broken,
            n_judged=tally.n_judged,
            share=share,
            low=between.low,
            high=between.high,
            n_mended=tally.mended[rule],
            n_kept=tally.n_accepted,
            wanted=wanted,
        )
