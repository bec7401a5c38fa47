"""Each check says what is true of a reply, and measures that do not are caught."""

from collections import Counter
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.evaluate.building import make_case
from tracemill.evaluate.matching import pairing_fault, same_json
from tracemill.evaluate.proving import PROOFS, VANITY, Proof, prove
from tracemill.evaluate.scorers import SCORERS, score
from tracemill.llm import Answer
from tracemill.llm.protocol import spoken
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import (
    ArgumentMatch,
    Case,
    CheckKind,
    Fault,
    WantedArgument,
    WantedCall,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda p: f"{p.check} {p.says} {p.is_right}")
def test_scorer_tells_right_from_wrong(proof: Proof) -> None:
    fault = SCORERS[proof.check](proof.case, proof.answer)

    assert (fault is None) == proof.is_right


def test_every_check_has_a_scorer_and_proofs_of_both_kinds() -> None:
    kinds = Counter((proof.check, proof.is_right) for proof in PROOFS)

    assert set(SCORERS) == set(get_args(CheckKind))
    assert set(kinds) == {(check, is_right) for check in SCORERS for is_right in (True, False)}


@pytest.mark.parametrize("name", VANITY)
def test_measures_that_look_at_words_are_caught(name: str) -> None:
    verdicts = prove(VANITY[name])

    assert any(not v.is_caught and not v.proof.is_right for v in verdicts)
    assert sum(v.is_caught for v in verdicts) < len(verdicts) / 2


@given(JSON)
def test_json_equals_itself(value: Any) -> None:
    assert same_json(value, value)


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ([1, 2], [2, 1], False),
        ({"a": [True]}, {"a": [1]}, False),
        (None, "", False),
        ({"a": 1}, {"a": 1, "b": None}, False),
    ],
)
def test_types_count(first: Any, second: Any, *, is_same: bool) -> None:
    assert same_json(first, second) is is_same


def call(name: str, match: ArgumentMatch = "exact", **arguments: Any) -> WantedCall:
    made = {k: WantedArgument(values=tuple(v), match=match) for k, v in arguments.items()}
    return WantedCall(name=name, arguments=made)


def given_call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


@pytest.mark.parametrize(
    ("wanted", "calls", "fault"),
    [
        ([call("f", x=[1])], [given_call("f", x=1)], None),
        ([call("f", x=[1, 2])], [given_call("f", x=2)], None),
        ([call("f", x=[1]), call("f", x=[2])], [given_call("f", x=2), given_call("f", x=1)], None),
        ([call("f", x=[1])], [], "wrong_number"),
        ([call("f", x=[1])], [given_call("f", x=1)] * 2, "wrong_number"),
        ([call("f", x=[1])], [given_call("g", x=1)], "wrong_tool"),
        ([call("f", x=[1])], [given_call("f")], "missing_argument"),
        ([call("f", x=[1])], [given_call("f", x=1, y=1)], "unknown_argument"),
        ([call("f", x=[1])], [given_call("f", x=3)], "wrong_value"),
        ([call("f", "words", x=["New  York"])], [given_call("f", x="new york")], None),
        ([call("f", "words", x=["src/app.py"])], [given_call("f", x="srcapppy")], "wrong_value"),
        (
            [call("f", "nested", x=[{"a": [1, 2], "b": ["", 3]}])],
            [given_call("f", x={"a": 2})],
            None,
        ),
        ([call("f", "nested", x=[{"a": [1]}])], [given_call("f", x={"c": 1})], "wrong_value"),
        (
            [call("f", x=[1, 2]), call("f", x=[1])],
            [given_call("f", x=1), given_call("f", x=2)],
            None,
        ),
        (
            [call("f", x=[1, 2]), call("f", x=[1])],
            [given_call("f", x=2), given_call("f", x=2)],
            "wrong_value",
        ),
        ([call("f", "shell", x=["ls 'a"])], [given_call("f", x="ls 'b")], "wrong_value"),
        ([call("f", "python", x=["x ="])], [given_call("f", x="x = ")], "wrong_value"),
        ([call("f", "python", x=["x = 1"])], [given_call("f", x="x=1")], None),
        ([call("f", "python", x=["x = 1"])], [given_call("f", x="(" * 10_000)], "wrong_value"),
        (
            [call("f", "python", x=["x = 1"])],
            [given_call("f", x=f"1{'+1' * 2_000}")],
            "wrong_value",
        ),
        ([call("f", "python", x=["x = 1"])], [given_call("f", x="x = '\\d'")], "wrong_value"),
    ],
)
def test_calls_are_paired(
    wanted: list[WantedCall], calls: list[dict[str, Any]], fault: Fault | None
) -> None:
    assert pairing_fault(calls, wanted) == fault


def test_an_argument_that_may_be_left_out_may_not_be_wrong() -> None:
    wanted = WantedCall(name="f", arguments={"x": WantedArgument(values=(1,), is_optional=True)})

    assert pairing_fault([given_call("f")], [wanted]) is None
    assert pairing_fault([given_call("f", x=2)], [wanted]) == "wrong_value"


def test_a_case_that_got_no_answer_fails_every_check() -> None:
    case = make_case(
        Case(
            id="", messages=(Message(role="user", content="x"),), checks=("decision", "tool"),
            group="g", wanted=(call("f"),),
        )
    )  # fmt: skip

    result = score(case, None)

    assert result.faults == {"decision": "no_reply", "tool": "no_reply"}
    assert not result.passed
    assert score(case, Answer(message=spoken("", [given_call("f")]))).passed
