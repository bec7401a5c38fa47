"""Metrics: each turns what is held into cases, and says what its number means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from tracemill.analyze.artifact_metrics import (
    artifact_retries,
    first_tries,
    rule_failures,
    writing_times,
)
from tracemill.analyze.cases import PERIODS, Case
from tracemill.analyze.confidence import stated_work
from tracemill.analyze.feature_metrics import failure_minutes, failure_retries
from tracemill.analyze.process import Process, Told, hand_offs
from tracemill.analyze.project_metrics import (
    autonomy,
    critical_issues,
    escalations,
    fast_enough,
    project_cost,
    project_coverage,
    project_quality,
    project_seconds,
    projects_shipped,
    prototype_seconds,
    satisfaction,
    stated_confidence,
)
from tracemill.analyze.session_metrics import (
    failures_overcome,
    messages_taken_back,
    same_attempts,
    session_tokens,
    tool_errors,
    work_achieved,
)
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    GateReport,
    StageReport,
)
from tracemill.records.process.patterns import Unit

_BUCKETS: Final = 5


class Metric(NamedTuple):
    """One metric."""

    unit: Unit
    """A share, or a mean."""
    says: str
    """What it counts, in one sentence."""
    cases: Callable[[Process], Iterator[Case]]
    """What it is counted over."""
    facts: tuple[str, ...]
    """What it can be asked by."""

    @property
    def is_of_sessions(self) -> bool:
        """Whether its cases are sessions, or what happened in them."""
        return "instructions" in self.facts


def gate_failures(process: Process) -> Iterator[Case]:
    """Yield each judgement of a gate; those that it could not make are no case."""
    for told in process.of(GateReport):
        if told.report.gate_result in ("pass", "fail"):
            is_failed = told.report.gate_result == "fail"
            reason = told.report.gate_result_reason
            yield Case(told.facts, float(is_failed), told.ref, told.at, reason, is_failed)


def first_passes(process: Process) -> Iterator[Case]:
    """Yield each first judgement of a gate on a piece of work."""
    for told in process.of(GateReport):
        is_first = told.report.retry_attempt == 1
        if is_first and told.report.gate_result in ("pass", "fail"):
            is_passed = told.report.gate_result == "pass"
            yield Case(told.facts, float(is_passed), told.ref, told.at, None, not is_passed)


def retries(process: Process) -> Iterator[Case]:
    """Yield for each gate that a stage went through how often it was tried again."""
    highest: dict[tuple[str, ...], Told] = {}
    for told in process.of(GateReport):
        if told.report.retry_attempt is None:
            continue
        key = tuple(told.facts.get(name, "") for name in ("project", "stage", "gate", "role"))
        known = highest.get(key)
        if known is None or known.report.retry_attempt < told.report.retry_attempt:
            highest[key] = told
        if told.report.gate_result == "pass":
            done = highest.pop(key)
            yield _tries(done)
    for left in highest.values():
        yield _tries(left)


def _tries(told: Told) -> Case:
    n = float(told.report.retry_attempt - 1)
    return Case(told.facts, n, told.ref, told.at, told.report.gate_result_reason, n > 0)


def overrides(process: Process) -> Iterator[Case]:
    """Yield each decision that a person took on what an agent recommended."""
    for told in process.of(ApprovalReport):
        aligned = told.report.decision_aligned
        advice, decided = told.report.agent_recommendation, told.report.human_decision
        if aligned is None and advice and decided:
            aligned = advice.strip().casefold() == decided.strip().casefold()
        if aligned is not None:
            reason = told.report.human_reasoning
            yield Case(told.facts, float(not aligned), told.ref, told.at, reason, not aligned)


def gate_overrides(process: Process) -> Iterator[Case]:
    """Yield each judgement of a gate of which it is known whether a person set it aside."""
    for told in process.of(GateReport):
        if told.report.human_override is not None:
            is_set_aside = told.report.human_override
            yield Case(told.facts, float(is_set_aside), told.ref, told.at, None, is_set_aside)


def stage_tokens(process: Process) -> Iterator[Case]:
    """Yield the tokens of each stage whose work its gate let through, or that met no gate."""
    for told in _let_through(process):
        spent = (told.report.input_tokens, told.report.output_tokens)
        if None not in spent:
            yield Case(told.facts, float(sum(spent)), told.ref, told.at)


def stage_cost(process: Process) -> Iterator[Case]:
    """Yield what each stage cost whose work its gate let through, or that met no gate."""
    for told in _let_through(process):
        if told.report.total_cost is not None:
            yield Case(told.facts, float(told.report.total_cost), told.ref, told.at)


def _let_through(process: Process) -> Iterator[Told]:
    """Yield the stages of whose work no gate's last word is a no."""
    judged: dict[bool, set[tuple[str | None, str | None]]] = {True: set(), False: set()}
    for told in process.of(GateReport):
        if told.report.gate_result in ("pass", "fail"):
            place = (told.facts.get("project"), told.facts.get("stage"))
            judged[told.report.gate_result == "pass"].add(place)
    failed = judged[False] - judged[True]
    for told in process.of(StageReport):
        if (told.facts.get("project"), told.facts.get("stage")) not in failed:
            yield told


def stage_seconds(process: Process) -> Iterator[Case]:
    """Yield how long each stage took."""
    for told in process.of(StageReport):
        if told.report.duration_seconds is not None:
            yield Case(told.facts, float(told.report.duration_seconds), told.ref, told.at)


def passes_after_hand_off(process: Process) -> Iterator[Case]:
    """Yield for each hand-off whether the gate after it passed at the first attempt."""
    judged: dict[tuple[str | None, str | None], Told] = {}
    for told in process.of(GateReport):
        if told.report.retry_attempt in (1, None) and told.report.gate_result in ("pass", "fail"):
            judged.setdefault((told.facts.get("project"), told.facts.get("stage")), told)
    for before, after in hand_offs(process):
        verdict = judged.get((after.facts.get("project"), after.facts.get("stage")))
        if verdict is None:
            continue
        pair = f"{before.facts['role']} → {after.facts['role']}"
        is_passed = verdict.report.gate_result == "pass"
        reason = verdict.report.gate_result_reason
        facts = {**after.facts, "pair": pair}
        yield Case(facts, float(is_passed), verdict.ref, verdict.at, reason, not is_passed)


def hand_off_quality(process: Process) -> Iterator[Case]:
    """Yield what each giver passes at once, shared out over the tries that its receiver needs.

    1 where all passed and the receiver needed one try, half of it where it needed two.
    """
    passed: dict[tuple[str | None, str | None], list[float]] = {}
    for case in first_passes(process):
        key = (case.facts.get("project"), case.facts.get("stage"))
        passed.setdefault(key, []).append(case.value)
    tries: dict[tuple[str | None, str | None], float] = {}
    for case in retries(process):
        key = (case.facts.get("project"), case.facts.get("stage"))
        tries[key] = tries.get(key, 0.0) + case.value
    for before, after in hand_offs(process):
        own, others = (
            (told.facts.get("project"), told.facts.get("stage")) for told in (before, after)
        )
        if own in passed and others in tries:
            quality = sum(passed[own]) / len(passed[own]) / (1 + tries[others])
            pair = f"{before.facts['role']} → {after.facts['role']}"
            yield Case({**after.facts, "pair": pair}, quality, after.ref, after.at)


def auto_fixes(process: Process) -> Iterator[Case]:
    """Yield each remedy that was tried without a person, and whether it helped."""
    for told in process.of(GateReport):
        if told.report.auto_fix_applied and told.report.auto_fix_success is not None:
            helped = told.report.auto_fix_success
            yield Case(told.facts, float(helped), told.ref, told.at, None, not helped)


def confident_work(process: Process) -> Iterator[Case]:
    """Yield each stage whose agent said how sure it was, by fifths, and whether its gate passed."""
    for work in stated_work(process):
        fifth = min(_BUCKETS - 1, int(work.sure * _BUCKETS))
        facts = {**work.told.facts, "confidence": f"{fifth * 20}-{fifth * 20 + 20} %"}
        passed = work.is_passed
        yield Case(facts, float(passed), work.verdict.ref, work.verdict.at, None, not passed)


def downstream_rejections(process: Process) -> Iterator[Case]:
    """Yield each stage's work, and whether a later agent complained; nothing where none ever did.

    A team of which no complaint is held may just not write them down.
    """
    complaints: dict[tuple[str | None, str | None], Told] = {}
    for told in process.of(DownstreamReport):
        complaints.setdefault((told.facts.get("project"), told.report.stage), told)
    worked: dict[tuple[str | None, str | None], Told] = {}
    for told in process.of(StageReport) if complaints else ():
        worked[told.facts.get("project"), told.facts.get("stage")] = told
    for key, told in worked.items():
        complaint = complaints.get(key)
        shown = complaint or told
        reason = complaint.report.feedback if complaint else None
        is_sent_back = complaint is not None
        yield Case(told.facts, float(is_sent_back), shown.ref, told.at, reason, is_sent_back)


_TEAM: Final = (
    "project",
    "recipe",
    "recipe_version",
    "domain",
    "team_size",
    "team",
    "platform",
    "complexity",
)
_GATE: Final = ("gate", "stage", "role", "model", "prompt_version", *_TEAM)
_STAGE: Final = ("stage", "role", "model", "prompt_version", *_TEAM)
_FAILURE: Final = ("failure_type", "category", "severity", "model", "project")
_ARTIFACT: Final = ("artifact", "role", "model", "prompt_version", *_TEAM)
_SESSION: Final = ("agent", "model", "project", "branch", "instructions")


def _metric(
    unit: Unit, says: str, cases: Callable[[Process], Iterator[Case]], facts: tuple[str, ...]
) -> Metric:
    return Metric(unit, says, cases, (*facts, *PERIODS))


METRICS: Final[Mapping[str, Metric]] = {
    "gate_failure_rate": _metric(
        "share", "judgements of gates that are a no", gate_failures, _GATE
    ),
    "gate_first_pass_rate": _metric(
        "share", "work that a gate passes at the first attempt", first_passes, _GATE
    ),
    "retries": _metric("mean", "how often work is tried again at a gate", retries, _GATE),
    "override_rate": _metric(
        "share", "recommendations that a person decides against", overrides,
        ("decision", "role", "model", "prompt_version", *_TEAM),
    ),
    "gate_override_rate": _metric(
        "share", "verdicts of gates that a person sets aside", gate_overrides, _GATE
    ),
    "escalations": _metric("mean", "times a project hands work to a person", escalations, _TEAM),
    "tokens_per_success": _metric(
        "mean", "tokens of a stage whose work is let through", stage_tokens, _STAGE
    ),
    "cost_per_success": _metric(
        "mean", "cost of a stage whose work is let through", stage_cost, _STAGE
    ),
    "stage_seconds": _metric("mean", "seconds that a stage takes", stage_seconds, _STAGE),
    "pass_rate_after_hand_off": _metric(
        "share", "gates that pass at once after one role hands to another", passes_after_hand_off,
        ("pair", *_STAGE),
    ),
    "downstream_rejection_rate": _metric(
        "share", "work of a stage that a later agent complains of", downstream_rejections, _STAGE
    ),
    "hand_off_quality": _metric(
        "mean", "gates a giver passes at once, for each try that the receiver needs",
        hand_off_quality, ("pair", *_STAGE),
    ),
    "auto_fix_success_rate": _metric(
        "share", "remedies without a person that help", auto_fixes, ("strategy", *_GATE)
    ),
    "confident_success_rate": _metric(
        "share", "work passed at once, by how sure its agent was", confident_work,
        ("confidence", *_STAGE),
    ),
    "stated_confidence": _metric(
        "mean", "how sure of their work agents say they are, 0 to 1", stated_confidence, _STAGE
    ),
    "project_success_rate": _metric("share", "projects that ship", projects_shipped, _TEAM),
    "project_seconds": _metric("mean", "seconds that a project takes", project_seconds, _TEAM),
    "prototype_seconds": _metric(
        "mean", "seconds until every gate of a project passed once", prototype_seconds, _TEAM
    ),
    "project_cost": _metric("mean", "cost of a project's tokens", project_cost, _TEAM),
    "quality_score": _metric(
        "mean", "how good a project is, as its report says", project_quality, _TEAM
    ),
    "test_coverage": _metric(
        "mean", "code of a project that its tests run, 0 to 1", project_coverage, _TEAM
    ),
    "critical_issues": _metric(
        "mean", "critical findings of a scan in a project", critical_issues, _TEAM
    ),
    "fast_enough_rate": _metric(
        "share", "projects that are as fast as promised", fast_enough, _TEAM
    ),
    "autonomy_level": _metric("mean", "what agents do without asking, 0 to 3", autonomy, _TEAM),
    "satisfaction": _metric("mean", "how helpful people find agents, 1 to 5", satisfaction, _TEAM),
    "failure_retries": _metric(
        "mean", "how often a failure of a feature is tried again", failure_retries, _FAILURE
    ),
    "failure_minutes": _metric(
        "mean", "minutes until a failure of a feature is put right", failure_minutes, _FAILURE
    ),
    "rule_failure_rate": _metric(
        "share", "judgements of rules on what a model wrote that are a no", rule_failures,
        ("rule", "rule_kind", *_ARTIFACT),
    ),
    "first_try_rate": _metric(
        "share", "artifacts that rules let through at the first attempt", first_tries, _ARTIFACT
    ),
    "artifact_retries": _metric(
        "mean", "how often an artifact that is let through is tried again", artifact_retries,
        _ARTIFACT,
    ),
    "generation_ms": _metric(
        "mean", "milliseconds that a model writes at an attempt", writing_times, _ARTIFACT
    ),
    "agent_success_rate": _metric(
        "share", "pieces of work with a known outcome that are achieved", work_achieved, _SESSION
    ),
    "tool_error_rate": _metric("share", "tool calls that fail", tool_errors, _SESSION),
    "taken_back_rate": _metric(
        "share", "sessions in which a person corrects, refuses or stops the agent",
        messages_taken_back, _SESSION,
    ),
    "failures_overcome_rate": _metric(
        "share", "failures that the session overcomes", failures_overcome,
        ("kind", "cause", *_SESSION),
    ),
    "same_attempt_rate": _metric(
        "share", "failures tried three times or more with nothing changed between", same_attempts,
        ("kind", *_SESSION),
    ),
    "output_tokens_per_success": _metric(
        "mean", "tokens that a session writes for work that is achieved", session_tokens, _SESSION
    ),
}  # fmt: skip
"""Every metric."""

LESS_IS_BETTER: Final = frozenset(
    {
        "gate_failure_rate",
        "retries",
        "downstream_rejection_rate",
        "override_rate",
        "gate_override_rate",
        "escalations",
        "tokens_per_success",
        "cost_per_success",
        "stage_seconds",
        "project_seconds",
        "prototype_seconds",
        "project_cost",
        "critical_issues",
        "failure_retries",
        "failure_minutes",
        "rule_failure_rate",
        "artifact_retries",
        "generation_ms",
        "tool_error_rate",
        "taken_back_rate",
        "same_attempt_rate",
        "output_tokens_per_success",
    }
)
"""Metrics of which a team wants less."""
NEITHER_IS_BETTER: Final = frozenset({"stated_confidence", "autonomy_level"})
"""Metrics of which neither more nor less is better by itself."""
