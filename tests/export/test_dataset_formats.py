"""What each format writes of each kind of example, and what it has no place for."""

import json
from typing import Any

import msgspec
import pytest

from tests.export.examples import ALL, CHAT, PAIR, TURNS, WORDS, result, said
from tests.render.formats import shipped
from tracemill.export import DATASET_FORMATS, DatasetFormat
from tracemill.export.trainers.dataset_format import LeftOut, Part
from tracemill.export.trainers.tokens import Tokens
from tracemill.records.datasets.examples import ChatExample, Example, Message, kind_of
from tracemill.render.tokens import IGNORED

BASH = {"name": "Bash", "arguments": {"command": "pytest -q", "timeout": 60}}
READS = [{"name": "Read", "arguments": {"path": path}} for path in ("a.py", "b.py")]


def named(name: str) -> DatasetFormat:
    return DATASET_FORMATS.load(name)()


def written(form: DatasetFormat, *examples: Example) -> dict[str, list[Any]]:
    """The rows of each file, as JSON says them."""
    files: dict[str, list[Any]] = {}
    for example in examples:
        for row in form.rows(Part(kind_of(example), example.split or "train"), example):
            if not isinstance(row, LeftOut):
                value = json.loads(msgspec.json.encode(row.value))
                files.setdefault(row.path, []).append(value)
    return files


def left_out(form: DatasetFormat, example: Example) -> list[str]:
    rows = form.rows(Part(kind_of(example), example.split or "train"), example)
    return [row.reason for row in rows if isinstance(row, LeftOut)]


@pytest.mark.parametrize("name", sorted(DATASET_FORMATS.builtin))
def test_a_format_carries_its_name_and_says_something_of_every_example(name: str) -> None:
    form = named(name)

    assert form.name == name
    for example in ALL:
        assert bool(written(form, example)) != bool(left_out(form, example))


@pytest.mark.parametrize("name", sorted(DATASET_FORMATS.builtin))
def test_files_beside_are_of_files_with_rows_only(name: str) -> None:
    assert named(name).beside({}) == {}


def test_openai_has_arguments_as_text_and_a_weight_for_each_answer() -> None:
    (row,) = written(named("openai"), CHAT)["train.jsonl"]
    (other,) = written(named("openai"), TURNS)["validation.jsonl"]

    assert [m["role"] for m in row["messages"]] == [m.role for m in CHAT.messages]
    (call,) = row["messages"][2]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == BASH["arguments"]
    assert row["messages"][4]["content"] is None
    assert row["parallel_tool_calls"]
    assert [m.get("weight") for m in other["messages"]] == [None, 0, None, 1]
    assert "tools" not in other


def test_openai_has_pairs_as_inputs_with_two_outputs() -> None:
    pair, words = written(named("openai"), PAIR, WORDS)["preference-train.jsonl"]

    assert pair["input"]["messages"][-1]["role"] == "user"
    assert pair["preferred_output"][0]["tool_calls"][0]["function"]["arguments"] == (
        '{"command":"ls"}'
    )
    assert words["non_preferred_output"] == [{"role": "assistant", "content": "80."}]


def test_mlx_has_one_row_for_each_trained_message_which_ends_it() -> None:
    rows = written(named("mlx"), CHAT)["chat/train.jsonl"]

    assert [len(row["messages"]) for row in rows] == [3, 5, 8]
    assert all(row["messages"][-1]["role"] == "assistant" for row in rows)
    assert len(written(named("mlx"), TURNS)["chat/valid.jsonl"]) == 1
    assert b"mask_prompt: true" in named("mlx").beside({"chat/train.jsonl": 3})["mlx.yaml"]


def test_axolotl_has_a_mark_on_each_message() -> None:
    (row,) = written(named("axolotl"), TURNS)["validation.jsonl"]

    assert [m["train"] for m in row["messages"]] == [False, False, False, True]
    assert left_out(named("axolotl"), PAIR) == ["calls_in_preference"]
    longer = msgspec.structs.replace(WORDS, chosen=WORDS.chosen * 2)
    assert left_out(named("axolotl"), longer) == ["several_messages"]
    (words,) = written(named("axolotl"), WORDS)["preference-train.jsonl"]
    assert words["chosen"] == {"role": "assistant", "content": "8080."}
    config = named("axolotl").beside({"train.jsonl": 1, "preference-train.jsonl": 1})
    assert b"message_field_training: train" in config["train.yaml"]
    assert b"rl: dpo" in config["preference-train.yaml"]


def test_sharegpt_alternates_with_calls_as_json() -> None:
    (row,) = written(named("sharegpt"), CHAT)["train.jsonl"]
    turns = row["conversations"]

    assert [turn["from"] for turn in turns] == [
        "system", "human", "function_call", "observation", "function_call", "observation", "gpt",
    ]  # fmt: skip
    text, _, call = turns[2]["value"].partition("\n<tool_call>")
    assert (text, json.loads(call.removesuffix("</tool_call>"))) == ("I run it.", BASH)
    assert json.loads(turns[4]["value"]) == READS
    assert turns[5]["value"] == "x = 1\n\n</tool_response>\n<tool_response>\n"


@pytest.mark.parametrize("name", ["sharegpt", "llama-factory", "unsloth"])
def test_what_is_learned_in_part_has_a_row_for_each_decision(name: str) -> None:
    assert list(written(named(name), TURNS)) == ["validation-last.jsonl"]
    assert list(written(named(name), CHAT)) == ["train.jsonl"]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ((*TURNS.messages, said("More.")), "turns_do_not_alternate"),
        (
            (*CHAT.messages[:4], Message(role="user", content="?"), said("!")),
            "turns_do_not_alternate",
        ),
        ((CHAT.messages[1], CHAT.messages[0], said("!")), "turns_do_not_alternate"),
        ((CHAT.messages[1], said("<tool_call>", CHAT.messages[2].tool_calls[0])), "mark_in_text"),
    ],
)
def test_what_alternating_turns_cannot_say_is_left_out(
    messages: tuple[Message, ...], reason: str
) -> None:
    example = msgspec.structs.replace(CHAT, messages=messages)

    assert reason in left_out(named("sharegpt"), example)


def test_llama_factory_explains_every_file() -> None:
    form = named("llama-factory")
    files = written(form, *ALL)
    told = json.loads(form.beside(dict.fromkeys(files, 1))["dataset_info.json"])

    assert {entry["file_name"] for entry in told.values()} == set(files)
    assert told["preference-train"]["ranking"]
    assert told["unpaired-train"]["columns"]["kto_tag"] == "label"
    pair = files["preference-train.jsonl"][0]
    assert json.loads(pair["chosen"]["value"]) == {"name": "Bash", "arguments": {"command": "ls"}}


def test_unsloth_has_a_script_for_each_file_to_train_on() -> None:
    beside = named("unsloth").beside({"train.jsonl": 1, "train-last.jsonl": 1, "test.jsonl": 1})

    assert sorted(beside) == ["train-last.py", "train.py"]
    assert b"last_response_only=True" in beside["train-last.py"]
    for script in beside.values():
        compile(script, "train.py", "exec")


def test_tokens_are_rows_that_a_trainer_takes_as_they_are() -> None:
    form = shipped("compact")
    (row,) = written(Tokens(form), CHAT)["train.jsonl"]

    (expected,) = form.rows(CHAT.messages, CHAT.tools)
    assert (row["input_ids"], row["labels"]) == (expected.input_ids, expected.labels)
    assert Tokens(form).beside({"train.jsonl": 1})["chat_template.jinja"]


def test_tokens_that_do_not_fit_are_cut_behind_an_answer_and_counted() -> None:
    form = shipped("compact")
    (whole,) = form.rows(CHAT.messages, CHAT.tools)
    first = whole.trained[0].end

    (row,) = written(Tokens(form, first + 1), CHAT)["train.jsonl"]
    assert len(row["input_ids"]) == first
    assert row["labels"][-1] != IGNORED
    assert left_out(Tokens(form, first + 1), CHAT) == ["cut_row"]
    assert left_out(Tokens(form, first - 1), CHAT) == ["too_long"]


def test_tokens_name_what_the_template_has_no_form_for() -> None:
    messages = (CHAT.messages[1], said("it ends with <|im_end|>"))
    example = ChatExample(id="e", messages=messages, lineage=CHAT.lineage, split="train")

    assert left_out(Tokens(shipped("compact")), example) == ["control_token"]
    assert left_out(Tokens(shipped("compact")), WORDS) == ["no_place_for_preference"]


def test_a_result_that_answers_nothing_is_an_observation() -> None:
    messages = (CHAT.messages[1], CHAT.messages[2], result(0, "Bash", "ok"), said("done"))
    (row,) = written(named("sharegpt"), msgspec.structs.replace(CHAT, messages=messages))[
        "train.jsonl"
    ]

    assert row["conversations"][2] == {"from": "observation", "value": "ok"}
