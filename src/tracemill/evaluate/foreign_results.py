"""Results of another harness, in any of the known shapes: which model got which question right.

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
    left = [_Part(document, model, None)]
    while left:  # a document may be nested deeper than calls may be
        part = left.pop()
        if isinstance(part.value, dict):
            part = part._replace(model=_model_of(part.value) or part.model)
            if (judged := _judged(part.value)) is not None:
                yield _result(part.value, part.model, part.category, judged)
                continue
        left.extend(reversed(list(_parts(part))))


class _Part(NamedTuple):
    """A part of a document, and what encloses it says of it."""

    value: Any
    model: str
    category: str | None


def _model_of(value: Mapping[str, Any]) -> str | None:
    named = next((value[key] for key in _MODELS if isinstance(value.get(key), str)), "")
    return PurePosixPath(named).name


def _judged(value: Mapping[str, Any]) -> tuple[str, bool] | None:
    """Return the question and the verdict of an object; None where it has not both."""
    question = next((value[key] for key in _QUESTIONS if isinstance(value.get(key), str)), None)
    verdict = next((value[key] for key in _VERDICTS if isinstance(value.get(key), bool)), None)
    return None if question is None or verdict is None else (question, verdict)


def _parts(whole: _Part) -> Iterator[_Part]:
    """Yield what a list or an object holds."""
    value = whole.value
    if isinstance(value, list):
        yield from (whole._replace(value=each) for each in value)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in _BY_CATEGORY and isinstance(each, dict):
                yield from (_Part(inner, whole.model, name) for name, inner in each.items())
            else:
                yield whole._replace(value=each)


def _result(
    row: Mapping[str, Any], model: str, category: str | None, judged: tuple[str, bool]
) -> ForeignResult:
    question, verdict = judged
    passed: dict[CheckKind, bool] = {
        check: row[key] for key, check in _PARTS.items() if isinstance(row.get(key), bool)
    }
    is_of_fields = row.get("expected_type") == "field_access" and "fields" not in passed
    if is_of_fields or verdict != all(passed.values()) or not passed:
        passed["fields" if is_of_fields else "decision"] = verdict
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
