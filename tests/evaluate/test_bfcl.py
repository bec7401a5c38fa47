"""Questions of the function-calling leaderboard become cases."""

from typing import Any

import pytest

from tracemill.evaluate.bfcl import category_of, read_case
from tracemill.evaluate.scorers import score
from tracemill.llm import Answer
from tracemill.llm.protocol import spoken
from tracemill.records.models.evaluations import Case

QUESTION: dict[str, Any] = {
    "id": "multiple_0",
    "question": [[{"role": "user", "content": "How far is it from Bern to Basel by bike?"}]],
    "function": [
        {
            "name": "route.length",
            "description": "Length of a route.",
            "parameters": {
                "type": "dict",
                "properties": {
                    "ends": {"type": "tuple", "items": {"type": "string"}},
                    "by": {"type": "string"},
                    "scale": {"type": "float", "optional": True},
                },
                "required": ["ends"],
            },
        }
    ],
}
RIGHT = {
    "id": "multiple_0",
    "ground_truth": [
        {
            "route.length": {
                "ends": [["Bern", "Basel"]],
                "by": ["bike", "bicycle"],
                "scale": ["", 1.0],
            }
        }
    ],
}


def case() -> Case:
    made = read_case(QUESTION, RIGHT, "multiple")
    assert isinstance(made, Case)
    return made


def test_types_have_the_names_of_json_schema() -> None:
    parameters = case().tools[0]["function"]["parameters"]

    assert parameters["type"] == "object"
    assert parameters["properties"]["ends"]["type"] == "array"
    assert parameters["properties"]["scale"] == {"type": "number"}


@pytest.mark.parametrize(
    ("arguments", "passes"),
    [
        ({"ends": ["Bern", "Basel"], "by": "bike"}, True),
        ({"ends": ["bern", "BASEL"], "by": "bicycle", "scale": 1}, True),
        ({"ends": ["Basel", "Bern"], "by": "bike"}, False),
        ({"ends": ["Bern", "Basel"]}, False),
        ({"ends": ["Bern", "Basel"], "by": "b-i-k-e"}, False),
        ({"ends": ["Bern", "Basel"], "by": "bike", "scale": True}, False),
    ],
)
def test_right_values_pass(arguments: dict[str, Any], *, passes: bool) -> None:
    answer = Answer(message=spoken("", [{"name": "route.length", "arguments": arguments}]))

    assert score(case(), answer).passed is passes


def test_a_question_that_no_tool_answers_wants_words() -> None:
    made = read_case(QUESTION, None, "irrelevance")

    assert isinstance(made, Case)
    assert made.wanted == ()
    assert made.checks == ("decision",)
    assert made.slices == ("bfcl:irrelevance",)


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        ("live_relevance", "no_ground_truth"),
        ("simple_java", "other_language"),
        ("multi_turn_base", "other_kind"),
        ("memory", "other_kind"),
    ],
)
def test_what_is_no_single_decision_is_left_out(category: str, reason: str) -> None:
    assert read_case(QUESTION, None, category) == reason


def test_files_are_named_after_their_category() -> None:
    assert category_of("BFCL_v4_live_multiple") == "live_multiple"


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ({"id": "multiple_0"}, RIGHT),
        (QUESTION, {"id": "multiple_0"}),
        (QUESTION, {"id": "multiple_0", "ground_truth": [{"f": {}, "g": {}}]}),
        (QUESTION, {"id": "multiple_0", "ground_truth": [{"f": {"a": 1}}]}),
        (QUESTION | {"function": None}, RIGHT),
        (QUESTION | {"function": [{"name": "f"}]}, RIGHT),
        (QUESTION | {"question": [[{"role": "judge", "content": None}]]}, RIGHT),
    ],
)
def test_what_has_another_shape_is_no_question(
    question: dict[str, Any], right: dict[str, Any]
) -> None:
    assert read_case(question, right, "multiple") == "no_question"
