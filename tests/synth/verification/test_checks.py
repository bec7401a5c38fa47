"""Each check of the ladder objects to what it must and to nothing else."""

from __future__ import annotations

import pytest

from tests.synth.verification.rows import agent, call, exchange, row, told, user
from tracemill.records.datasets.audits import TrainingRow
from tracemill.synth.verification import Judged, answers, claims, diversity, execution, shape
from tracemill.synth.verification.exchanges import exchanges

TWO = '{"count": 2, "references": [{"line": 1}, {"line": 2}]}'
FORTY = '{"count": 40, "references": [{"line": 1}, {"line": 2}]}'
SHOWS_ALL = "result = find('x')\nprint(result)"
SHOWS_PART = "result = find('x')\nif result.ok:\n    print(f'{result.file}:{result.line}')"
OBJECT = "Found(success=True, file='a.py', line=3)"


def verdict(judged: list[Judged]) -> str | None:
    return judged[0].verdict if judged else None


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(exchange("...", "read", file_path="a.py"), "fail", id="dots"),
        pytest.param(exchange("[file contents]", "read", path="a"), "fail", id="a placeholder"),
        pytest.param(exchange("Result 3: Success", "bash", command="make"), "fail", id="a number"),
        pytest.param(
            exchange("a.py:3: x = 1", "grep", pattern="def ", output_mode="content"),
            "fail",
            id="a search that shows another line",
        ),
        pytest.param(
            exchange("a.py:3:def f():", "Grep", pattern=r"def \w+", output_mode="content"),
            "unknown",
            id="a search that shows its line",
        ),
        pytest.param(
            exchange("No matches found", "grep", pattern="x", output_mode="content"),
            "unknown",
            id="a search that found nothing",
        ),
        pytest.param(
            exchange("a.py", "grep", pattern="(", output_mode="content"),
            "unknown",
            id="a search by what is no pattern",
        ),
        pytest.param(
            exchange("Found it", "grep", pattern="x", output_mode="files_with_matches"),
            "fail",
            id="a search for files without any",
        ),
        pytest.param(
            exchange("src/a.py\nsrc/b.yml", "glob", pattern="**/*.py"), "fail", id="another ending"
        ),
        pytest.param(
            exchange("/w/a.ts\n/w/b.tsx\n(Results are truncated.)", "Glob", pattern="**/*.{ts,tsx}"),
            "unknown",
            id="files of a choice of endings",
        ),
        pytest.param(exchange(FORTY, "refs", symbol="f"), "fail", id="a wrong count"),
        pytest.param(exchange(TWO, "refs", symbol="f"), "unknown", id="a right count"),
        pytest.param(exchange(FORTY, "refs", limit=2), "unknown", id="a count of more than asked"),
        pytest.param(
            exchange("R(item_count=3, items=[I(a=[1, 2]), I(a=[])])", "refs"),
            "fail",
            id="a wrong count of objects",
        ),
        pytest.param(
            exchange("R(item_count=2, items=[I(a=[1, 2]), I(a=[])])", "refs"),
            "unknown",
            id="a right count of objects",
        ),
        pytest.param(exchange(OBJECT, "run", code=SHOWS_PART), "fail", id="what nobody printed"),
        pytest.param(exchange(OBJECT, "run", code=SHOWS_ALL), "unknown", id="what was printed"),
        pytest.param(exchange("done", "bash", command="echo done"), "pass", id="a true echo"),
        pytest.param(exchange("fine", "bash", command="echo done"), "fail", id="a false echo"),
        pytest.param(exchange("x", "bash", command="echo $HOME"), "unknown", id="a variable"),
        pytest.param(
            row(user("do it"), agent("", call("read", path="a"))), "unknown", id="never run"
        ),
        pytest.param(row(user("what is it?"), agent("a test")), None, id="no call"),
    ],
)  # fmt: skip
def test_what_cannot_have_been_returned_is_invented_and_the_rest_unknown(
    made: TrainingRow, expected: str | None
) -> None:
    assert verdict(list(execution.true_results([made]))) == expected


def test_one_content_in_files_of_many_names_is_invented() -> None:
    made = [
        exchange(f"export const value = {at}", "read", file_path=f"src/module{at}.ts")
        for at in range(3)
    ]

    assert [each.verdict for each in execution.true_results(made)] == ["fail"] * 3
    assert [each.verdict for each in execution.true_results(made[:2])] == ["unknown"] * 2


def test_a_notice_that_one_session_sees_often_is_not() -> None:
    both = [call("read", f"c{at}", file_path=f"{at}.go") for at in "abc"]
    notice = "The offset lies behind the end of the file"
    made = row(
        user("do"),
        agent("", *both),
        *(told(notice, f"c{at}") for at in "abc"),
        agent("They are short."),
    )

    assert verdict(list(execution.true_results([made]))) == "unknown"


def _after_tests(output: str, claim: str) -> TrainingRow:
    return row(
        user("mend it"),
        agent("", call("bash", command="pytest -q")),
        told(output),
        agent(claim),
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(_after_tests("3 passed in 0.1s", "All tests pass."), "pass", id="shown"),
        pytest.param(_after_tests("1 failed, 2 passed", "All tests pass."), "fail", id="contrary"),
        pytest.param(_after_tests("", "All tests pass."), "unknown", id="silent"),
        pytest.param(row(user("mend it"), agent("Done, the tests pass.")), "fail", id="never run"),
        pytest.param(_after_tests("1 failed", "One test fails."), None, id="claims nothing"),
        pytest.param(row(user("how?"), agent("Make sure all tests pass.")), None, id="advice"),
        pytest.param(row(user("how?"), agent("Once the tests pass, push.")), None, id="condition"),
        pytest.param(row(user("why?"), agent("Test passes rate=0.1 to it.")), None, id="a verb"),
        pytest.param(
            row(user("show"), agent("```python\nprint('All tests passed!')\n```")), None, id="code"
        ),
    ],
)
def test_a_claim_needs_a_run_that_shows_it(made: TrainingRow, expected: str | None) -> None:
    assert verdict(list(claims.shown_claims([made]))) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("It is in src/a.py:3.", "pass"),
        ("It is in src/other.py.", "fail"),
        ("I would create src/other.py for it.", None),
        ("It is a Node.js project.", None),
        ("It is there.", None),
        ("```python\nopen('src/other.py')\n```", None),
    ],
)
def test_an_answer_names_what_was_seen(answer: str, expected: str | None) -> None:
    made = row(
        user("where?"), agent("", call("search", query="f")), told("src/a.py:3"), agent(answer)
    )

    assert verdict(list(answers.grounded_answers([made]))) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(row(user("hi"), agent("Hello.")), "pass", id="plain"),
        pytest.param(row(agent("Hello.")), "fail", id="nobody asks"),
        pytest.param(row(user("hi"), agent(" ")), "fail", id="says nothing"),
        pytest.param(row(user("hi"), agent("one"), agent("two")), "fail", id="twice"),
        pytest.param(row(told("x"), user("hi"), agent("one")), "fail", id="a result first"),
    ],
)
def test_speakers_take_turns(made: TrainingRow, expected: str) -> None:
    assert verdict(list(shape.speaking_order([made]))) == expected


def test_a_call_that_goes_on_without_its_result_is_named() -> None:
    both = (call("read", "c1", path="a"), call("read", "c2", path="b"))
    made = row(user("do"), agent("", *both), told("x", "c1"), agent("Done."))

    assert verdict(list(shape.answered_calls([made]))) == "fail"


def test_the_same_call_twice_at_once_is_one_too_many() -> None:
    results = [told("a"), told("b", "c2")]
    one, other = call("read", path="a.py"), call("read", "c2", path="b.py")
    apart = row(user("go"), agent("", one, other), *results)
    twice = row(user("go"), agent("", one, {**one, "id": "c2"}), *results)

    assert verdict(list(shape.distinct_calls([apart]))) == "pass"
    assert verdict(list(shape.distinct_calls([twice]))) == "fail"
    assert list(shape.distinct_calls([exchange("a", "read", path="a.py")])) == []


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (["Error: no file 'a'", "fatal: not a git repository"], "unknown"),
        (["Error: no file 'a'", "1\tx = 1"], "pass"),
        (["1 failed, 2 passed", "exit code 1"], "pass"),
    ],
)
def test_where_every_call_failed_nobody_can_tell(results: list[str], expected: str) -> None:
    calls = [call("read", f"c{at}", path=str(at)) for at in range(len(results))]
    answers_ = [told(text, f"c{at}") for at, text in enumerate(results)]
    made = row(user("go"), agent("", *calls), *answers_, agent("There is none."))

    assert verdict(list(answers.something_worked([made]))) == expected


def test_parallel_results_are_paired_by_id() -> None:
    both = (call("read", "c1", path="a"), call("read", "c2", path="b"))
    made = row(user("do"), agent("", *both), told("of b", "c2"), told("of a", "c1"), agent("Done."))

    found = {each.arguments["path"]: each.result for each in exchanges(made)}
    assert found == {"a": "of a", "b": "of b"}


def test_a_result_in_a_persons_mouth_is_one() -> None:
    made = row(
        user("do"),
        agent('<tool_call>{"name": "read", "arguments": {"path": "a"}}</tool_call>'),
        user("<tool_response>\nof a\n</tool_response>"),
        agent("Done."),
    )

    assert [each.result for each in exchanges(made)] == ["of a"]


def test_the_first_of_a_template_stands_and_the_others_repeat_it() -> None:
    made = [row(user(f"Read file {at}"), agent("Done."), line=at) for at in range(1, 4)]

    assert [each.verdict for each in diversity.templates(made)] == ["pass", "fail", "fail"]


def test_near_copies_of_what_is_known_are_named() -> None:
    known = row(user("a"), agent("b"), line=9)
    made = [row(user("a"), agent("b")), row(user("c"), agent("d"), line=2)]

    found = list(diversity.near_copies(made, [known], [(0, 1, 0.9)]))
    assert [(each.verdict, each.detail) for each in found] == [
        ("fail", "90% the same as made.jsonl:9"),
        ("pass", ""),
    ]


def test_what_cannot_be_compared_is_unknown() -> None:
    assert verdict(list(diversity.near_copies([row(user("a"))], [], None))) == "unknown"
