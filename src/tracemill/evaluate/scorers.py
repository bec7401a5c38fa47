"""One scorer for each check: what is wrong with a decision, judged by what it does.

A scorer sees the calls that could be read. A call that could not be read is an attempt that
failed, never a decision to answer in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tracemill.evaluate.choices import letter_of
from tracemill.evaluate.code import fields_read
from tracemill.evaluate.commands import programs_run
from tracemill.evaluate.conduct import asks_back, judged
from tracemill.evaluate.edited import edited_files
from tracemill.evaluate.handing_over import coverage, is_too_much, made_up
from tracemill.evaluate.matching import call_fault, fits, pairing_fault
from tracemill.llm import Answer
from tracemill.llm.judging import AskJudge
from tracemill.records.models.evaluations import Case, CaseResult, CheckKind, Fault
from tracemill.render.tool_names import is_text_search

_HANDED: Final = 0.5
"""Share of what was handed over from which words hold enough of it."""

Scorer = Callable[[Case, Answer], Fault | None]
"""Returns what is wrong, or None."""


def decision(case: Case, answer: Answer) -> Fault | None:
    """Look whether it calls where a call is wanted, and answers where words are."""
    if answer.faults:
        return "unreadable_call" if case.wanted else "called"
    if case.wanted:
        return None if answer.calls else "not_called"
    if answer.calls:
        return "called"
    return None if answer.message.content.strip() else "said_nothing"


def tool(case: Case, answer: Answer) -> Fault | None:
    """Look whether the right tools are called, in whatever order."""
    if fault := decision(case, answer):
        return fault
    wanted = sorted(call.name for call in case.wanted)
    return None if sorted(call["name"] for call in answer.calls) == wanted else "wrong_tool"


def arguments(case: Case, answer: Answer) -> Fault | None:
    """Look whether the right tools are called with the right values."""
    return decision(case, answer) or pairing_fault(answer.calls, case.wanted)


def order(case: Case, answer: Answer) -> Fault | None:
    """Look whether the tools that come next are called, in their order."""
    if fault := tool(case, answer):
        return fault
    wanted = [call.name for call in case.wanted]
    return None if [call["name"] for call in answer.calls] == wanted else "wrong_order"


def earlier_result(case: Case, answer: Answer) -> Fault | None:
    """Look whether the values that only earlier results hold are used where they belong."""
    if fault := decision(case, answer):
        return fault
    for wanted in case.wanted:
        carried = [name for name in case.carried if name in wanted.arguments]
        given = [call["arguments"] for call in answer.calls if call["name"] == wanted.name]
        if carried and not any(
            all(name in each and fits(each[name], wanted.arguments[name]) for name in carried)
            for each in given
        ):
            return "not_from_result" if given else "wrong_tool"
    return None


def fields(case: Case, answer: Answer) -> Fault | None:
    """Look whether the code that it runs reads the fields that are needed."""
    if fault := decision(case, answer):
        return fault
    return None if fields_read(answer.calls) >= set(case.fields) else "field_not_read"


def recovery(case: Case, answer: Answer) -> Fault | None:
    """Look whether it does the next right thing after a failure, and not the same again."""
    if case.failed is not None:
        failed = case.failed
        if any(call_fault(call, failed) is None for call in answer.calls):
            return "repeated_failure"
    return tool(case, answer) if case.wanted else decision(case, answer)


def choice(case: Case, answer: Answer) -> Fault | None:
    """Look whether it gives the letter of the right statement, and no other."""
    if fault := decision(case, answer):
        return fault
    letter = letter_of(answer.message.content)
    if letter is None:
        return "unclear_choice"
    return None if letter == case.choice else "wrong_choice"


def edit_place(case: Case, answer: Answer) -> Fault | None:
    """Look whether it edits the files that were edited, and no others."""
    if fault := decision(case, answer):
        return fault
    files = edited_files(answer.calls)
    if not files:
        return "wrong_tool"
    return None if files == case.files else "other_file"


def validation(case: Case, answer: Answer) -> Fault | None:
    """Look whether it runs one of the checks that were run, however it calls it."""
    if fault := decision(case, answer):
        return fault
    run = {name for call in answer.calls for name in programs_run(call)}
    return None if run & set(case.programs) else "not_checked"


def by_meaning(case: Case, answer: Answer) -> Fault | None:
    """Look whether code is looked up by what it means, and not by its letters."""
    if fault := decision(case, answer):
        return fault
    is_search = any(is_text_search(call["name"], call["arguments"]) for call in answer.calls)
    return "text_search" if is_search else None


def conduct(case: Case, answer: Answer) -> Fault | None:
    """Look whether it answers in words, and by the case's rule; a judge looks at the rest."""
    if fault := decision(case, answer):
        return fault
    is_asking = case.rule != "asks_back" or asks_back(answer.message.content)
    return None if is_asking else "asked_nothing"


def hand_over(case: Case, answer: Answer) -> Fault | None:
    """Look whether words hold half of what the real ones did, no copy of all, no file made up."""
    if fault := decision(case, answer):
        return fault
    text = answer.message.content
    if coverage(case.handed, text) < _HANDED:
        return "left_out"
    if is_too_much(case, text):
        return "too_much"
    return "made_up" if made_up(case, text) else None


SCORERS: Final[Mapping[CheckKind, Scorer]] = {
    "decision": decision,
    "tool": tool,
    "arguments": arguments,
    "order": order,
    "earlier_result": earlier_result,
    "fields": fields,
    "recovery": recovery,
    "stop": decision,
    "choice": choice,
    "edit_place": edit_place,
    "validation": validation,
    "by_meaning": by_meaning,
    "conduct": conduct,
    "hand_over": hand_over,
}
"""What looks at each check."""


def score(case: Case, answer: Answer | None, judge: AskJudge | None = None) -> CaseResult:
    """Return what a model did on a case; no answer at all fails every check."""
    return CaseResult(
        case_id=case.id,
        group=case.group,
        slices=case.slices,
        faults={
            check: "no_reply" if answer is None else _fault(check, case, answer, judge)
            for check in case.checks
        },
        covered=_covered(case, answer),
        message=answer.message if answer else None,
        n_answer_tokens=answer.n_answer_tokens if answer else None,
        seconds=answer.seconds if answer else None,
    )


def _fault(check: CheckKind, case: Case, answer: Answer, judge: AskJudge | None) -> Fault | None:
    fault = SCORERS[check](case, answer)
    return judged(case, answer, judge) if fault is None and check == "conduct" else fault


def _covered(case: Case, answer: Answer | None) -> float | None:
    """Return how much of what was handed over an answer holds; None where that is not asked."""
    if not case.handed:
        return None
    return coverage(case.handed, answer.message.content) if answer is not None else 0.0
