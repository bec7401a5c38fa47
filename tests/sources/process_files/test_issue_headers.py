"""Headers that count and list a file's issues, in every comment style."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.records.events.event import FileIssue
from tracemill.sources.process_files.issue_headers import Header, issue_header

FIRST = "ISSUES: 2 open, last updated 2025-03-01 - See docs/issues.md"
STYLES = {
    "line comments": ("// ", "// ", ""),
    "hashes": ("# ", "# ", ""),
    "dashes": ("-- ", "-- ", ""),
    "a block": ("// ", " * ", "/**\n"),
    "all in one block": ("/* ", " * ", ""),
}


def header_of(text: str) -> Header:
    found = issue_header(text)
    assert found is not None
    return found


def listed(text: str) -> list[tuple[str, int | None, str | None, bool]]:
    issues = header_of(f"// {FIRST}\n{text}").issues
    return [(issue.form, issue.number, issue.group, issue.is_open) for issue in issues]


@pytest.mark.parametrize(("first", "prefix", "opening"), STYLES.values(), ids=STYLES)
def test_each_comment_style_is_read(first: str, prefix: str, opening: str) -> None:
    body = ["🚨 CRITICAL:", "- [ ] Issue #1: Close the file", "- [x] Issue #2: Name the type"]
    text = f"{first}{FIRST}\n{opening}" + "".join(f"{prefix}{line}\n" for line in body) + "code()\n"
    found = header_of(text)

    assert (found.declared_open, found.updated) == (2, date(2025, 3, 1))
    assert found.note == "See docs/issues.md"
    assert found.issues == (
        FileIssue(text="Close the file", number=1, group="critical", is_open=True, form="issue"),
        FileIssue(text="Name the type", number=2, group="critical", is_open=False, form="issue"),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("// - [ ] Issue #3: x", ("issue", 3, None, True)),
        ("// - [✅] Issue #3: x", ("issue", 3, None, False)),
        ("// - [X] x", ("issue", None, None, False)),
        ("// 🚨 ISSUE #1: x", ("issue", 1, None, True)),
        ("// ISSUE 7: x", ("issue", 7, None, True)),
        ("// ✅ ISSUE 7: x", ("issue", 7, None, False)),
        ("// TODO: x", ("todo", None, None, True)),
        ("// - TODO: x", ("todo", None, None, True)),
        ("// ✅ FIXED: x", ("remark", None, None, False)),
        ("// ✅ CLEANED UP: x", ("remark", None, None, False)),
    ],
)
def test_each_form_of_issue_is_told(
    line: str, expected: tuple[str, int | None, str | None, bool]
) -> None:
    assert listed(line) == [expected]


@pytest.mark.parametrize("line", ["// ✅ ARCHITECTURE: x", "// - x", "// Reads files.", "code()"])
def test_what_is_no_issue_is_not_listed(line: str) -> None:
    assert listed(line) == []


def test_a_plain_item_is_an_issue_only_in_a_group_of_issues() -> None:
    text = "/**\n * COMPLETED FEATURES:\n * - a\n * ISSUES: (look for TODOs)\n * - b\n * - ✅ RESOLVED: c\n */"
    assert listed(text) == [("issue", None, "issues", True), ("issue", None, "issues", False)]


def test_lines_that_stand_deeper_belong_to_the_issue() -> None:
    text = f"// {FIRST}\n// 🚨 ISSUE #1: Do not do it\n//     because it breaks\n// Reads files.\n"
    assert [issue.text for issue in header_of(text).issues] == ["Do not do it\nbecause it breaks"]


def test_a_header_in_prose_lists_its_headings() -> None:
    text = (
        "# Plan\n\n<!-- ISSUES: 1 open, last updated 2025-07-13 - See x.md -->\n\n## Done\n"
        "### **🚨 ISSUE #1: Not found**\ntext\n### ✅ ISSUE #2: Found\n"
    )
    found = header_of(text)
    assert (found.declared_open, found.note) == (1, "See x.md")
    assert [(i.number, i.text, i.is_open) for i in found.issues] == [
        (1, "Not found", True),
        (2, "Found", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 'ISSUES: 3 open'",
        "// ISSUES: some open",
        "// KNOWN ISSUES: 3 open",
        "\n" * 100 + "// ISSUES: 3 open",
    ],
)
def test_what_is_no_header_is_none(text: str) -> None:
    assert issue_header(text) is None


def test_a_day_that_is_none_is_unknown() -> None:
    assert header_of("# ISSUES: 1 open, last updated 2025-13-40").updated is None


@given(st.text(alphabet=st.sampled_from("/*#- \n[]x✅🚨ISSUES:1openTODO"), max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    found = header_of(f"// {FIRST}\n{text}")
    assert found.declared_open == 2
