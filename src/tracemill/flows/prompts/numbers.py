"""What each version of a prompt brought, where it stands, and which one does best in which work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.analyze import METRICS
from tracemill.analyze.conclusions.versions import Naming, VersionCounts, best_versions, uses
from tracemill.base.errors import AmbiguousNameError, NotFoundError, UnknownNameError, UsageError
from tracemill.flows.analysis.process import IN_REPORTS, Known, read_known
from tracemill.flows.prompts.registry import matching
from tracemill.prompts.history import KeptHistory
from tracemill.prompts.naming import parse_name, plain
from tracemill.prompts.standing import standings
from tracemill.records.process.prompt_versions import PromptHistory, Standing
from tracemill.records.process.version_metrics import BestVersion, VersionMetrics
from tracemill.records.refs import Count, Record
from tracemill.store.workspace import Workspace

_OF_REPORTS: Final = "gate_failure_rate"
_OF_SESSIONS: Final = "agent_success_rate"


class PromptVersionRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One version with what it brought."""

    name: str
    """Its name."""
    since: datetime | None
    """When it was made; None where nobody knows, or only reports tell of it."""
    until: datetime | None
    """When another took its place; None where it is in force, or nobody knows."""
    standing: Standing | None
    """Where it stands; None where only reports tell of it."""
    because: str
    """Why it stands there."""
    kept_until: datetime | None
    """Until when an archive keeps it; None where it is not retired."""
    told: VersionMetrics
    """What it brought."""


class ShownPrompt(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A prompt with what is known of its versions."""

    role: str
    """What its versions are named by."""
    prompt: PromptHistory | None
    """The text; None where only reports tell of its versions."""
    versions: tuple[PromptVersionRow, ...]
    """All versions, the oldest first."""
    best: tuple[BestVersion, ...]
    """Which one does best in each slice that was asked for."""
    attributed: dict[str, Count]
    """How many reports and sessions of all were said to have a version, were given one by commit or
    moment, or are of an unknown one."""


class Comparison(NamedTuple):
    """How versions are to be ranked."""

    by: tuple[str, ...] = ()
    """Facts that make slices; none for all of the work together."""
    metric: str | None = None
    """The metric that ranks; by default passed gates, or achieved work."""


class _Meant(NamedTuple):
    """The versions that are meant, and what names them in cases."""

    role: str
    kept: KeptHistory | None
    naming: Naming
    labels: dict[str, str]
    """What each version is called among all, by its name, the oldest first."""


def show_prompt(workspace: Workspace, name: str, asked: Comparison, today: datetime) -> ShownPrompt:
    """Return what is known of the versions of one prompt.

    Raises:
        NotFoundError: no prompt is called so, and no report tells of one.
        UsageError: the metric cannot be asked so.
    """
    known = read_known(workspace)
    meant = _meant(known, name)
    told = VersionCounts(known.process, meant.naming).told(list(meant.labels.values()))
    names = {label: name for name, label in meant.labels.items()}
    metric = _metric(
        asked, meant.naming, {*meant.labels.values()} & uses(known.process, IN_REPORTS).keys()
    )
    best = best_versions(known.process, metric, meant.naming, list(names), asked.by)
    return ShownPrompt(
        role=meant.role,
        prompt=meant.kept.told if meant.kept else None,
        versions=tuple(_shown(meant, {names[each.version]: each for each in told}, today)),
        best=tuple(best),
        attributed=dict(sorted(known.by.items())),
    )


def _metric(asked: Comparison, naming: Naming, reported: Collection[str]) -> str:
    """Return the metric that ranks: that which is asked for, else by who named most versions."""
    by_sessions = bool(naming.in_sessions) and not reported
    name = asked.metric or (_OF_SESSIONS if by_sessions else _OF_REPORTS)
    metric = METRICS.get(name)
    if metric is None:
        raise UnknownNameError("metric", name, METRICS)
    if naming.of(metric) is None:
        raise UsageError(f"{name} cannot be asked by version: no case of it names one of this text")
    for each in asked.by:
        if each not in metric.facts:
            known = ", ".join(metric.facts)
            raise UsageError(f"{name} cannot be asked by {each!r}; it can by: {known}")
    return name


def _meant(known: Known, name: str) -> _Meant:
    found = [each for each in known.texts if matching(each.told, name)]
    if len(found) > 1:
        raise AmbiguousNameError(name, [f"{each.told.id} ({each.told.path})" for each in found])
    if not found:
        return _only_told(known, name)
    (kept,) = found
    naming = known.naming(kept.told)
    in_file = {each.name: known.in_force.label(kept.told, each.name) for each in kept.told.versions}
    if not naming.in_reports:
        return _Meant(kept.told.role, kept, naming, in_file)
    is_alone = all(name == label for name, label in in_file.items())
    said = _said(known, kept.told.role) if is_alone else []
    return _Meant(
        kept.told.role, kept, naming, _in_order({**in_file, **dict(zip(said, said, strict=True))})
    )


def _only_told(known: Known, name: str) -> _Meant:
    """Return the versions of a role that reports tell of, and no file that is held."""
    said = _said(known, plain(name))
    if not said:
        raise NotFoundError(f"no prompt answers to {name!r}; see: tracemill prompt list")
    return _Meant(plain(name), None, IN_REPORTS, _in_order(dict(zip(said, said, strict=True))))


def _said(known: Known, role: str) -> list[str]:
    versions = uses(known.process, IN_REPORTS)
    return [each for each in versions if (named := parse_name(each)) and named.role == role]


def _in_order(labels: dict[str, str]) -> dict[str, str]:
    """Put versions in the order of their numbers."""

    def number(name: str) -> tuple[int, int]:
        named = parse_name(name)
        return named.number if named else (0, 0)

    return {name: labels[name] for name in sorted(labels, key=number)}


def _shown(
    meant: _Meant, told: dict[str, VersionMetrics], today: datetime
) -> Sequence[PromptVersionRow]:
    versions = meant.kept.told.versions if meant.kept else ()
    in_file = {each.name: each for each in reversed(versions)}
    verdicts = standings(versions, told, today)
    judged = {each.name: verdict for each, verdict in zip(versions, verdicts, strict=True)}
    return [
        PromptVersionRow(
            name=name,
            since=in_file[name].since if name in in_file else None,
            until=in_file[name].until if name in in_file else None,
            standing=judged[name].standing if name in judged else None,
            because=judged[name].because if name in judged else "only reports tell of it",
            kept_until=judged[name].kept_until if name in judged else None,
            told=told[name],
        )
        for name in meant.labels
    ]
