"""Real headers and documents against what is known of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sources.reading import FOREIGN

from tracemill.sources.process_files.issue_headers import Header, issue_header
from tracemill.sources.process_files.markdown import phases_of, sections_of

pytestmark = pytest.mark.foreign

HEADERS = FOREIGN / "seeds" / "continuum" / "issues_headers.jsonl"
DOCUMENT = FOREIGN / "seeds" / "continuum" / "shared-types-initiative.md"
LINES = HEADERS.read_text().splitlines() if HEADERS.exists() else ["null"]
CASES = [json.loads(line) for line in LINES]


def told(header: Header) -> dict[str, Any]:
    listed = [issue for issue in header.issues if issue.form == "issue"]
    n_listed = sum(issue.is_open for issue in listed)
    n_todos = sum(issue.form == "todo" for issue in header.issues)
    n_resolved = len(listed) - n_listed
    return {
        "declared_open": header.declared_open,
        "listed": n_listed,
        "critical": sum(issue.group == "critical" for issue in listed),
        "improvements": sum(issue.group == "improvements" for issue in listed),
        "date": str(header.updated),
        "consistent": header.declared_open == (n_listed or n_todos),
        "todos": n_todos,
        "resolved_listed": n_resolved,
        "resolved_listed_at_least": n_resolved,
        "cleaned": sum(issue.word == "cleaned up" for issue in header.issues),
        "fixed": sum(issue.word == "fixed" for issue in header.issues),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case and case["index_file_id"])
def test_every_real_header_says_what_is_known_of_it(case: dict[str, Any] | None) -> None:
    if case is None:
        pytest.skip(f"no headers at {HEADERS}; set TRACEMILL_SHARED_DATA")
    header = issue_header(case["header"])
    assert header is not None
    assert told(header) | case["expect"] == told(header)


def test_a_real_document_has_its_phases_planned_and_done() -> None:
    if not DOCUMENT.exists():
        pytest.skip(f"no document at {DOCUMENT}; set TRACEMILL_SHARED_DATA")
    sections = sections_of(DOCUMENT.read_text())
    phases = phases_of(sections)
    (problem,) = [section for section in sections if section.role == "problem"]
    results = next(section for section in sections if section.heading.endswith("Results Achieved"))

    assert [len(phase.items) for phase in phases] == [3, 4, 3, 3, 4, 4]
    assert [phase.is_done for phase in phases] == [None, None, None, True, True, True]
    assert problem.text.count("**:") == 4
    assert results.text.count("- **✅") == 6
