"""What prose says by its headings, lists, checkboxes and fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.heading_roles import role_of
from tracemill.records.events.event import SectionRole
from tracemill.sources.process_files.markdown import (
    phases_of,
    said_in,
    sections_of,
    title_of,
    todos_of,
)

PIECES = st.sampled_from(
    [
        "# A",
        "## Phase 1: B ✅",
        "```",
        "~~~",
        "- [ ] c",
        "- [x] d",
        "**Status:** done",
        "",
        "\r",
        "e",
    ]
)


@given(st.lists(PIECES).map("\n".join))
def test_sections_joined_are_the_text(text: str) -> None:
    assert "".join(section.text for section in sections_of(text)) == text


def test_headings_in_code_are_no_headings() -> None:
    found = sections_of("intro\n# One\n```sh\n# no heading\n```\n## Two ##\n")
    assert [(s.heading, s.level) for s in found] == [("", 0), ("One", 1), ("Two", 2)]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("🎯 Problem Statement", "problem"),
        ("The Problem", "problem"),
        ("2. Root Cause Analysis", "root_cause"),
        ("**Solution Strategy**", "solution"),
        ("🎯 Results Achieved", "results"),
        ("Test Results", "results"),
        ("✅ Implementation Complete (2025-07-14)", "results"),
        ("Key Design Decisions", "decision"),
        ("Lessons Learned", "lessons"),
        ("Next Steps", "open"),
        ("Success Criteria", "goal"),
        ("Verification", "validation"),
        ("Consequences", "consequences"),
        ("Problematic imports", None),
        ("Files Modified", None),
        ("", None),
    ],
)
def test_a_heading_says_what_its_section_tells(heading: str, role: SectionRole | None) -> None:
    assert role_of(heading) == role


def test_checkboxes_are_todos_with_their_status() -> None:
    text = "- [ ] a\n  * [x] **b**\n1. [~] c\n- [-] d\n- [✅] e\n- [link](x)\n```\n- [ ] f\n```\n"
    assert [(todo.text, todo.status) for todo in todos_of(text)] == [
        ("a", "pending"),
        ("b", "completed"),
        ("c", "in_progress"),
        ("d", "cancelled"),
        ("e", "completed"),
    ]


def test_phases_have_their_items_planned_and_done() -> None:
    text = (
        "## Strategy\n### Phase 1: Types\n1. **Create** `a.ts` ✅\n2. Define b.ts\n   - deeper\n"
        "### Phase 2: Use\n- Use a.ts\n#### Detail\n- Use b.ts\n## Other\n- no item\n"
        "### **Phase 1: Types** - ✅ COMPLETE\n1. **✅ Created** `a.ts`\n"
        "### Task 3: Later\n**Status:** Not Started\n"
    )
    found = phases_of(sections_of(text))

    assert [(p.label, p.is_done, len(p.items)) for p in found] == [
        ("phase 1", None, 2),
        ("phase 2", None, 2),
        ("phase 1", True, 1),
        ("task 3", False, 0),
    ]
    assert [(i.text, i.status) for i in found[0].items] == [
        ("Create `a.ts", "completed"),
        ("Define b.ts", "unknown"),
    ]


@pytest.mark.parametrize(
    ("text", "status", "branch"),
    [
        ("# A\n**Status:** ✅ Complete\n**Branch:** `feature/x`\n", "Complete", "feature/x"),
        ("- Status: Draft\n- Feature Branch: 001-foo\n", "Draft", "001-foo"),
        ("# 1. Use SQLite\n## Status\n\nAccepted\n", "Accepted", None),
        ("# A\n## 🎯 **Status: Partly there**\n", "Partly there", None),
        ("# A\n```\ngit checkout -b fix/y\n```\n", None, "fix/y"),
        ("# A\nNothing is said.\n", None, None),
    ],
)
def test_status_and_branch_are_what_the_text_says(
    text: str, status: str | None, branch: str | None
) -> None:
    assert said_in(sections_of(text)) == (status, branch)


@pytest.mark.parametrize(
    ("text", "title"),
    [("## B\n# A\n", "A"), ("## **B**\ntext", "B"), ("text", None), ("", None)],
)
def test_the_title_is_the_first_heading_of_the_first_level(text: str, title: str | None) -> None:
    assert title_of(sections_of(text)) == title
