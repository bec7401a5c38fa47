"""Metrics of stages and their gates, from the team's own reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.analyze.cases import Case
from tracemill.analyze.metrics.confidence import stated_work
from tracemill.analyze.process import Process, Told, hand_offs
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    GateReport,
    StageReport,
)

_BUCKETS: Final = 5


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
