"""Made-up tasks: complete, apart, and known as made up."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.render.formats import shipped
from tracemill.records.datasets.examples import Message
from tracemill.synth.repository_tasks import (
    ANSWER,
    ONE_CALL,
    TWO_CALLS,
    Numbers,
    make_tasks,
    phrasings,
)

NUMBERS = Numbers(one_call=12, answer=24, two_calls=24)
PHRASED = (*ONE_CALL, ANSWER, *TWO_CALLS)


def asked(part: str, seed: int = 0) -> list[str]:
    tasks = make_tasks("train" if part == "train" else "held_out", NUMBERS, seed)
    return [task.messages[1].content for task in tasks]


def test_every_kind_is_there_as_often_as_wanted() -> None:
    kinds = Counter(task.kind for task in make_tasks("held_out", NUMBERS, 0))

    assert [kinds[kind] for kind in ONE_CALL] == [12] * 6
    assert kinds["answer"] == 24
    assert kinds.total() == 12 * 6 + 24 + 24


def test_no_question_is_both_trained_and_held_out() -> None:
    assert set(asked("train")).isdisjoint(asked("held_out"))


def test_what_is_held_out_names_nothing_that_is_trained_on() -> None:
    trained = {word for text in asked("train", seed=3) for word in text.split() if "/" in word}
    held_out = {word for text in asked("held_out", seed=4) for word in text.split() if "/" in word}

    assert trained.isdisjoint(held_out)


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[start : start + 4]) for start in range(len(words) - 3)}


def test_no_phrasing_that_is_held_out_has_four_words_in_a_row_of_one_that_is_trained_on() -> None:
    for kind in PHRASED:
        trained = set().union(*map(runs_of_words, phrasings(kind, "train")))
        held_out = set().union(*map(runs_of_words, phrasings(kind, "held_out")))

        assert trained.isdisjoint(held_out), kind


def test_tasks_follow_their_seed() -> None:
    assert asked("train", seed=1) == asked("train", seed=1)
    assert asked("train", seed=1) != asked("train", seed=2)


@pytest.mark.parametrize("part", ["train", "held_out"])
def test_calls_fit_the_schemas_of_their_tools(part: str) -> None:
    tasks = list(make_tasks("train" if part == "train" else "held_out", NUMBERS, 0))

    assert any(message.tool_calls for task in tasks for message in task.messages)
    for task in tasks:
        parameters = {t["function"]["name"]: t["function"]["parameters"] for t in task.tools}
        for message in task.messages:
            for call in message.tool_calls:
                schema, given = parameters[call["function"]["name"]], call["function"]["arguments"]
                assert given.keys() <= schema["properties"].keys()
                assert set(schema["required"]) <= given.keys()


def test_a_second_step_follows_from_what_the_first_gave() -> None:
    two = [task for task in make_tasks("train", NUMBERS, 0) if task.kind == "search_then_read"]

    assert two
    for task in two:
        *_, search, result, read = task.messages
        assert read.tool_calls[0]["function"]["arguments"]["path"] in result.content
        assert result.tool_call_id == search.tool_calls[0]["id"]


def test_every_task_has_a_faithful_form() -> None:
    encoder = shipped("compact")

    tasks = list(make_tasks("train", NUMBERS, 0))

    assert tasks
    for task in tasks:
        (row,) = encoder.rows(task.messages, task.tools)
        spoken: list[Message] = [each for each in task.messages if each.role == "assistant"]
        assert len(row.trained) == len(spoken)
