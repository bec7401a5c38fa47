"""Lines for other programs: each is answered, at once, and none is passed through."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redact.templates import fill
from tracemill.flows import guarding
from tracemill.flows.privacy.rows import RowFilter
from tracemill.redact import Located, Redactor

TOKEN = fill("ghp_{alnum:36}")
REDACTOR = Redactor(bytes(32), engine="re2")


def row(name: object, text: object) -> bytes:
    return json.dumps({"id": name, "text": text}).encode() + b"\n"


def answers(
    data: bytes, redactor: Any = REDACTOR, size: int = 2**16, limit: int = 2**20
) -> list[Any]:
    out: list[bytes] = []
    blocks = (data[i : i + size] for i in range(0, len(data), size))
    RowFilter(redactor, out.append).run(blocks, limit)
    return [json.loads(line) for line in b"".join(out).splitlines()]


def test_a_line_is_answered_with_its_text_and_where_something_stood() -> None:
    [answer] = answers(row("密-1", f"密 {TOKEN}, ada@lovelace.org"))

    assert answer["id"] == "密-1"
    assert answer["spans"] == [[2, 42, "secret"], [44, 60, "pii"]]
    assert answer["text"] == REDACTOR.text(f"密 {TOKEN}, ada@lovelace.org")


@pytest.mark.parametrize(
    ("line", "error", "name"),
    [
        pytest.param(b"nonsense\n", "not_json", None, id="no JSON"),
        pytest.param(b"[" * 100_000 + b"\n", "not_json", None, id="nested too deeply"),
        pytest.param(b'"text"\n', "not_an_object", None, id="no object"),
        pytest.param(b'{"id":"x","text":"\xff"}\n', "bad_encoding", None, id="no UTF-8"),
        pytest.param(row("x", 3), "bad_shape", "x", id="the text is a number"),
        pytest.param(b'{"id":7}\n', "bad_shape", 7, id="no text"),
        pytest.param(row({"a": 1}, "t"), "bad_shape", None, id="the id is an object"),
        pytest.param(row("x", "y" * 200_000), "oversize_line", None, id="too long"),
    ],
)
def test_what_cannot_be_read_is_answered_with_why(line: bytes, error: str, name: object) -> None:
    good = row("good", "plain")

    first, answer, last = answers(good + line + good, limit=150_000)

    assert (answer["id"], answer["line"], answer["error"]) == (name, 2, error)
    assert set(answer) == {"id", "line", "error", "detail"}
    assert first == last == {"id": "good", "text": "plain", "spans": []}


class Failing:
    """Raises, or sleeps, over texts with a certain word in them."""

    def __init__(self, sleeps: bool = False) -> None:
        self._sleeps = sleeps

    def locate(self, texts: list[str]) -> list[Located]:
        for text in texts:
            if "bad" in text and self._sleeps:
                time.sleep(30)
            if "bad" in text:
                raise ValueError(text)
        return REDACTOR.locate(texts)


@pytest.mark.parametrize(
    ("sleeps", "error"), [(False, "detector_error"), (True, "detector_timeout")]
)
def test_a_line_that_redaction_fails_on_is_refused_and_the_rest_is_answered(
    sleeps: bool, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding.guarded, "__defaults__", (0.2,))
    data = row(1, "good") + row(2, f"bad {TOKEN}") + row(3, "good")

    first, answer, last = answers(data, Failing(sleeps))

    assert (answer["id"], answer["line"], answer["error"]) == (2, 2, error)
    assert TOKEN not in json.dumps(answer)
    assert [first["text"], last["text"]] == ["good", "good"]


def test_what_has_come_is_answered_before_more_is_asked_for() -> None:
    out: list[bytes] = []

    def blocks() -> Iterator[bytes]:
        yield row(1, "one") + b'{"id":2,'
        assert len(out) == 1
        yield b'"text":"two"}\n'
        assert len(out) == 2

    RowFilter(REDACTOR, out.append).run(blocks())

    assert len(out) == 2


def test_half_a_character_stays_the_escape_that_it_was() -> None:
    out: list[bytes] = []

    RowFilter(REDACTOR, out.append).run([b'{"id":"a","text":"\\ud83d \\ud83d\\ude00"}'])

    assert json.loads(out[0])["text"] == "\ud83d 😀"


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(1, 64))
def test_lines_are_answered_alike_however_they_arrive(texts: list[str], size: int) -> None:
    data = b"".join(row(i, text) for i, text in enumerate(texts))

    assert answers(data, size=size) == answers(data)
    assert [answer["id"] for answer in answers(data)] == list(range(len(texts)))


def test_the_same_text_is_answered_alike_each_time_it_comes() -> None:
    texts = ["plain", f"a {TOKEN}", "plain", f"a {TOKEN}", f"b {TOKEN}"] * 2
    data = b"".join(row(i, text) for i, text in enumerate(texts))

    found = answers(data, Redactor(bytes(32), engine="re2"), size=200)

    alone = [
        answers(row(i, text), Redactor(bytes(32), engine="re2")) for i, text in enumerate(texts)
    ]
    assert found == [answer for [answer] in alone]
    assert [len(answer["spans"]) for answer in found] == [0, 1, 0, 1, 1] * 2


def test_numbers_of_refused_lines_count_blank_ones() -> None:
    [answer] = answers(b"\n \nnonsense")

    assert answer["line"] == 3


def test_how_many_were_refused_is_counted() -> None:
    rows = RowFilter(REDACTOR, lambda _: None)
    rows.run([b"a\nb\n", row(1, "fine")])

    assert rows.n_refused == 2
