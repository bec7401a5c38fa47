"""Documents that lie in no repository."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import read

from tracemill.records.events.event import DocumentVersion, IssueHeader
from tracemill.sources import sources_of
from tracemill.sources.head import Head
from tracemill.sources.process_files import LoneDocument

PLAN = b"# Login\n\n**Status:** Done\n**Branch:** `feature/login`\n\n- [x] Write it\n"
ACCOUNT = b"# The crash\n\n## Root cause\nA race.\n\n## What we did\nA lock.\n"
HEADER = b"<!-- ISSUES: 2 open, last updated 2026-03-01 -->\n# Notes\n"
SOURCE = LoneDocument()


def taken_by(path: str, data: bytes) -> list[str]:
    head = Head(Path(path), data)
    return [source.name for source in sources_of("file") if source.recognises(head)]


def test_a_document_is_one_version_as_it_stands() -> None:
    found = read(SOURCE, PLAN, "file:/srv/team/specs/login.md")
    (version,) = found.events

    assert isinstance(version, DocumentVersion)
    assert (version.document, version.path, version.title) == ("spec", "specs/login.md", "Login")
    assert (version.status, version.branch) == ("Done", "feature/login")
    assert (version.commit, version.at, version.change) == (None, None, "added")
    assert [todo.status for todo in version.todos] == ["completed"]
    assert "".join(section.text for section in version.sections or ()).encode() == PLAN


def test_its_content_has_the_hash_that_git_knows_it_by() -> None:
    (version,) = read(SOURCE, b"what is up, doc?", "file:/plans/a.md").events

    assert isinstance(version, DocumentVersion)
    assert version.object_id == "bd9dbf5aae1a3862dd1526723246b20206e5fc37"
    assert version.object_id == hashlib.sha1(b"blob 16\0what is up, doc?").hexdigest()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/home/a/specs/2026/login/plan.md", PLAN),
        ("/home/a/team/CLAUDE.md", b"# Rules\n"),
        ("/home/a/prompts/qa.yaml", b"role: qa\n"),
        ("/home/a/notes/crash.md", ACCOUNT),
        ("/home/a/backup.zip/docs/adr/0001-x.md", b"# Use x\n"),
    ],
)
def test_what_tells_of_work_is_a_document(path: str, data: bytes) -> None:
    assert taken_by(path, data) == ["document"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/home/a/notes/shopping.md", b"# Milk\n"),
        ("/home/a/README.md", ACCOUNT),
        ("/home/a/node_modules/x/specs/a.md", PLAN),
        ("/specs/a/b/c/d/e/f/notes.md", b"# Milk\n"),
        ("/home/a/prompts/rows.json", b'{"a": 1}\n'),
        ("/home/a/specs/picture.md", b"\x89PNG\0"),
        ("/home/a/specs/a.py", b"x = 1\n"),
    ],
)
def test_anything_else_is_none(path: str, data: bytes) -> None:
    assert taken_by(path, data) == []


def test_a_header_in_a_document_is_an_event_of_its_own() -> None:
    found = read(SOURCE, HEADER, "file:/plans/a.md")
    header, version = found.events

    assert isinstance(header, IssueHeader)
    assert isinstance(version, DocumentVersion)
    assert header.declared_open == 2
    assert header.id != version.id


def test_one_that_is_too_long_is_named() -> None:
    found = read(SOURCE, PLAN, "file:/plans/a.md", max_line_bytes=10)

    assert [bad.reason for bad in found.quarantined] == ["oversize_document"]
    assert not found.events


@given(st.binary(), st.sampled_from(["file:/plans/a.md", "file:/notes/a.md"]))
def test_any_bytes_are_accounted_for(data: bytes, uri: str) -> None:
    found = read(SOURCE, data, uri)

    assert found.tally.n_lines == 1
    assert found.tally.n_used + sum(found.tally.skipped.values()) == 1
