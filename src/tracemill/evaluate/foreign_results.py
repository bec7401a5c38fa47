"""Results that another harness wrote: who did which question right, in whichever shape.

A result is any object with a question and a verdict. Which model and which category it belongs to
is said by the object itself, or by what encloses it. Where a harness says apart whether the tool
was right and whether fields were read, these are checks of their own; otherwise its verdict is one
on the decision as a whole. Verdicts are taken as they stand: how they were come by is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from tracemill.evaluate.building import make_case
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case, CaseResult, CheckKind, Fault

_QUESTIONS: Final = ("query", "question", "prompt")
_VERDICTS: Final = ("overall_correct", "correct", "is_correct", "passed")
_MODELS: Final = ("model", "model_path")
_BY_CATEGORY: Final = frozenset({"by_category", "categories", "results"})
"""Keys of objects that hold results by category."""
_PARTS: Final[Mapping[str, CheckKind]] = {
    "tool_correct": "tool",
    "field_access_correct": "fields",
}
_FAULTS: Final[Mapping[CheckKind, Fault]] = {"tool": "wrong_tool", "fields": "field_not_read"}


class ForeignResult(NamedTuple):
    """What a model did on a question, as another harness says."""

    model: str
    """The model, as the file calls it."""
    case: Case
    """The question; equal questions make equal cases, whichever model did them."""
    result: CaseResult


def read_results(document: Any, model: str) -> Iterator[ForeignResult]:
    """Yield every result of a document; `model` is who did it where nothing says so."""
    yield from _walk(document, model, None)


def _walk(value: Any, model: str, category: str | None) -> Iterator[ForeignResult]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, model, category)
    elif isinstance(value, dict):
        named = next((value[key] for key in _MODELS if isinstance(value.get(key), str)), None)
        model = PurePosixPath(named).name if named else model
        question = next((value[key] for key in _QUESTIONS if isinstance(value.get(key), str)), None)
        verdict = next((value[key] for key in _VERDICTS if isinstance(value.get(key), bool)), None)
        if question is not None and verdict is not None:
            yield _result(value, model, category, (question, verdict))
            return
        for key, each in value.items():
            if key in _BY_CATEGORY and isinstance(each, dict):
                for name, inner in each.items():
                    yield from _walk(inner, model, name)
            else:
                yield from _walk(each, model, category)


def _result(
    row: Mapping[str, Any], model: str, category: str | None, judged: tuple[str, bool]
) -> ForeignResult:
    question, verdict = judged
    passed: dict[CheckKind, bool] = {
        check: row[key] for key, check in _PARTS.items() if isinstance(row.get(key), bool)
    }
    if row.get("expected_type") == "field_access" or verdict != all(passed.values()) or not passed:
        passed["fields" if row.get("expected_type") == "field_access" else "decision"] = verdict
    kept = row.get("category") or category
    case = make_case(
        Case(
            id="",
            messages=(Message(role="user", content=question),),
            checks=("decision",),
            group=question,
            slices=(str(kept),) if kept else (),
        )
    )
    faults: dict[CheckKind, Fault | None] = {
        check: None if is_right else _FAULTS.get(check, "wrong_value")
        for check, is_right in passed.items()
    }
    result = CaseResult(case_id=case.id, group=case.group, slices=case.slices, faults=faults)
    return ForeignResult(model, case, result)
