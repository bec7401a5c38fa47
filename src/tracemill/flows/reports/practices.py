"""A team's best practices, compiled anew from all that a workspace holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tracemill.analyze.conclusions.failure_stats import (
    MOST,
    SeenFailure,
    is_overcome,
    seen_failures,
)
from tracemill.analyze.conclusions.precautions import precautions
from tracemill.analyze.features.effects import practices
from tracemill.analyze.process import Process
from tracemill.base.errors import NotFoundError
from tracemill.export.teams.learning import absence
from tracemill.flows.analysis.learning import learned
from tracemill.flows.analysis.process import read_process
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.review_rows import REVIEW, ReviewRow
from tracemill.flows.written_reports import write_texts
from tracemill.records.events.team_features import FailureReport
from tracemill.records.process.best_practices import BestPractices, Lesson, Prevention, Remedy
from tracemill.records.refs import Record
from tracemill.report.best_practices import html, markdown
from tracemill.report.guides import checklist, template, template_name
from tracemill.store.workspace import Workspace

_NAME: Final = "best_practices"
_EXAMPLES: Final = 3


class WrittenPractices(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Best practices that were written."""

    report: BestPractices
    """What they are."""
    files: tuple[str, ...]
    """Where they are: as Markdown and as one page, then templates, then the checklist."""


def make_best_practices(workspace: Workspace) -> BestPractices:
    """Return what the work, its reviewers and the team's reports say of how to work."""
    process = read_process(workspace)
    reviews = list_rows(workspace, REVIEW, ReviewRow, limit=0).rows
    told = [episode for episode, _ in process.episodes if episode.practices]
    return BestPractices(
        n_work=sum(episode.outcome != "unknown" for episode in told),
        practices=tuple(practices(process)),
        remedies=tuple(_remedies(seen_failures(process)))[:MOST],
        precautions=precautions(seen_failures(process)),
        lessons=tuple(_lessons(reviews)),
        preventions=tuple(_preventions(process)),
    )


def write_best_practices(workspace: Workspace, to: Path | None) -> WrittenPractices:
    """Write best practices, into the workspace or a folder elsewhere.

    All stand in a report; each practice that work kept is a template with examples besides, and
    common failures are a checklist.

    Raises:
        NotFoundError: nothing that is held tells of any.
        PolicyError: the gate of exports refuses it; nothing is written.
    """
    report = make_best_practices(workspace)
    if not (report.practices or report.remedies or report.lessons or report.preventions):
        raise NotFoundError("nothing that is held tells how to work; next: tracemill run")
    texts = {f"{_NAME}.md": markdown(report), f"{_NAME}.html": html(report)}
    texts |= dict(_templates(workspace, report))
    if report.precautions or report.preventions:
        texts["checklist.md"] = checklist(report)
    return WrittenPractices(report=report, files=write_texts(workspace, _NAME, texts, to))


def _templates(workspace: Workspace, report: BestPractices) -> Iterator[tuple[str, str]]:
    """Yield a file for each practice that achieved work kept, with what that work teaches."""
    from tracemill.store.lake import Lake
    from tracemill.store.tables import TABLES

    names = {ref.id for practice in report.practices for ref in practice.examples}
    if not names:
        return
    lake = Lake(workspace.lake)
    episodes = [each for each in lake.records(TABLES["episodes"]) if each.id in names]
    known = {each.episode_id: each for each in learned(lake, episodes) if absence(each) is None}
    for practice in report.practices:
        examples = [known[ref.id] for ref in practice.examples if ref.id in known]
        if practice.examples:
            yield template_name(practice), template(practice, examples)


def _remedies(seen: Iterable[SeenFailure]) -> Iterator[Remedy]:
    """Yield what was overcome, the commonest first."""
    held: defaultdict[str, list[SeenFailure]] = defaultdict(list)
    for each in seen:
        learned = each.report.learning_value
        if learned is not None and learned.pattern:
            held[learned.pattern].append(each)
    for pattern, those in sorted(held.items(), key=lambda item: (-len(item[1]), item[0])):
        overcome = [each for each in those if is_overcome(each.report)]
        ways = Counter(_way(each.report) for each in overcome)
        if overcome:
            yield Remedy(
                failed=pattern,
                n_overcome=len(overcome),
                n=len(those),
                by=dict(sorted(ways.items(), key=lambda way: (-way[1], way[0]))),
                examples=tuple(each.ref for each in overcome[:_EXAMPLES]),
            )


def _way(report: FailureReport) -> str:
    told = report.recovery
    return (told.resolution_type if told else None) or "unknown"


def _lessons(reviews: Iterable[ReviewRow]) -> Iterator[Lesson]:
    for row in reviews:
        if row.learning_signal and row.standing:
            yield Lesson(text=row.learning_signal, of=row.of, by=row.reviewer, at=row.at)


def _preventions(process: Process) -> Iterator[Prevention]:
    """Yield what reports propose, each once; what is in place somewhere is in place."""
    found: dict[str, Prevention] = {}
    for told in process.of(FailureReport):
        learned = told.report.learning_value
        if learned is None or not learned.suggested_prevention:
            continue
        text, known = learned.suggested_prevention, found.get(learned.suggested_prevention)
        if known is None or (learned.prevention_implemented and not known.is_in_place):
            found[text] = Prevention(
                text=text, pattern=learned.pattern, of=told.ref,
                is_in_place=learned.prevention_implemented,
            )  # fmt: skip
    yield from found.values()
