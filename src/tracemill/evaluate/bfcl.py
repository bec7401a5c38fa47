"""Cases from the Berkeley Function-Calling Leaderboard's files, version 3 and 4.

A question and, where it has one, its list of right calls make a case. Where BFCL compares texts
after it took spaces and punctuation away, which makes `src/app.py` the same as `srcapppy`, words
are compared here whatever their case and spacing, and nothing is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from tracemill.evaluate.building import make_case
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import ArgumentMatch, Case, WantedArgument, WantedCall

BfclDrop = Literal["other_kind", "no_ground_truth", "other_language", "no_question"]
"""Why a question became no case: it has several turns, a memory or a browser, its file says nothing
of what is right, its values are Java or JavaScript, or its shape is none of theirs."""

_TYPES: Final[Mapping[str, str]] = {
    "dict": "object",
    "float": "number",
    "tuple": "array",
    "any": "string",
}
_LANGUAGES: Final = frozenset({"simple_java", "simple_javascript"})
_KINDS: Final = frozenset(
    {"simple", "simple_python", "multiple", "parallel", "parallel_multiple", "irrelevance",
     "relevance"}
)  # fmt: skip
"""Categories of one decision; `live_` before them makes no difference."""


def category_of(stem: str) -> str:
    """Return the category that a file of questions is named after."""
    return stem.split("_", 2)[-1] if stem.startswith("BFCL_v") else stem


def read_case(
    question: Mapping[str, Any], right: Mapping[str, Any] | None, category: str
) -> Case | BfclDrop:
    """Return the case of a question."""
    try:
        return _case(question, right, category)
    except (AttributeError, KeyError, TypeError, ValueError):
        return "no_question"


def _case(
    question: Mapping[str, Any], right: Mapping[str, Any] | None, category: str
) -> Case | BfclDrop:
    kind, turns = category.removeprefix("live_"), question["question"]
    if kind in _LANGUAGES:
        return "other_language"
    if kind not in _KINDS or len(turns) != 1:
        return "other_kind"
    is_answer = kind == "irrelevance"
    if right is None and not is_answer:
        return "no_ground_truth"
    wanted = () if right is None or is_answer else tuple(map(_wanted, right["ground_truth"]))
    return make_case(
        Case(
            id="",
            messages=tuple(
                msgspec.convert({"role": m["role"], "content": m["content"]}, Message)
                for m in turns[0]
            ),
            tools=tuple(map(_tool, question["function"])),
            wanted=wanted,
            checks=("decision", "tool", "arguments") if wanted else ("decision",),
            group=question["id"],
            slices=(f"bfcl:{category}",),
        )
    )


def _tool(function: Mapping[str, Any]) -> dict[str, Any]:
    parameters = _schema(function["parameters"])
    described = {"name": function["name"], "description": function.get("description", "")}
    return {"type": "function", "function": {**described, "parameters": parameters}}


def _schema(given: Any) -> Any:
    """Return a schema with JSON Schema's names of types."""
    if isinstance(given, list):
        return [_schema(each) for each in given]
    if not isinstance(given, dict):
        return given
    return {
        key: _TYPES.get(value, value)
        if key == "type" and isinstance(value, str)
        else _schema(value)
        for key, value in given.items()
        if key != "optional"
    }


def _wanted(call: Mapping[str, Mapping[str, Any]]) -> WantedCall:
    ((name, arguments),) = call.items()
    return WantedCall(
        name=name, arguments={key: _argument(values) for key, values in arguments.items()}
    )


def _argument(values: list[Any]) -> WantedArgument:
    """Return what is right; an empty text among the values says that none is right too."""
    is_nested = any(isinstance(value, dict) for value in values)
    match: ArgumentMatch = "nested" if is_nested else "words"
    return WantedArgument(values=tuple(values), match=match, is_optional="" in values)
