"""Checks of a dataset: each with a threshold, what was measured, and the rows it objects to.

To add one: a function that yields its objections and a line in `CHECKS`, or a class that fits
`protocol.Check`, and cases that it must and must not object to under `tests/curate/checks/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from tracemill.curate.checks import (
    alike,
    answers,
    fields,
    files,
    foreign,
    intent,
    limits,
    repetition,
    splits,
    tool_use,
)
from tracemill.curate.checks.protocol import Check, Checked, RowCheck, share
from tracemill.curate.checks.wording import learns_to_call
from tracemill.records.datasets.audits import CheckResult, TrainingRow
from tracemill.records.datasets.recipes import CheckRule


def _share_of(
    kept: Callable[[TrainingRow], bool],
) -> Callable[[Sequence[TrainingRow]], float | None]:
    return lambda rows: share(sum(map(kept, rows)), len(rows))


def _has_preamble(row: TrainingRow) -> bool:
    return next(answers.preambles(Checked([row])), None) is not None


_REGRESSION: Final = splits.Regression(
    (
        ("direct answers", _share_of(lambda row: not learns_to_call(row)), True),
        ("text before calls", _share_of(_has_preamble), False),
        ("unique rows", lambda rows: share(len({row.digest for row in rows}), len(rows)), True),
    )
)

CHECKS: Final[tuple[Check, ...]] = (
    repetition.Uniqueness(),
    RowCheck("exact_duplicates", 0.0, "repeat an earlier row", repetition.repeats),
    RowCheck(
        "repeated_requests",
        0.1,
        "ask what an earlier row asks",
        repetition.repeated_requests,
        repetition.with_request,
    ),
    RowCheck(
        "near_duplicates",
        0.05,
        "are nearly an earlier row",
        alike.nearly_repeated,
        is_possible=alike.is_compared,
    ),
    RowCheck(
        "contained_rows",
        0.05,
        "stand in a longer row",
        alike.contained_rows,
        is_possible=alike.is_compared,
    ),
    repetition.TemplateCollapse(),
    RowCheck(
        "counted_requests",
        0.01,
        "ask in a few words and a running number",
        repetition.counted_requests,
        repetition.with_request,
        is_local=True,
    ),
    RowCheck(
        "counted_answers",
        0.01,
        "answer what others answer but for a number",
        repetition.counted_answers,
    ),
    RowCheck(
        "short_answers",
        0.05,
        "end with an answer too short to teach anything",
        answers.short_answers,
        answers.ending_in_answers,
        is_local=True,
    ),
    RowCheck(
        "unanswered",
        0.0,
        "end before the assistant answers",
        answers.unanswered,
        answers.meant_to_answer,
        is_local=True,
    ),
    RowCheck(
        "call_style", 0.0, "write calls in another way", answers.other_style, answers.with_calls
    ),
    RowCheck(
        "text_before_calls",
        0.01,
        "put text before a call in its message",
        answers.preambles,
        answers.with_calls,
        is_local=True,
    ),
    RowCheck(
        "readable_calls",
        0.0,
        "hold a call that cannot be read",
        tool_use.unreadable_calls,
        answers.with_calls,
        is_local=True,
    ),
    RowCheck(
        "declared_calls",
        0.0,
        "call what they do not declare, or not as declared",
        tool_use.undeclared_calls,
        tool_use.declaring_tools,
        is_local=True,
    ),
    RowCheck(
        "paired_results",
        0.0,
        "have unpaired calls or results",
        tool_use.unpaired_results,
        is_local=True,
    ),
    RowCheck(
        "code_parses",
        0.005,
        "hold Python that does not parse",
        tool_use.unparsable_code,
        tool_use.with_code,
        is_local=True,
    ),
    RowCheck(
        "files_parse",
        0.02,
        "write a file that does not parse",
        files.broken_files,
        files.with_files,
        is_local=True,
    ),
    RowCheck(
        "cut_answers", 0.0, "end within a block of code", files.unclosed_fences, is_local=True
    ),
    RowCheck(
        "sound_commands",
        0.0,
        "name a program twice in a command",
        tool_use.doubled_words,
        answers.with_calls,
        is_local=True,
    ),
    RowCheck(
        "related_searches",
        0.01,
        "search for a word that nobody asked for",
        tool_use.unrelated_searches,
        answers.with_calls,
    ),
    RowCheck(
        "uncalled_tools",
        0.05,
        "that name several tools do not call one of them",
        intent.uncalled_tools,
        intent.naming_several,
    ),
    RowCheck(
        "searches_by_meaning",
        0.05,
        "search texts for a symbol that a tool on offer looks up",
        tool_use.searches_for_symbols,
        tool_use.offering_symbols,
        is_local=True,
    ),
    RowCheck(
        "steering_text",
        0.0,
        "hold text that is out to steer a model",
        foreign.steering_text,
        is_local=True,
    ),
    RowCheck(
        "copyleft_notices",
        0.0,
        "quote code whose licence asks for the same licence",
        foreign.copyleft_notices,
        is_local=True,
    ),
    RowCheck(
        "licences",
        0.0,
        "quote code under a licence that is not named",
        limits.unlisted_licences,
        limits.with_policy,
        is_local=True,
    ),
    RowCheck(
        "length",
        0.0,
        "are longer than asked for",
        limits.too_long,
        limits.with_limit,
        is_local=True,
    ),
    RowCheck(
        "language",
        0.0,
        "speak another language",
        limits.other_languages,
        limits.telling_languages,
        is_local=True,
    ),
    RowCheck(
        "toxicity",
        0.0,
        "hold what the judge finds hurtful",
        limits.toxic_text,
        limits.with_judge,
        is_local=True,
    ),
    RowCheck(
        "contamination",
        0.0,
        "share thirteen words with an evaluation set",
        limits.contaminated,
        limits.with_evaluation,
        is_local=True,
    ),
    RowCheck(
        "proved_outcomes",
        0.0,
        "imitate work that is not known to have been achieved",
        foreign.unproved_work,
        foreign.stating_outcomes,
        is_local=True,
    ),
    tool_use.EmptyFields(),
    tool_use.StatedOrigin(),
    RowCheck(
        "leaked_rows", 0.0, "of those held out are trained on", splits.leaked_rows, splits.held_out
    ),
    RowCheck(
        "leaked_requests",
        0.0,
        "of those held out ask what is trained on",
        splits.leaked_requests,
        splits.held_out,
    ),
    RowCheck(
        "leaked_groups",
        0.0,
        "of those held out are of work that is trained on",
        splits.leaked_groups,
        splits.with_groups,
    ),
    RowCheck(
        "near_leaks",
        0.0,
        "of those held out are nearly trained on",
        alike.nearly_leaked,
        splits.held_out,
        is_possible=alike.is_compared,
    ),
    RowCheck(
        "contained_leaks",
        0.0,
        "of those held out stand in what is trained on, or hold it",
        alike.leaked_inside,
        splits.held_out,
        is_possible=alike.is_compared,
    ),
    splits.EvenSplits(),
    splits.DirectAnswers(),
    fields.FieldReads(),
    fields.UnusedResults(),
    _REGRESSION,
)
"""Every check, in the order of reports."""


_COMPARING: Final = frozenset(
    {"repeated_requests", "leaked_requests", "near_leaks", "near_duplicates"}
)
"""Checks that compare rows, and for which one of them can be left out."""


def is_droppable(check: Check) -> bool:
    """Tell whether the rows that a check objects to can be left out."""
    return check.name in _COMPARING or (isinstance(check, RowCheck) and check.is_local)


def run_checks(
    checked: Checked, rules: Mapping[str, CheckRule] = MappingProxyType({})
) -> tuple[CheckResult, ...]:
    """Return what every check that is not switched off finds, each with the threshold asked for."""
    return tuple(
        _adjusted(check, rules[check.name]).run(checked)
        if check.name in rules
        else check.run(checked)
        for check in CHECKS
        if check.name not in rules or rules[check.name].use != "off"
    )


def _adjusted(check: Any, rule: CheckRule) -> Check:
    adjusted: Check = check if rule.threshold is None else replace(check, threshold=rule.threshold)
    return adjusted


__all__ = ["CHECKS", "Check", "Checked", "RowCheck", "is_droppable", "run_checks"]
