r"""Raw lines of transcripts: what stands in their strings is found by its lines, as if decoded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.redact.conftest import KEY
from tests.redact.strategies import texts
from tests.redact.templates import fill
from tracemill.redact import Redactor
from tracemill.redact.scanning.escapes import as_read

RE2 = Redactor(KEY, engine="re2")
LISTING = "total 8\n-rw-r--r-- 1 mara.quist mara.quist 4 Nov 1 09:00 a.txt\ndrwxr-xr-x 2 mara.quist staff 4"
TABLE = f"users:\nuser,password\nmara,{fill('{alnum:20}')}\ntomas,{fill('{alnum:20}')}\n"
DOCUMENTS = st.recursive(
    texts | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=4,
).filter(lambda tree: isinstance(tree, dict | list))
NEARLY = st.tuples(texts, texts).map(lambda pair: f'{{"{pair[0]}": "a\\nb {pair[1]}\\n"}}')
"""Texts of which few are documents, and some only before they are redacted, or only then."""


def _n_lines(tree: Any) -> int:
    if isinstance(tree, str):
        return tree.count("\n")
    if isinstance(tree, dict):
        return sum(_n_lines(key) + _n_lines(value) for key, value in tree.items())
    return sum(map(_n_lines, tree)) if isinstance(tree, list) else 0


@given(DOCUMENTS)
def test_every_end_of_a_line_in_a_string_is_read_as_one_at_its_place(tree: Any) -> None:
    text = json.dumps(tree)

    read = as_read(text)

    assert len(read) == len(text)
    assert read.count("\r\n") == read.count("\n") == _n_lines(tree)
    assert read.replace("\r\n", "\\n") == text


@pytest.mark.parametrize(
    "text",
    [
        "C:\\new\\notes",
        '"a\\nb"',
        'print("a\\nb")',
        '{"path": "C:\\Users\\nadia"}',
        '{"cut": "off\\nhere',
        '{"half": "\\ud83d\\n"}',
        '{"path": "C:\\\\new"}',
        "{'a': 'b\\n'}",
        "[" * 100_000 + "\\n",
    ],
)
def test_what_is_no_document_or_has_one_line_alone_is_read_as_it_is(text: str) -> None:
    assert as_read(text) == text


@pytest.mark.parametrize("text", [LISTING, TABLE, f"key:\n{fill('ghp_{alnum:36}')}\nend"])
def test_in_a_raw_line_the_same_is_found_as_in_what_it_says(text: str) -> None:
    line = json.dumps({"id": 1, "output": text, "path": "C:\\notes"})

    redacted = json.loads(RE2.text(line))

    assert redacted == {"id": 1, "output": RE2.text(text), "path": "C:\\notes"}
    assert redacted["output"] != text


def test_the_end_of_a_line_is_no_part_of_a_secret() -> None:
    cookie = f"FASTLANE_SESSION=---{fill('{alnum:40}')}"

    redacted = RE2.text(f"{cookie}\r\nnext")

    assert redacted == RE2.text(cookie) + "\r\nnext"
    assert cookie not in redacted


@given(DOCUMENTS.map(json.dumps) | NEARLY)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = RE2.text(text)

    assert RE2.text(once) == once


@given(st.lists(DOCUMENTS.map(json.dumps) | NEARLY, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_engines_agree(both: tuple[Redactor, Redactor], lines: list[str]) -> None:
    hyperscan, re2 = both

    assert hyperscan.locate(lines) == re2.locate(lines)


@given(DOCUMENTS.map(json.dumps))
def test_what_is_found_is_what_stands_at_its_place(text: str) -> None:
    [located] = RE2.locate([text])

    made = done = 0
    for found in located.found:
        assert located.text[made : found.stand] == text[done : found.start]
        made, done = found.stand_end, found.end
    assert located.text[made:] == text[done:]
