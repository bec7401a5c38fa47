"""Proposals for prompts, out of the patterns and the prompts that are held, and a person's no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from statistics import fmean
from typing import Final, NamedTuple

import msgspec

from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.conclusions.versions import VersionCounts
from tracemill.analyze.process import Process
from tracemill.base.errors import NotFoundError
from tracemill.flows.analysis.patterns import rules_of
from tracemill.flows.analysis.process import IN_REPORTS, Known, read_known
from tracemill.flows.prompts.refusals import note_refusal, sifted, standing_refusals
from tracemill.prompts import Prompt, suggest
from tracemill.prompts.history import KeptHistory
from tracemill.prompts.removing import superfluous
from tracemill.records.process.patterns import Pattern
from tracemill.records.process.suggestions import Refusal, Suggestion, SuggestionList
from tracemill.records.process.version_metrics import VersionMetrics
from tracemill.sources.process_files.reader import sections_in
from tracemill.store.workspace import Workspace

_FEWEST: Final = 10
"""Cases of the newest version below which nobody says that it mended something."""


def read_suggestions(workspace: Workspace) -> SuggestionList:
    """Return what should be changed in prompts, and why; what a person refused stands apart."""
    known = read_known(workspace)
    patterns = find_patterns(known.process, rules_of(workspace)).patterns
    return sifted(workspace, suggestions_of(known, patterns))


def refuse(workspace: Workspace, name: str, by: str, reason: str, at: datetime) -> Refusal:
    """Say no to a proposal that stands.

    Raises:
        NotFoundError: none of that name stands.
        UsageError: nobody said who refuses it, or why.
    """
    standing = [each.suggestion_id for each in read_suggestions(workspace).suggestions]
    if name not in standing:
        known = ", ".join(standing) or "none"
        raise NotFoundError(f"no proposal {name!r} stands; known: {known}")
    return note_refusal(workspace, name, by, reason, at)


def take_back(workspace: Workspace, name: str, by: str, reason: str, at: datetime) -> Refusal:
    """Let a proposal stand again that was refused.

    Raises:
        NotFoundError: nobody refused it.
        UsageError: nobody said who lets it stand, or why.
    """
    if name not in standing_refusals(workspace):
        raise NotFoundError(f"no refusal of {name!r} stands; see: tracemill prompt suggest")
    return note_refusal(workspace, name, by, reason, at, back=True)


def suggestions_of(known: Known, patterns: Sequence[Pattern]) -> SuggestionList:
    """Return what should be changed in prompts, by what is known and what repeats in it."""
    process = known.process
    roles = {pattern.id: role for pattern in patterns if (role := _role(process, pattern))}
    found = suggest(patterns, roles, list(_prompts(known.texts)))
    taken = {each.suggestion_id for each in found.suggestions}
    removals = superfluous(*_told(known), taken)
    newest = {kept.told.path: kept.told.newest.name for kept in _told_apart(known)}
    by_id = {pattern.id: pattern for pattern in patterns}
    made: list[Suggestion] = []
    left_out = Counter(found.left_out)
    for each in found.suggestions:
        pattern = by_id[each.pattern or ""]
        since = _since(newest.get(each.proposed_change.prompt_file or ""), pattern, process)
        if since is not None and since.is_mended:
            left_out[pattern.kind] += 1
        else:
            made.append(_with_retries(_with(each, since), pattern, process))
    return SuggestionList(suggestions=(*made, *removals), left_out=dict(sorted(left_out.items())))


class _Since(NamedTuple):
    """What the newest version of a prompt does, of what a pattern was seen in."""

    version: str
    metric: str
    value: float
    n: int
    is_mended: bool
    """Whether it lies on the good side of the pattern's limit, by cases enough to say so."""


def _since(version: str | None, pattern: Pattern, process: Process) -> _Since | None:
    name = pattern.measure.metric
    wanted = {**pattern.measure.slice, "prompt_version": version or ""}.items()
    cases = METRICS[name].cases(process)
    values = [case.value for case in cases if wanted <= case.facts.items()]
    if version is None or not values:
        return None
    value, seen = fmean(values), pattern.measure.value or 0.0
    is_better = value <= pattern.beside if seen > pattern.beside else value >= pattern.beside
    return _Since(version, name, value, len(values), is_better and len(values) >= _FEWEST)


def _with_retries(made: Suggestion, pattern: Pattern, process: Process) -> Suggestion:
    """Say of a proposal how often its work was tried again, where gates can be asked by that."""
    metric, wanted = METRICS["retries"], pattern.measure.slice.items()
    if not set(pattern.measure.slice) <= set(metric.facts):
        return made
    values = [case.value for case in metric.cases(process) if wanted <= case.facts.items()]
    if not values:
        return made
    evidence = {**made.evidence, "retry_count": round(sum(values))}
    return msgspec.structs.replace(made, evidence=evidence)


def _with(made: Suggestion, since: _Since | None) -> Suggestion:
    """Say of a proposal what the newest version does, and hope for no more than that."""
    if since is None:
        return made
    told = {
        "newest_version": since.version,
        f"{since.metric}_of_it": round(since.value, 4),
        "cases_of_it": since.n,
    }
    impact = made.expected_impact
    if impact.gate_success_improvement is not None:
        most = round(min(impact.gate_success_improvement, since.value), 4)
        impact = msgspec.structs.replace(impact, gate_success_improvement=most)
    evidence = {**made.evidence, **told}
    return msgspec.structs.replace(made, evidence=evidence, expected_impact=impact)


def _told(known: Known) -> tuple[list[KeptHistory], dict[str, VersionMetrics]]:
    """Return the prompts whose versions reports can name, with what gates said of each version."""
    alone = _told_apart(known)
    counts = VersionCounts(known.process, IN_REPORTS, ("gate_failure_rate",))
    names = [version.name for kept in alone for version in kept.told.versions]
    return alone, {each.version: each for each in counts.told(names)}


def _told_apart(known: Known) -> list[KeptHistory]:
    """Return the prompts whose versions no other prompt's are called by."""
    return [
        kept
        for kept in known.texts
        if kept.told.kind not in ("instructions", "recipe")
        and known.in_force.label(kept.told, "") == ""
    ]


def _role(process: Process, pattern: Pattern) -> str | None:
    """Return whose work most of a pattern's cases are."""
    metric = METRICS[pattern.measure.metric]
    wanted = pattern.measure.slice.items()
    roles = Counter(
        case.facts["role"]
        for case in metric.cases(process)
        if case.counts_against and "role" in case.facts and wanted <= case.facts.items()
    )
    return roles.most_common(1)[0][0] if roles else None


def _prompts(texts: Iterable[KeptHistory]) -> Iterator[Prompt]:
    """Yield the newest version of each prompt that still has a text."""
    for kept in texts:
        text = kept.texts[-1]
        if kept.told.kind not in ("instructions", "recipe") and text is not None:
            sections = sections_in(kept.told.path, text)
            yield Prompt(kept.told.path, tuple((each.heading, each.text) for each in sections))
