"""Whose word stands, the rules' or a model's, and of what the rules are sure."""

import pytest

from tracemill.label.model_judge import in_form, is_asked, standing
from tracemill.records.asking import Policy
from tracemill.records.refs import Record
from tracemill.records.sessions.reactions import is_sure


class Form(Record, frozen=True, kw_only=True):
    n: int


@pytest.mark.parametrize(
    ("policy", "is_doubtful", "is_model_asked"),
    [
        ("unsure", False, False), ("unsure", True, True),
        ("unknown", False, False), ("unknown", True, True),
        ("all", False, True), ("all", True, True),
        ("agree", False, True), ("agree", True, True),
    ],
)  # fmt: skip
def test_a_model_is_asked_where_the_policy_needs_it(
    policy: Policy, *, is_doubtful: bool, is_model_asked: bool
) -> None:
    assert is_asked(policy, is_doubtful=is_doubtful) == is_model_asked


RULED, SAID, BOTH = ("rules",), ("model",), ("both",)


@pytest.mark.parametrize(
    ("policy", "said", "agreed", "stands"),
    [
        ("unsure", SAID, (), SAID), ("unsure", (), (), RULED),
        ("unknown", SAID, (), SAID), ("unknown", (), (), RULED),
        ("all", SAID, (), SAID), ("all", (), (), RULED), ("all", SAID, BOTH, SAID),
        ("agree", SAID, (), ()), ("agree", (), (), ()), ("agree", SAID, BOTH, BOTH),
    ],
)  # fmt: skip
def test_the_policy_says_whose_word_stands(
    policy: Policy, said: tuple[str, ...], agreed: tuple[str, ...], stands: tuple[str, ...]
) -> None:
    assert standing(policy, RULED, said, agreed) == stands


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ('{"n": 1}', Form(n=1)), ('```json\n{"n": 1}\n```', Form(n=1)),
        ('```\n{"n": 1}\n```\n', Form(n=1)),
        ('Sure:\n\n```json\n{"n": 1}\n```\nThat is why.', Form(n=1)),
        ('```\n{"n": 1}\n```\nor\n```\n{"n": 2}\n```', None),
        ('It is {"n": 1}', None), ('{"n": "1"}', None), ('{"n": 1, "m": 2}', None), ("", None),
        ("\ud800", None),
    ],
)  # fmt: skip
def test_an_answer_in_another_form_says_nothing(answer: str, read: Form | None) -> None:
    assert in_form(answer, Form) == read


def test_a_model_is_sure_by_its_own_word_whatever_the_kind() -> None:
    assert is_sure("refinement", 0.5, "openai:reader")
    assert is_sure("continuation", 0.5, "model")
    assert not is_sure("clarification", 0.49, "openai:reader")
    assert not is_sure("refinement", 0.9, "en.smaller")
