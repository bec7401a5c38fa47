"""A model that is asked by file: its questions in one, its answers in another.

Questions have the batch form of OpenAI's interface, one request a line, which vendors and vLLM's
`run-batch` take, and answers the form in which these give them back. Whoever answers in another
way, such as an agent at work or a person, writes lines of `custom_id` and `answer`.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.errors import DataError
from tracemill.base.named_files import read_bytes
from tracemill.llm.openai import chat_request, read_completion
from tracemill.llm.protocol import Answer, AskSettings, SubjectError, spoken
from tracemill.records.datasets.examples import Message

_URL: Final = "/v1/chat/completions"
_DONE: Final = 200


class _Response(msgspec.Struct):
    body: dict[str, Any] | None = None
    status_code: int = _DONE


class _Line(msgspec.Struct):
    custom_id: str
    answer: str | dict[str, Any] | None = None
    response: _Response | None = None


_DECODER: Final = msgspec.json.Decoder(_Line)


def question_line(
    name: str, model: str, messages: Sequence[Message], settings: AskSettings
) -> bytes:
    """Return one question as a line of a batch.

    Args:
        name: what the question is called, and its answer.
        model: the model's name at the endpoint.
        messages: what it is asked.
        settings: how the answer is drawn.
    """
    request = {
        "custom_id": name,
        "method": "POST",
        "url": _URL,
        "body": {"model": model, **chat_request(messages, (), settings)},
    }
    return msgspec.json.encode(request) + b"\n"


def read_answers(file: Path) -> dict[str, Answer | None]:
    """Return the answers in a file by the names of their questions; None for one that failed.

    Of several answers to a question the first that did not fail counts.

    Raises:
        NotFoundError: there is no such file.
        DataError: a line is no answer.
    """
    found: dict[str, Answer | None] = {}
    held = read_bytes(file, "file of answers").removeprefix(BOM_UTF8)  # editors put it there
    for number, line in enumerate(held.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            name, answer = _read(line)
        except msgspec.DecodeError as error:
            raise DataError(
                f"{str(file)!r}, line {number}: expected `custom_id` and `answer`, or a line of a "
                f"batch's output: {error}"
            ) from error
        if found.get(name) is None:
            found[name] = answer
    return found


def _read(line: bytes) -> tuple[str, Answer | None]:
    """Return the name of a question, and its answer.

    Raises:
        msgspec.DecodeError: the line is no answer.
    """
    try:
        read = _DECODER.decode(line)
        return read.custom_id, _answer(read)
    except UnicodeDecodeError:
        raise msgspec.DecodeError("it is not UTF-8") from None
    except RecursionError:
        raise msgspec.DecodeError("it is nested too deeply") from None


def _answer(line: _Line) -> Answer | None:
    if line.answer is not None:
        return Answer(message=spoken(_text(line.answer)), finish="unknown")
    response = line.response
    if response is None or response.body is None or response.status_code != _DONE:
        return None
    try:
        return msgspec.structs.replace(read_completion(response.body, 0.0, None), seconds=None)
    except SubjectError:
        return None


def _text(answer: str | Mapping[str, Any]) -> str:
    """Return the words of an answer; an object is one that was not written as a text again."""
    return answer if isinstance(answer, str) else msgspec.json.encode(answer).decode()
