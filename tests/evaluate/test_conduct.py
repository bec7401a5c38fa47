"""Conduct is judged by questions, and a judge is tried before it is believed."""

import json
from collections.abc import Mapping, Sequence
from time import process_time
from typing import Any

import pytest

from tracemill.base.errors import UsageError
from tracemill.evaluate.conduct import (
    asks_back,
    bundled_conduct,
    conduct_case,
    read_conduct,
    try_judge,
)
from tracemill.evaluate.scorers import score
from tracemill.llm import Answer
from tracemill.llm.judging import AskJudge
from tracemill.llm.protocol import spoken
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case, Fault

BUNDLED = read_conduct(bundled_conduct(), "conduct.toml")
CASE = conduct_case(BUNDLED[0])
VAGUE = next(conduct_case(each) for each in BUNDLED if each.rule == "asks_back")


def saying(*words: str | None) -> AskJudge:
    """Return a judge that says one word after another."""
    said = iter(words)

    def ask(_messages: Sequence[Message], _schema: Mapping[str, Any]) -> str | None:
        word = next(said)
        return None if word is None else json.dumps({"verdict": word})

    return ask


def knowing(messages: Sequence[Message], _schema: Mapping[str, Any]) -> str:
    """Judge as somebody who knows which answers fit."""
    shown = messages[-1].content
    return json.dumps({"verdict": "yes" if any(c.fits in shown for c in BUNDLED) else "no"})


def fault(case: Case, text: str, judge: AskJudge | None = None) -> Fault | None:
    return score(case, Answer(message=spoken(text)), judge).faults["conduct"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("yes", "yes"), None),
        (("yes", "no"), "not_shown"),
        (("no",), "not_shown"),
        (("unsure", "no"), "not_shown"),
        (("yes", "unsure"), "unjudged"),
        (("perhaps", "yes"), "unjudged"),
        ((None, "yes"), "unjudged"),
    ],
)
def test_each_question_must_be_answered_with_yes(
    words: tuple[str | None, ...], found: Fault | None
) -> None:
    assert len(CASE.questions) == 2
    assert fault(CASE, "It is 100.", saying(*words)) == found


def test_without_a_judge_nothing_passes() -> None:
    assert fault(CASE, BUNDLED[0].fits) == "unjudged"


def test_a_rule_is_looked_at_before_anybody_is_asked() -> None:
    assert fault(VAGUE, "Done: it is twice as fast now.", saying()) == "asked_nothing"
    assert fault(VAGUE, " ", saying()) == "said_nothing"
    assert fault(VAGUE, "What shall be faster?", saying("yes")) is None


@pytest.mark.parametrize(
    ("text", "is_asking"),
    [
        ("Which one do you mean?", True),
        ("Old what, and since when? I can list them first.", True),
        ("(do you mean the tests?)", True),
        ("Take `a ? b : c`, or\n```\nwhat?\n```\nas you like.", False),
        ("See https://example.org/x?y=1 for more.", False),
        ("It is done.", False),
    ],
)
def test_only_words_ask_back(text: str, is_asking: bool) -> None:
    assert asks_back(text) == is_asking


def test_long_words_that_ask_nothing_are_read_once() -> None:
    began = process_time()

    assert not asks_back("on and on " * 20_000)
    assert process_time() - began < 1


def test_answers_of_known_worth_tell_a_judge_from_none() -> None:
    def nodding(_messages: Sequence[Message], _schema: Mapping[str, Any]) -> str:
        return '{"verdict": "yes"}'

    assert all(each.is_caught for each in try_judge(BUNDLED, knowing))
    assert [each.fits for each in try_judge(BUNDLED, nodding) if not each.is_caught] == [
        False
    ] * len(BUNDLED)


@pytest.mark.parametrize("written", BUNDLED, ids=lambda each: each.request.strip()[:30])
def test_each_bundled_answer_keeps_the_rule_of_its_case(written: Any) -> None:
    assert fault(conduct_case(written), written.fits, knowing) is None
    assert fault(conduct_case(written), written.misses, knowing) == "not_shown"


def test_cases_of_ones_own_are_read_whole_or_refused() -> None:
    text = 'shows = "tone"\nrequest = "Hi."\nasks = ["Is it kind?"]\nfits = "Hi!"\nmisses = "What."'

    assert read_conduct(f"[[case]]\n{text}", "mine.toml")[0].shows == "tone"
    with pytest.raises(UsageError, match="case"):
        read_conduct("", "mine.toml")
    with pytest.raises(UsageError, match=r"mine\.toml.*misses"):
        read_conduct(f"[[case]]\n{text}".replace("misses", "mises"), "mine.toml")
