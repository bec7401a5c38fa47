"""Trees of files: which file belongs where, and what is missing or bad."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.opencode import sessions as oc
from tests.sources.reading import Found, read_file

from tracemill.base.errors import SourceError
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import Head
from tracemill.sources.opencode.tree import OpenCodeTree

SESSION = oc.session(
    oc.said(1, oc.text("Fix the parser"), oc.text("<file>a.py</file>", synthetic=True)),
    oc.replied(2, oc.text("I look at it."), oc.ran("call_1", "2 failed", 1)),
)


def texts_of(found: Found) -> list[str]:
    return [step.text for step in found.steps]


def test_a_tree_keeps_messages_whose_session_is_gone_and_names_what_is_bad(tmp_path: Path) -> None:
    oc.write_tree(tmp_path, SESSION)
    (tmp_path / "session" / "0123abcd" / "ses_1.json").write_text("{")
    (tmp_path / "part" / "msg_0001" / "prt_0001_00.json").write_text("[]")
    found = read_file(OpenCodeTree(), tmp_path)

    assert sorted(bad.reason for bad in found.quarantined) == ["not_an_object", "truncated"]
    assert (found.header.session_id, found.header.cwd) == ("ses_1", None)
    assert texts_of(found) == ["<file>a.py</file>", "I look at it."]


def test_parts_in_no_folder_find_their_message(tmp_path: Path) -> None:
    oc.write_tree(tmp_path, SESSION)
    for part in sorted((tmp_path / "part").glob("*/*.json")):
        part.rename(tmp_path / "part" / part.name)

    assert texts_of(read_file(OpenCodeTree(), tmp_path)) == [
        "Fix the parser",
        "<file>a.py</file>",
        "I look at it.",
    ]


def test_a_step_spans_its_message_and_the_parts_of_it(tmp_path: Path) -> None:
    oc.write_tree(tmp_path, SESSION)
    with OpenCodeTree().open(tmp_path) as stream:
        data = stream.read()
    step = read_file(OpenCodeTree(), tmp_path).steps[-1]

    spanned = data[step.span.start : step.span.end]
    assert spanned.startswith(b'{"id": "msg_0002"')
    assert spanned.endswith(b'"metadata": {"exit": 1}}}')
    assert b"Fix the parser" not in spanned


def test_a_file_beyond_the_limit_is_named(tmp_path: Path) -> None:
    oc.write_tree(tmp_path, oc.session(oc.said(1, oc.text("x" * 900), oc.text("Go"))))
    with OpenCodeTree().open(tmp_path) as stream:
        content = Content(iter(lambda: stream.read(100), b""), 500)
        origin = Origin(source="opencode-tree", source_version=1, uri="file:x", input_id="input_1")
        records = list(OpenCodeTree().read(content, origin))

    assert getattr(records[0], "reason", None) == "oversize_document"
    assert getattr(records[1], "text", None) == "Go"


def test_a_cut_stream_is_an_error_of_the_source(tmp_path: Path) -> None:
    oc.write_tree(tmp_path, SESSION)
    with OpenCodeTree().open(tmp_path) as stream:
        content = Content([stream.read()[:700]])
    origin = Origin(source="opencode-tree", source_version=1, uri="file:x", input_id="input_1")

    with pytest.raises(SourceError, match="whole folder"):
        list(OpenCodeTree().read(content, origin))


def test_a_folder_of_such_names_without_sessions_is_another_thing(tmp_path: Path) -> None:
    for name in OpenCodeTree.marks:
        (tmp_path / name).mkdir()
    (tmp_path / "session" / "index.ts").write_text("export {}")

    assert not OpenCodeTree().recognises(Head(tmp_path, b"", OpenCodeTree.marks))
