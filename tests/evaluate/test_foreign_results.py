"""Results of other harnesses are read in whichever shape they were written."""

from typing import Any

import pytest

from tracemill.evaluate.foreign_results import read_results


def told(document: Any) -> list[tuple[str, str, dict[str, bool]]]:
    return [
        (
            found.model,
            found.case.group,
            {k: fault is None for k, fault in found.result.faults.items()},
        )
        for found in read_results(document, "file")
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([{"query": "a", "correct": True}], [("file", "a", {"decision": True})]),
        (
            {"model": "folder/m", "results": [{"prompt": "a", "passed": False}]},
            [("m", "a", {"decision": False})],
        ),
        (
            {"x": {"model": "m", "results": [{"query": "a", "correct": True}]}, "n": 3},
            [("m", "a", {"decision": True})],
        ),
        (
            [{"question": "a", "tool_correct": True, "field_access_correct": False, "overall_correct": False}],
            [("file", "a", {"tool": True, "fields": False})],
        ),
        (
            [{"query": "a", "tool_correct": True, "field_access_correct": None, "overall_correct": False}],
            [("file", "a", {"tool": True, "decision": False})],
        ),
        (
            [{"query": "a", "expected_type": "field_access", "correct": False}],
            [("file", "a", {"fields": False})],
        ),
        (
            [{
                "query": "a", "expected_type": "field_access", "correct": False,
                "tool_correct": False, "field_access_correct": True,
            }],
            [("file", "a", {"tool": False, "fields": True})],
        ),
        ({"accuracy": 0.9, "results": [{"query": "a"}, {"correct": True}]}, []),
    ],
)  # fmt: skip
def test_results_are_found(document: Any, expected: list[Any]) -> None:
    assert told(document) == expected


def test_categories_become_parts() -> None:
    document = {"by_category": {"B": {"queries": [{"query": "a", "correct": True}]}}}

    (found,) = read_results(document, "m")

    assert found.case.slices == found.result.slices == ("B",)


def test_the_same_question_is_the_same_case_for_every_model() -> None:
    first, second = (
        next(read_results([{"query": "a", "correct": right}], name)).case
        for right, name in ((True, "x"), (False, "y"))
    )

    assert first == second


def test_a_document_may_be_nested_deep() -> None:
    document: Any = {"query": "a", "correct": True}
    for _ in range(2_000):
        document = [document]

    assert told(document) == [("file", "a", {"decision": True})]
