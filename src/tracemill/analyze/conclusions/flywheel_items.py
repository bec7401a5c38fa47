"""Ten things that a loop of data must hold, each with what shows it or what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.analyze.conclusions.flywheel import (
    BEHAVIOUR,
    Seen,
    achieved,
    formats,
    is_behavioural,
    is_one_format,
    score_of,
)
from tracemill.analyze.process import Process
from tracemill.base.text import counted
from tracemill.records.models.evaluations import Evaluation
from tracemill.records.process.flywheel import HeldItem, HeldName
from tracemill.records.process.patterns import Measure
from tracemill.records.process.tool_use import ToolUse

_WHOLE: Final = 0.9
"""Share of calls that must have come back for traces to be full."""


def held_items(seen: Seen) -> Iterator[HeldItem]:
    """Yield the ten things that must be held."""
    yield _real_calls(seen.use)
    yield _success_signals(seen)
    yield _full_traces(seen.use)
    yield _in_one_format(seen)
    yield _checked(seen)
    yield _measured(seen)
    yield _integrated(seen)
    yield _cross_tool(seen)
    yield _field_use(seen.use)
    yield _satisfaction(seen.process)


def _real_calls(use: ToolUse) -> HeldItem:
    return _item(
        "real_calls", "calls of real work, none made up", use.n_calls,
        f"{counted(use.n_calls, 'call')} in {counted(use.n_sessions, 'session')} as they were "
        "recorded", "nothing was read that called a tool: tracemill run",
    )  # fmt: skip


def _success_signals(seen: Seen) -> HeldItem:
    use, n_known = seen.use, len(achieved(seen.process))
    return _item(
        "success_signals", "what people did about the work", use.n_taken + n_known,
        f"people surely reacted to {use.n_taken:,} of {counted(use.n_turns, 'turn')}; "
        f"{counted(n_known, 'piece')} of work of known outcome",
        "no reaction of a person was heard: tracemill review next",
    )  # fmt: skip


def _full_traces(use: ToolUse) -> HeldItem:
    share = use.n_answered / use.n_calls if use.n_calls else None
    return _item(
        "full_traces", "calls with results, fields and decisions",
        share is not None and share >= _WHOLE,
        f"{use.n_answered:,} of {counted(use.n_calls, 'call')} have their result; "
        f"{counted(_n_codes(use), 'use')} of fields in code; session decisions tells what decided",
        "no call is held that could have one: tracemill run" if share is None
        else f"{share:.0%} of calls have a result, {_WHOLE:.0%} are asked for",
    )  # fmt: skip


def _in_one_format(seen: Seen) -> HeldItem:
    return _item(
        "one_format", "the same format in training and evaluation", is_one_format(seen) is True,
        f"{counted(len(formats(seen)), 'model')} asked in the format of their training",
        "no model was trained and evaluated here: tracemill model train, model eval",
    )  # fmt: skip


def _checked(seen: Seen) -> HeldItem:
    version = seen.version
    asks = "examples that were checked before they are trained on"
    if version is None or not version.checks:
        return _item("checked_examples", asks, None, "", "no dataset version: tracemill run")
    failed = [check.name for check in version.checks if check.verdict == "fail"]
    n_made = sum(check.verdict != "unknown" for check in version.checks)
    return _item(
        "checked_examples", asks, not failed,
        f"{version.id}: {counted(n_made, 'check')} passed",
        f"{version.id} fails {', '.join(failed)}",
    )  # fmt: skip


def _measured(seen: Seen) -> HeldItem:
    latest = _behavioural(seen)
    return _item(
        "behaviour_measured", "models judged by what they do", latest is not None,
        f"{latest.subject} on {latest.suite}: {_parts(latest)}" if latest else "",
        "no model was judged by its calls: tracemill model suite build, model eval",
    )  # fmt: skip


def _integrated(seen: Seen) -> HeldItem:
    return _item(
        "integration_results", "checks that ran for real", seen.n_checks + seen.n_gates,
        f"{counted(seen.n_checks, 'check')} in sessions and {counted(seen.n_gates, 'gate run')} "
        "with a verdict",
        "no test, linter or build is known to have run",
    )  # fmt: skip


def _cross_tool(seen: Seen) -> HeldItem:
    use, order = seen.use, score_of(seen, "check:order")
    return _item(
        "cross_tool_success", "success of work over several tools",
        use.n_several_taken or order is not None,
        f"{use.n_several_in_favour:,} of {counted(use.n_several_taken, 'turn')} over several tools "
        f"taken well{f'; {_said(order)} by {_model(order)}' if order else ''}",
        "no reaction to a turn over several tools, and no case of one",
    )  # fmt: skip


def _field_use(use: ToolUse) -> HeldItem:
    n_codes = _n_codes(use)
    return _item(
        "field_use", "fields that code reads", n_codes,
        f"{counted(n_codes, 'use')} of the results of {counted(len(use.accesses), 'function')}",
        "no code of a call reads a field: agents that call tools from code would show it",
    )  # fmt: skip


def _satisfaction(process: Process) -> HeldItem:
    known = achieved(process)
    n_achieved = sum(is_achieved for _, is_achieved in known)
    return _item(
        "satisfaction", "whether goals were reached", len(known),
        f"{n_achieved:,} of {counted(len(known), 'piece')} of work achieved",
        "no outcome is known",
    )  # fmt: skip


def _item(name: HeldName, asks: str, is_held: object, found: str, missing: str) -> HeldItem:
    return HeldItem(
        name=name, asks=asks, verdict="held" if is_held else "missing",
        evidence=found if is_held else missing,
    )  # fmt: skip


def _n_codes(use: ToolUse) -> int:
    return sum(each.n_codes for each in use.accesses)


def _behavioural(seen: Seen) -> Evaluation | None:
    """Return the latest evaluation that looked at what a model did."""
    return next((each for each in seen.evaluations if is_behavioural(each)), None)


def _parts(evaluation: Evaluation) -> str:
    told = {score.name: score for score in evaluation.slices}
    return ", ".join(
        f"{name.removeprefix('check:')} {told[name].passed:,} of {told[name].n:,}"
        for name in BEHAVIOUR
        if name in told
    )


def _said(measure: Measure) -> str:
    return f"{measure.value or 0:.0%} of {measure.n:,} calls behind another tool's result"


def _model(measure: Measure) -> str:
    return measure.slice["model"]
