"""What documents and headers prove, and where one speaks against the other."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import msgspec
import pytest

from tests.sources.reading import FOREIGN
from tracemill.label.outcomes.process_labels import (
    DocumentOutcome,
    ProcessLabels,
    document_outcome,
    is_consistent,
    unmet_items,
)
from tracemill.records.events.event import (
    DocumentVersion,
    FileIssue,
    IssueHeader,
    Phase,
    Section,
    Todo,
)
from tracemill.records.refs import Origin
from tracemill.sources.process_files.issue_headers import issue_header
from tracemill.sources.process_files.markdown import phases_of, sections_of

ORIGIN = Origin(source="process-files", source_version=1, uri="r", input_id="input_1")
AT = datetime(2025, 7, 15, tzinfo=UTC)


def document(
    *headings: str,
    status: str | None = None,
    phases: tuple[Phase, ...] = (),
    todos: tuple[Todo, ...] = (),
    text: str = "",
) -> DocumentVersion:
    sections = tuple(Section(heading=h, level=2, text=f"## {h}\n{text}\n") for h in headings)
    return DocumentVersion(
        id="event_d", at=AT, origin=ORIGIN, path="docs/a.md", commit="c", change="added",
        document="account", status=status, sections=sections, phases=phases, todos=todos,
    )  # fmt: skip


def header(declared: int, *issues: FileIssue, updated: date | None = None) -> IssueHeader:
    return IssueHeader(
        id="event_h", at=AT, origin=ORIGIN, path="src/Files.ts", commit="c", change="added",
        declared_open=declared, issues=issues, updated=updated,
    )  # fmt: skip


def issue(*, is_open: bool = True, form: str = "issue") -> FileIssue:
    return FileIssue(text="x", is_open=is_open, form="todo" if form == "todo" else "issue")


PLANNED = Phase(label="phase 1", is_done=False)
DONE = Phase(label="phase 1", is_done=True)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (document("Problem", "Solution"), None),
        (document("✅ Implementation Complete"), "complete"),
        (document("Problem", status="Accepted"), "complete"),
        (document("🔄 Next Steps", status="Done"), "complete"),
        (document("Plan", phases=(PLANNED, DONE)), "complete"),
        (document("Plan", phases=(DONE, PLANNED)), "planned"),
        (document("✅ Completed", "🚨 ISSUE #1: Discovery Not Yet Implemented"), "partial"),
        (document("✅ Completed", "✅ ISSUE #1: Discovery"), "complete"),
        (document("✅ What works", "❌ What is missing"), "partial"),
        (document("Plan", status="In Progress"), "planned"),
        (document("Plan", todos=(Todo(text="a", status="pending"),)), "planned"),
        (document("Plan", todos=(Todo(text="a", status="completed"),)), "complete"),
        (document("Plan", todos=(Todo(status="completed"), Todo(status="pending"))), "planned"),
    ],
)
def test_a_document_is_as_far_as_it_says(
    said: DocumentVersion, outcome: DocumentOutcome | None
) -> None:
    assert document_outcome(said) == outcome


def test_a_planned_item_whose_file_nothing_done_names_is_unmet() -> None:
    plan = Phase(
        label="phase 1",
        items=(Todo(text="Define b.ts"), Todo(text="Extend a.ts"), Todo(text="Think")),
    )
    done = Phase(label="phase 1", items=(Todo(text="Extended a.ts", status="completed"),))
    assert unmet_items(document(phases=(plan, done))) == ["Define b.ts"]
    assert unmet_items(document(phases=(plan,))) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (header(1, issue()), True),
        (header(1, issue(), issue()), False),
        (header(1, issue(), issue(is_open=False)), True),
        (header(2, issue(form="todo"), issue(form="todo")), True),
        (header(1, issue(), issue(form="todo")), True),
        (header(0), True),
        (header(0, issue()), False),
    ],
)
def test_a_header_is_consistent_where_it_lists_what_it_declares(
    found: IssueHeader, expected: bool
) -> None:
    assert is_consistent(found) == expected


@pytest.mark.parametrize(
    ("heading", "updated", "is_disputed"),
    [
        ("✅ Complete (2025-07-14)", date(2025, 7, 14), True),
        ("✅ Complete (2025-07-14)", date(2025, 7, 15), False),
        ("✅ Complete", date(2025, 7, 15), True),
        ("Plan", date(2025, 7, 14), False),
    ],
)
def test_a_complete_document_disputes_the_open_issues_that_it_names(
    heading: str, updated: date, is_disputed: bool
) -> None:
    judge = ProcessLabels()
    judge.take(header(1, issue(), updated=updated))
    judge.take(document(heading, text="- **Files.ts**: Issue #1 - x"))
    found = {label.name: label for label in judge.labels() if label.target.id == "event_h"}

    assert found["issues.consistent"].value is True
    assert ("issues.disputed" in found) == is_disputed
    if is_disputed:
        assert [ref.id for ref in found["issues.disputed"].evidence] == ["event_d"]


@pytest.mark.foreign
def test_a_real_header_is_disputed_by_the_document_that_closes_its_issues() -> None:
    folder = FOREIGN / "seeds" / "continuum"
    if not folder.exists():
        pytest.skip(f"no headers or documents at {folder}; set TRACEMILL_SHARED_DATA")
    text = (folder / "shared-types-initiative.md").read_text()
    first = json.loads((folder / "issues_headers.jsonl").read_text().splitlines()[0])
    said, sections = issue_header(first["header"]), sections_of(text)
    assert said is not None
    judge = ProcessLabels()
    judge.take(
        msgspec.structs.replace(
            header(said.declared_open, *said.issues, updated=said.updated),
            path="src/types/shared/FileOperations.ts",
        )
    )
    judge.take(msgspec.structs.replace(document(), sections=sections, phases=phases_of(sections)))

    assert {label.name: label.value for label in judge.labels()} == {
        "document.outcome": "complete",
        "document.unmet": 1,
        "issues.consistent": True,
        "issues.disputed": True,
    }
