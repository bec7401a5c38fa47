"""Two models on the same cases: what is shown, and what is not."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from tracemill.base.errors import UsageError
from tracemill.evaluate.model_comparison import Measured, compare
from tracemill.evaluate.running import Asked, ask_all, freeze, sum_up
from tracemill.llm import AskSettings, SubjectError, UnreachableError
from tracemill.llm.protocol import spoken
from tracemill.llm.scripted import ScriptedSubject
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import (
    Case,
    CaseResult,
    Comparison,
    SliceComparison,
    Suite,
)

AT = datetime(2026, 1, 2, tzinfo=UTC)
SUITE = Suite(id="suite_1", name="s", origin="o", version=1, n_cases=0, n_groups=0)


def measured(name: str, passed: str, *, part: str = "x", size: int = 1) -> Measured:
    """Results of a model: one character a case, `size` cases a group."""
    results = [
        CaseResult(
            case_id=f"{part}{i}", group=f"{part}{i // size}", slices=(part,),
            faults={"decision": None if said == "+" else "called"},
        )
        for i, said in enumerate(passed)
    ]  # fmt: skip
    return Measured(sum_up(SUITE, Asked(name), results, AT), results)


def both(*all_measured: Measured) -> Measured:
    results = [each for one in all_measured for each in one.results]
    return Measured(sum_up(SUITE, Asked("both"), results, AT), results)


def part(comparison: Comparison, name: str) -> SliceComparison:
    return next(each for each in comparison.slices if each.name == name)


@pytest.mark.parametrize(
    ("base", "candidate", "verdict"),
    [
        ("-" * 40, "+" * 20 + "-" * 20, "better"),
        ("+" * 40, "+" * 20 + "-" * 20, "worse"),
        ("+" * 200, "+" * 200, "equivalent"),
        ("+" * 23 + "--", "+" * 22 + "---", "inconclusive"),
    ],
)
def test_verdicts(base: str, candidate: str, verdict: str) -> None:
    compared = compare(measured("a", base), measured("b", candidate))

    assert part(compared, "all").verdict == verdict


def test_an_aggregate_that_stays_does_not_hide_a_part_that_falls() -> None:
    base = both(
        measured("a", "-" * 150, part="multiple"), measured("a", "+" * 49 + "-", part="irr")
    )
    candidate = both(
        measured("b", "+" * 34 + "-" * 116, part="multiple"),
        measured("b", "+" * 15 + "-" * 35, part="irr"),
    )

    compared = compare(base, candidate)

    assert part(compared, "all").difference == 0
    assert part(compared, "all").verdict == "inconclusive"
    assert part(compared, "multiple").verdict == "better"
    assert part(compared, "irr").verdict == "worse"


def test_cases_of_few_sessions_show_less_than_as_many_single_ones() -> None:
    single = compare(measured("a", "-" * 40), measured("b", "+" * 20 + "-" * 20))
    grouped = compare(measured("a", "-" * 40, size=10), measured("b", "+" * 20 + "-" * 20, size=10))

    assert part(single, "all").verdict == "better"
    assert part(grouped, "all").verdict == "inconclusive"
    assert part(grouped, "all").n_groups == 4
    assert part(grouped, "all").low < part(single, "all").low


def test_asking_about_many_parts_makes_each_one_harder_to_show() -> None:
    compared = compare(measured("a", "-" * 7), measured("b", "+" * 6 + "-"))

    assert part(compared, "all").p_value == pytest.approx(0.03125)
    assert part(compared, "all").p_adjusted == pytest.approx(0.09375)
    assert part(compared, "all").verdict == "inconclusive"


def test_what_cannot_be_compared_says_so() -> None:
    other = measured("b", "+", part="y")

    with pytest.raises(UsageError, match="no case in common"):
        compare(measured("a", "+"), other)


def test_only_cases_that_both_did_count() -> None:
    compared = compare(measured("a", "+++"), measured("b", "++++"))

    assert part(compared, "all").n == 3


def case(text: str) -> Case:
    return Case(
        id=f"case_{text}", messages=(Message(role="user", content=text),), checks=("decision",),
        group=text,
    )  # fmt: skip


def test_a_suite_is_its_cases_in_any_order() -> None:
    cases = [case("a"), case("b")]

    assert freeze("x", "o", cases, {}).id == freeze("y", "p", cases[::-1], {}).id
    assert freeze("x", "o", cases, {}).id != freeze("x", "o", cases[:1], {}).id


@pytest.mark.parametrize(
    ("there", "n_asked"),
    [
        pytest.param("-" * 12, 5, id="never there"),
        pytest.param("+++" + "-" * 9, 8, id="gone on the way"),
        pytest.param("----+----+--", 12, id="missing now and then"),
    ],
)
def test_where_nobody_answers_five_in_a_row_the_rest_is_not_asked(there: str, n_asked: int) -> None:
    n_said = 0

    def script(_messages: object, _tools: object) -> Message:
        nonlocal n_said
        n_said += 1
        if there[n_said - 1] == "-":
            raise UnreachableError("nobody there")
        return spoken("Yes.")

    asking = ask_all(ScriptedSubject("m", script), map(case, "abcdefghijkl"), AskSettings())
    with (
        nullcontext() if n_asked == len(there) else pytest.raises(UnreachableError, match="5 cases")
    ):
        list(asking)

    assert n_said == n_asked


def test_a_subject_that_cannot_be_asked_is_told_from_one_that_is_wrong() -> None:
    def script(messages: object, _tools: object) -> Message:
        if "b" in str(messages):
            raise SubjectError("gone")
        return spoken("Yes.")

    cases = [case("a"), case("b")]
    results = list(ask_all(ScriptedSubject("m", script), cases, AskSettings()))

    evaluation = sum_up(freeze("x", "o", cases, {}), Asked("m"), results, AT)
    assert evaluation.n_unanswered == 1
    assert evaluation.faults == {"no_reply": 1}
    assert [(s.name, s.n, s.passed) for s in evaluation.slices] == [
        ("all", 2, 1),
        ("check:decision", 2, 1),
    ]


def test_what_was_done_in_place_of_what_is_counted() -> None:
    done = [spoken("", [{"name": "search", "arguments": {}}]), spoken("Yes."), spoken("No.")]
    parts = [("tool:read",), ("tool:read",), ("answer",)]
    results = [
        CaseResult(case_id=str(i), group=str(i), slices=part, faults={}, message=message)
        for i, (part, message) in enumerate(zip(parts, done, strict=True))
    ]

    confusions = sum_up(SUITE, Asked("m"), results, AT).confusions

    assert confusions == {"read -> search": 1, "read -> answer": 1}
