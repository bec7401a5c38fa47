"""Whole files: JSON keeps its shape, text its lines, and what is neither is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redact.strategies import trees
from tests.redact.templates import fill
from tracemill.base.errors import DataError
from tracemill.flows.privacy.documents import redacted_file
from tracemill.redact import Redactor

TOKEN = fill("ghp_{alnum:36}")
REDACTOR = Redactor(bytes(32), engine="re2")


@pytest.mark.parametrize(
    ("data", "form"),
    [
        pytest.param(b'{"a": 1.50, "b": [true]}', "json", id="a document"),
        pytest.param(b'{\n  "a": 1\n}\n', "json", id="a document of many lines"),
        pytest.param(b'{"a":1}\n\n[2]\n', "json lines", id="lines"),
        pytest.param(b'{"a":1}\nand words\n', "text", id="lines, but not all"),
        pytest.param(b"12\n13\n", "text", id="numbers"),
        pytest.param(b"", "text", id="nothing"),
        pytest.param(b"[" * 100_000, "text", id="nested too deeply"),
        pytest.param("密\r\n\x00\u2028".encode(), "text", id="odd characters"),
    ],
)
def test_a_file_in_which_nothing_is_found_stays_as_it_is(data: bytes, form: str) -> None:
    redacted = redacted_file(data, REDACTOR)

    assert (redacted.data, redacted.form, redacted.found) == (data, form, {})


def test_only_lines_that_change_are_written_anew() -> None:
    data = b'{"a": 1.50}\n{"token": "x ' + TOKEN.encode() + b'"}\n'

    redacted = redacted_file(data, REDACTOR)

    first, second, last = redacted.data.split(b"\n")
    assert (first, last) == (b'{"a": 1.50}', b"")
    assert json.loads(second) == {"token": REDACTOR.text(f"x {TOKEN}")}
    assert redacted.found == {"github-pat": 1}


KEY = fill("-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n{b64:40}\n-----END RSA PRIVATE KEY-----")


def test_a_secret_of_many_lines_is_found_between_lines_of_json() -> None:
    redacted = redacted_file(f'{{"a": 1}}\n{KEY}\n{{"b": 2}}\n'.encode(), REDACTOR)

    assert redacted.found == {"private-key": 1}
    assert redacted.data.startswith(b'{"a": 1}\n[SECRET:private-key:')
    assert redacted.data.endswith(b']\n{"b": 2}\n')


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_document_on_one_line_stays_on_one_line(end: str) -> None:
    redacted = redacted_file(f'{{"a": "{TOKEN}", "b": 1}}{end}'.encode(), REDACTOR)

    assert redacted.data.decode().splitlines() == [f'{{"a": "{REDACTOR.text(TOKEN)}", "b": 1}}']
    assert redacted.data.decode().endswith(f"}}{end}")


def test_ends_of_lines_stay_as_they_are() -> None:
    redacted = redacted_file(f'{{"a": "{TOKEN}"}}\r\n{{"b": 2}}\r\n'.encode(), REDACTOR)

    assert [line[-2:] for line in redacted.data.split(b"\n")] == [b"}\r", b"}\r", b""]


def test_what_escapes_hide_is_found() -> None:
    hidden = "".join(f"\\u{ord(letter):04x}" for letter in TOKEN)

    redacted = redacted_file(f'{{"a": ["{hidden}"]}}'.encode(), REDACTOR)

    assert json.loads(redacted.data)["a"][0].startswith("[SECRET:github-pat:")


def test_a_key_says_what_its_value_is() -> None:
    redacted = redacted_file(b'{"password": "correct9Horse!battery"}', REDACTOR)

    assert json.loads(redacted.data)["password"].startswith("[SECRET:")


@given(st.dictionaries(st.text(max_size=8), trees, min_size=1, max_size=4))
def test_json_keeps_its_shape(value: dict[str, object]) -> None:
    redacted = json.loads(redacted_file(json.dumps(value).encode(), REDACTOR).data)

    assert shape(redacted) == shape(value)


def shape(value: object) -> object:
    if isinstance(value, dict):
        return [shape(each) for each in value.values()]
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value)


def test_what_is_not_utf_8_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(DataError, match="expected UTF-8, found something else at byte 4") as caught:
        redacted_file(b"word\xff", REDACTOR)

    assert "word" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_called_so_with_what_to_do(encoding: str) -> None:
    data = "\ufeffword".encode(encoding).removeprefix(b"\xff\xfe" if encoding == "utf-16" else b"")

    with pytest.raises(DataError, match=r"found UTF-16.*write it again in UTF-8"):
        redacted_file(data, REDACTOR)


class Broken:
    """A redactor whose every call fails."""

    def locate(self, texts: object) -> object:
        raise ValueError(texts)

    redact = locate


@pytest.mark.parametrize("data", [b"plain word", b'{"a":"word"}', b'{"a":"word"}\n{}'])
def test_a_file_that_redaction_fails_on_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match="detector_error: ValueError at test_documents") as caught:
        redacted_file(data, Broken())  # type: ignore[arg-type]

    assert "word" not in str(caught.value)
