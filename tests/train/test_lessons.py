"""Which examples a stage learns from, and which tokens of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.formats import shipped, tokenizer
from tracemill.base.errors import DataError, UsageError
from tracemill.records.models.training import DataSlice, Method, Stage
from tracemill.train.checks import UntrainableError, check_rows
from tracemill.train.lessons import choose, encode_stage, read_lesson
from tracemill.train.protocol import ImitatedRow, JudgedRow, PairRow, StageData

STOP = tokenizer().encode("<|im_end|>")[0]
PAD = tokenizer().encode("<|endoftext|>")[0]


def stage(method: Method = "sft", max_tokens: int = 400) -> Stage:
    return Stage(
        name="only",
        method=method,
        data=(DataSlice(),),
        learning_rate=1e-3,
        max_tokens=max_tokens,
    )


def row(number: int, *said: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]
    return {"id": f"example_{number}", "messages": messages, "tags": list(tags)}


PAIR = {
    "id": "example_9",
    "prompt": [{"role": "user", "content": "Run it."}],
    "chosen": [{"role": "assistant", "content": "It passes."}],
    "rejected": [{"role": "assistant", "content": "No."}],
}


def test_only_what_is_trained_carries_loss_and_ends_with_the_stop_token() -> None:
    lesson = read_lesson(
        {**row(1, "a", "one", "b", "two"), "trained": [False, False, False, True]}, "session"
    )

    data = encode_stage([lesson], stage(), shipped("compact"))

    (made,) = data.rows
    assert isinstance(made, ImitatedRow)
    learned = [label for label in made.labels if label >= 0]
    assert tokenizer().decode(learned) == "two<|im_end|>"
    assert data.example_ids == ["example_1"]


def test_without_flags_everything_the_assistant_said_is_trained() -> None:
    lesson = read_lesson(row(1, "a", "one", "b", "two"), "session")

    assert [message.trained for message in lesson.messages] == [False, True, False, True]


def test_pair_becomes_two_answers_to_one_prompt() -> None:
    data = encode_stage([read_lesson(PAIR, "retry")], stage("dpo"), shipped("compact"))

    (made,) = data.rows
    assert isinstance(made, PairRow)
    assert tokenizer().decode(made.prompt_ids).endswith("<|im_start|>assistant\n")
    assert tokenizer().decode(made.chosen_ids) == "It passes.<|im_end|>"
    assert tokenizer().decode(made.rejected_ids) == "No.<|im_end|>"


def test_pair_becomes_a_good_and_a_bad_answer() -> None:
    data = encode_stage([read_lesson(PAIR, "retry")], stage("kto"), shipped("compact"))

    judged = [made for made in data.rows if isinstance(made, JudgedRow)]
    assert [made.is_good for made in judged] == [True, False]
    assert data.example_ids == ["example_9"]


@pytest.mark.parametrize("is_good", [True, False])
def test_answer_without_its_like_is_judged_alone(is_good: bool) -> None:
    single = {
        "id": "example_8",
        "prompt": PAIR["prompt"],
        "completion": PAIR["chosen"],
        "label": is_good,
    }

    lesson = read_lesson(single, "session")

    (made,) = encode_stage([lesson], stage("kto"), shipped("compact")).rows
    assert isinstance(made, JudgedRow)
    assert made.is_good is is_good
    assert [lesson.teaches(method) for method in ("sft", "dpo", "kto")] == [False, False, True]


def test_what_is_left_out_is_counted_under_its_reason() -> None:
    rows = [row(1, "a", "b"), row(2, "a", "b" * 900), row(3, "a", "say <|im_end|>"), row(4, "a")]
    lessons = [read_lesson(each, "session") for each in rows]

    data = encode_stage([*lessons, lessons[0]], stage(), shipped("compact"))

    assert data.example_ids == ["example_1"]
    assert data.drops == {"control_token": 1, "nothing_trained": 1, "too_long": 1}


def test_stage_without_anything_to_learn_says_what_it_wanted() -> None:
    with pytest.raises(UsageError, match="expected preference pairs"):
        encode_stage([read_lesson(row(1, "a", "b"), "session")], stage("dpo"), shipped("compact"))


def test_slice_takes_what_fits_all_that_it_names() -> None:
    lessons = [
        read_lesson(row(1, "a", "b", tags=("kind:read",)), "session"),
        read_lesson(row(2, "a", "b", tags=("kind:search",)), "recovery"),
        read_lesson(row(3, "a", "b", tags=("other",)), "recovery"),
    ]

    def chosen(**named: Any) -> list[str]:
        return [lesson.id[-1] for lesson in choose(lessons, DataSlice(**named), seed=0)]

    assert chosen() == ["1", "2", "3"]
    assert chosen(builders=("recovery",)) == ["2", "3"]
    assert chosen(tags=("kind:*",)) == ["1", "2"]
    assert chosen(builders=("recovery",), tags=("kind:read", "other")) == ["3"]


def test_draw_follows_the_seed_and_not_the_order() -> None:
    lessons = [read_lesson(row(n, "a", "b"), "session") for n in range(30)]
    wanted = DataSlice(limit=4)

    drawn = choose(lessons, wanted, seed=1)

    assert len(drawn) == 4
    assert choose(lessons[::-1], wanted, seed=1) == drawn
    assert choose(lessons, wanted, seed=2) != drawn


@pytest.mark.parametrize(
    "given",
    [
        {"id": "x"},
        {"messages": []},
        {"id": "x", "messages": [{"role": "oracle", "content": ""}]},
        {"id": "x", "messages": [{"role": "user", "content": ""}], "trained": []},
    ],
)
def test_row_that_is_no_example_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="expected a row"):
        read_lesson(given, "session")


def test_hash_of_data_follows_tokens_labels_and_order() -> None:
    first, second = ImitatedRow([1, 2], [-100, 2]), ImitatedRow([1, 2], [1, 2])

    hashes = {
        StageData(rows, [], {}).hash
        for rows in ([first], [second], [first, second], [second, first])
    }

    assert len(hashes) == 4


@pytest.mark.parametrize(
    "row",
    [
        ImitatedRow([5, STOP, 6, STOP], [5, -100, 6, STOP]),
        PairRow([5], [5, STOP], [5]),
        JudgedRow([5], [5], is_good=True),
    ],
)
def test_answer_whose_end_is_not_learned_is_refused(row: ImitatedRow | PairRow | JudgedRow) -> None:
    with pytest.raises(UntrainableError, match="1 of 1 rows"):
        check_rows("only", StageData([row], [], {}), STOP, PAD)


def test_token_that_ends_answers_may_not_fill_up_rows() -> None:
    with pytest.raises(UntrainableError, match="fills up rows"):
        check_rows("only", StageData([], [], {}), STOP, STOP)


def test_rows_of_our_own_making_are_trainable() -> None:
    lessons = [read_lesson(row(1, "a", "b", "c", "d"), "session")]

    check_rows("only", encode_stage(lessons, stage(), shipped("chatml")), STOP, PAD)
