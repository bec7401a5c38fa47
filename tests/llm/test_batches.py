"""Questions go out as a batch, and answers come back in the batch's form or in a plainer one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.llm.test_openai import completion
from tracemill.base.errors import DataError, NotFoundError
from tracemill.llm import AskSettings
from tracemill.llm.batches import question_line, read_answers
from tracemill.records.datasets.examples import Message


def written(folder: Path, *lines: Any) -> Path:
    file = folder / "answers.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def batched(name: str, status: int = 200, **body: Any) -> dict[str, Any]:
    return {"id": "r", "custom_id": name, "response": {"status_code": status, "body": body}}


def test_a_question_is_a_request_of_a_batch() -> None:
    settings = AskSettings(max_tokens=9, schema={"type": "object"})
    line = question_line("q1", "m", [Message(role="user", content="Well?")], settings)
    asked = json.loads(line)

    assert line.endswith(b"}\n")
    assert (asked["custom_id"], asked["method"]) == ("q1", "POST")
    assert asked["url"] == "/v1/chat/completions"
    assert (asked["body"]["model"], asked["body"]["max_tokens"]) == ("m", 9)
    assert asked["body"]["messages"] == [{"role": "user", "content": "Well?"}]
    assert asked["body"]["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_an_answer_is_the_output_of_a_batch_a_text_or_an_object(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        batched("q1", **completion(content="yes")),
        {"custom_id": "q2", "answer": "no"},
        {"custom_id": "q3", "answer": {"labels": []}},
    )
    found = read_answers(file)
    first = found["q1"]

    assert {name: each and each.message.content for name, each in found.items()} == {
        "q1": "yes",
        "q2": "no",
        "q3": '{"labels":[]}',
    }
    assert first is not None
    assert (first.n_prompt_tokens, first.n_answer_tokens, first.seconds) == (9, 3, None)


@pytest.mark.parametrize(
    "line",
    [
        {"custom_id": "q1", "error": {"message": "busy"}, "response": None},
        batched("q1", status=429, error="slow down"),
        batched("q1", choices=[]),
    ],
)
def test_what_failed_is_no_answer(tmp_path: Path, line: dict[str, Any]) -> None:
    assert read_answers(written(tmp_path, line)) == {"q1": None}


def test_of_several_answers_the_first_that_did_not_fail_counts(tmp_path: Path) -> None:
    said = [{"custom_id": "q1", "answer": text} for text in ("first", "second")]
    (found,) = read_answers(written(tmp_path, batched("q1", status=500), *said)).values()

    assert found is not None
    assert found.message.content == "first"


def test_a_line_that_is_no_answer_is_told_by_its_number_alone(tmp_path: Path) -> None:
    file = written(tmp_path, {"custom_id": "q1", "answer": "secret"}, {"answer": "secret"})
    with pytest.raises(DataError, match="line 2: expected `custom_id` and `answer`") as told:
        read_answers(file)

    assert "secret" not in str(told.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="file of answers"):
        read_answers(tmp_path / "gone.jsonl")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"custom_id": "q1", "answer": "\xff"}', "it is not UTF-8"),
        (b'{"custom_id": "q1", "answer": ' + b'{"a":' * 100_000, "it is nested too deeply"),
        (b'{"custom_id": "q1", "response": ' + b"[" * 100_000, "expected `custom_id`"),
        (b'\xff\xfe{\x00"\x00', "malformed"),
    ],
    ids=["latin", "deep answer", "deep response", "utf-16"],
)
def test_a_line_that_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, line: bytes, said: str
) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b'{"custom_id": "q0", "answer": "well"}\n' + line + b"\n")

    with pytest.raises(DataError, match=rf"answers\.jsonl', line 2: .*{said}"):
        read_answers(file)


def test_a_mark_of_byte_order_is_no_part_of_the_first_answer(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"custom_id": "q1", "answer": "yes"}\n')

    assert list(read_answers(file)) == ["q1"]
