"""From a suggestion to its experiment, and which loops are called for: nothing is begun unasked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.cases import measures
from tracemill.analyze.conclusions.complaints import messages
from tracemill.analyze.process import Process
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.experiments import Outcome
from tracemill.experiments.loops import find_calls, loop_of, plan_for, shipped_loops
from tracemill.experiments.planning import Usual, ceiling_for, units_for, usual_of
from tracemill.flows.analysis.patterns import find_pattern, rules_of
from tracemill.flows.analysis.process import read_known, read_process, read_told
from tracemill.flows.experiments.experiments import Origin, read_experiments, start
from tracemill.flows.experiments.outcomes import Held
from tracemill.flows.experiments.rows import LoopList, ShownExperiment, ShownLoop
from tracemill.flows.prompts.proposals import read_suggestions, suggestions_of
from tracemill.flows.prompts.refusals import sifted
from tracemill.records.events.team_projects import StageReport
from tracemill.records.process.experiments import ExperimentPlan, Loop, LoopName
from tracemill.records.process.patterns import Measure, Pattern
from tracemill.records.process.suggestions import Suggestion
from tracemill.store.workspace import Workspace

_VERSION: Final = re.compile(r"(?P<role>.+)\.v(?P<major>\d+)\.(?P<minor>\d+)")
_LEAST_UNITS: Final = 10
"""Five an arm, as teams ask for at least."""


class Asked(NamedTuple):
    """What a person says of a trial; None is found out."""

    control: str | None = None
    """The version in use; by default the newest that reports of the role name."""
    treatment: str | None = None
    """What the new version is called; by default the next number."""
    horizon: int | None = None
    """Units after which it ends; by default as many as the least gain needs."""
    gain: float | None = None
    """The least gain that is worth it; by default a part of what is usual."""


def try_suggestion(
    workspace: Workspace, name: str, by: str, at: datetime, asked: Asked, *, dry_run: bool = False
) -> ShownExperiment:
    """Begin the experiment that the loop of a suggestion, or of a pattern, asks for.

    Raises:
        NotFoundError: there is no such suggestion or pattern.
        UsageError: nobody can tell which version is in use.
    """
    called = _called(workspace, name)
    arms = _arms(read_process(workspace), called.facts.get("role"), asked)
    plan = _plan(read_told(workspace), called, arms, asked)
    origin = Origin(called.loop.name, called.suggestion_id, called.pattern_id)
    return start(workspace, plan, by, at, origin=origin, dry_run=dry_run)


class _Called(NamedTuple):
    """A loop, and what calls for it."""

    loop: Loop
    facts: Mapping[str, str]
    suggestion_id: str | None
    pattern_id: str | None


def _called(workspace: Workspace, name: str) -> _Called:
    """Return the loop that a suggestion or a pattern calls for."""
    held = read_suggestions(workspace).suggestions
    by_id = {each.suggestion_id: each for each in held}
    by_id |= {each.pattern: each for each in held if each.pattern is not None}
    if name not in by_id and not name.startswith("pattern_"):
        known = ", ".join(each.suggestion_id for each in held) or "none"
        raise NotFoundError(
            f"no suggestion {name!r}; known: {known}; see: tracemill prompt suggest"
        )
    suggestion = by_id.get(name)
    if suggestion is not None and suggestion.pattern is None:
        return _to_shorten(suggestion)
    pattern = find_pattern(workspace, (suggestion and suggestion.pattern) or name)
    return _by_pattern(pattern, by_id.get(pattern.id))


def _to_shorten(suggestion: Suggestion) -> _Called:
    """Return what tries a suggestion that no pattern asks for: to take a constraint away."""
    loop = next(each for each in shipped_loops() if each.name == "token_efficiency")
    facts = {"role": suggestion.agent_role} if suggestion.agent_role else {}
    return _Called(loop, facts, suggestion.suggestion_id, None)


def _by_pattern(pattern: Pattern, suggestion: Suggestion | None) -> _Called:
    loop = loop_of(pattern.kind)
    if loop is None:
        raise UsageError(f"no loop goes with {pattern.kind}; write a plan: experiment start PLAN")
    facts = dict(pattern.measure.slice)
    if suggestion is not None and suggestion.agent_role is not None:
        facts.setdefault("role", suggestion.agent_role)
    return _Called(loop, facts, suggestion.suggestion_id if suggestion else None, pattern.id)


def _arms(process: Process, role: str | None, asked: Asked) -> tuple[str, str]:
    control = asked.control or _in_use(process, role)
    if control is None:
        raise UsageError(
            f"no report names the prompt that the {role or 'agent'} works with; "
            "say it with --control"
        )
    treatment = asked.treatment or _next(control)
    if treatment is None:
        raise UsageError(f"{control!r} has no number to raise; name the new one with --treatment")
    return control, treatment


def _in_use(process: Process, role: str | None) -> str | None:
    """Return the version of a role's prompt that its newest report names."""
    told = [
        (each.at, each.facts["prompt_version"])
        for each in process.of(StageReport)
        if each.at and "prompt_version" in each.facts and each.facts.get("role") == role
    ]
    return max(told)[1] if told else None


def _next(version: str) -> str | None:
    found = _VERSION.fullmatch(version)
    return found and f"{found['role']}.v{found['major']}.{int(found['minor']) + 1}"


def _plan(process: Process, called: _Called, arms: tuple[str, str], asked: Asked) -> ExperimentPlan:
    loop, facts, held = called.loop, called.facts, Held(process)
    aims = (loop.target, *loop.guards)
    means = [aim.metric for aim in aims if METRICS[aim.metric].unit == "mean"]
    ceilings = {metric: ceiling_for(_usual(process, metric)) for metric in means}
    draft = plan_for(loop, facts, arms, None, ceilings)
    target = usual_of(held.outcomes(draft.target, draft))
    plan = plan_for(loop, facts, arms, target.mean, ceilings)
    if asked.gain is not None:
        plan = msgspec.structs.replace(plan, minimum_effect=asked.gain)
    needed = asked.horizon or units_for(plan, target)
    if needed is None:
        raise UsageError("so small a gain cannot be found; ask for a larger one with --gain")
    return msgspec.structs.replace(plan, horizon=max(_LEAST_UNITS, needed))


def _usual(process: Process, metric: str) -> Usual:
    """Return how a metric was over all projects."""
    cases = METRICS[metric].cases(process)
    return usual_of(
        Outcome(project, case.at, case.value)
        for case in cases
        if (project := case.facts.get("project")) and case.at is not None
    )


def list_loops(workspace: Workspace) -> LoopList:
    """Return every loop, what calls for it now, and its experiments."""
    held = read_known(workspace)
    process = held.process
    patterns = find_patterns(process, rules_of(workspace)).patterns
    suggestions = sifted(workspace, suggestions_of(held, patterns)).suggestions
    calls = list(find_calls(patterns, dict(_slices(process)), suggestions))
    known, told = read_experiments(workspace).by_id.values(), tuple(messages(process))
    return LoopList(
        loops=tuple(
            ShownLoop(
                loop=loop,
                calls=tuple(call for call in calls if call.loop == loop.name),
                experiments={o.id: o.state for o in known if o.events[0].loop == loop.name},
                messages=told if loop.name == "downstream_feedback" else (),
            )
            for loop in shipped_loops()
        )
    )


def _slices(process: Process) -> Iterator[tuple[LoopName, list[Measure]]]:
    for loop in shipped_loops():
        if loop.metric is not None:
            metric = METRICS[loop.metric]
            cases = metric.cases(process)
            yield loop.name, list(measures(loop.metric, metric.unit, cases, loop.by))
