"""What commits, headers and documents teach: quotes that stand where they say, and what history shows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.reading import FOREIGN
from tests.trajectories import START, commit
from tracemill.label.learning import (
    CommittedWork,
    MendedIssue,
    header_changes,
    learning_from_commits,
    learning_from_document,
)
from tracemill.label.learning.passages import commit_passages
from tracemill.label.learning.wrapped import unwrapped
from tracemill.records.events.commits import Commit, FileChange
from tracemill.records.events.documents import DocumentVersion, FileIssue, IssueHeader, Section
from tracemill.records.refs import Origin
from tracemill.records.work.learning import LearningEpisode, Words
from tracemill.sources.process_files.markdown import phases_of, sections_of

ORIGIN = Origin(source="process-files", source_version=1, uri="/srv/app", input_id="input_1")
A, B, C, D = ("a" * 40, "b" * 40, "c" * 40, "d" * 40)
MENDED = """Totals of empty orders are wrong, and nobody
saw it for a week.

ROOT CAUSE:
The sum begins at nothing, because the list is
read before it is filled.

The fix:
- Begin at zero wherever a sum is made
- Read the list once it is there

Testing:
All 12 tests pass, and the totals of March agree.

NEXT STEPS:
1. Look at the other reports because they share the code
"""


def said(words: tuple[Words, ...]) -> list[str]:
    return [each.text for each in words]


def learned(*commits: Commit, **more: Any) -> LearningEpisode:
    given: dict[str, Any] = {
        "id": "work_1", "commits": commits, "repository": "app", "branch": None, "undone": {},
        "has_stood": True, **more,
    }  # fmt: skip
    return learning_from_commits(CommittedWork(**given))


def mended(sha: str = A, **more: Any) -> Commit:
    files = (FileChange(path="src/total.py", status="M"),)
    return commit(sha, subject="fix: totals of #7", body=MENDED, files=files, **more)


def test_a_message_tells_the_whole_of_it() -> None:
    found = learned(mended())

    assert (found.kind, found.told_by, found.outcome) == ("fix", "commits", "achieved")
    assert said(found.problem) == [
        "Totals of empty orders are wrong, and nobody saw it for a week."
    ]
    assert said(found.context) == ["From src/total.py; in app; named: #7"]
    assert said(found.thought_process) == [
        "The sum begins at nothing, because the list is read before it is filled."
    ]
    assert (
        said(found.solution_approach)
        == said(found.implementation_steps)
        == [
            "Begin at zero wherever a sum is made",
            "Read the list once it is there",
        ]
    )
    assert said(found.validation) == ["All 12 tests pass, and the totals of March agree."]
    assert said(found.outcome_words) == [
        "committed, and not taken back in the week after",
        f"commit {A[:12]}: fix: totals of #7",
    ]


def test_what_a_message_does_not_say_stays_open() -> None:
    files = (FileChange(path="a.py", status="A"), FileChange(path="b.py", status="M"))
    found = learned(commit(A, subject="feat: add a column", files=files))

    assert found.problem == found.thought_process == found.validation == ()
    assert said(found.solution_approach) == ["feat: add a column"]
    assert said(found.implementation_steps) == ["Edit a.py", "Edit b.py"]
    assert found.thinking.steps == 0


@pytest.mark.parametrize(
    "sentence",
    [
        "Add comprehensive error handling to the reader.",
        "The build succeeds without errors now.",
        "Validates that errors are told with a regression test.",
    ],
)
def test_what_was_made_against_problems_is_none(sentence: str) -> None:
    assert learned(commit(A, subject="feat: x", body=sentence)).problem == ()


def test_what_came_in_place_of_a_thing_is_a_problem_and_what_was_put_there_none() -> None:
    wrong = learned(
        commit(A, subject="fix: keys", body="The keys were sent as letters instead of marks.")
    )
    made = learned(commit(A, subject="fix: keys", body="Now it reads marks instead of letters."))

    assert (len(wrong.problem), len(made.problem)) == (1, 0)


def test_goals_that_are_lists_and_signatures_are_no_problem() -> None:
    body = (
        "Goals:\n- Start three times faster\n\n🤖 Generated with [An Agent](https://example.org)\n"
    )
    found = learned(commit(A, subject="chore: start faster", body=body))

    assert found.problem == ()
    assert not any("Generated" in text for text in (*said(found.context), *said(found.validation)))


def test_attempts_are_kept_as_steps_and_said_to_be_attempts() -> None:
    found = learned(mended(A), commit(B, subject="fix: totals, once more", body="It still failed."))

    assert said(found.implementation_steps) == ["fix: totals of #7", "fix: totals, once more"]
    assert f"commit {A[:12]} was gone on with by {B[:12]}" in said(found.outcome_words)


UNDONE: list[Any] = [
    pytest.param({}, True, "achieved", id="stood for a week"),
    pytest.param({}, False, "unknown", id="too young to know"),
    pytest.param({A: C, B: C}, True, "failed", id="all taken back"),
    pytest.param({B: C}, True, "failed", id="the last one taken back"),
    pytest.param({A: C}, True, "partial", id="one taken back by others"),
    pytest.param({A: B}, True, "achieved", id="taken back by the work itself"),
]


@pytest.mark.parametrize(("undone", "has_stood", "outcome"), UNDONE)
def test_the_outcome_is_what_history_shows(
    undone: dict[str, str], has_stood: bool, outcome: str
) -> None:
    found = learned(mended(A), mended(B), undone=undone, has_stood=has_stood)
    assert found.outcome == outcome


def header(day: int, *issues: tuple[int, str, bool], **more: Any) -> IssueHeader:
    listed = tuple(
        FileIssue(text=text, number=number, is_open=is_open, form="issue")
        for number, text, is_open in issues
    )
    return IssueHeader(
        id=f"event_{day}", at=START + timedelta(days=day), origin=ORIGIN, path="src/Base.ts",
        declared_open=sum(each.is_open for each in listed), issues=listed,
        **{"change": "modified", **more},
    )  # fmt: skip


def test_versions_of_a_header_say_what_each_changed() -> None:
    versions = [
        header(0, (1, "guessed path", True), (2, "bare strings", True)),
        header(1, (1, "bare strings", True), (2, "no tests", True)),
        header(2, (1, "bare strings", False)),
        header(3, change="deleted"),
    ]
    changes = [
        tuple([issue.text for issue in issues] for issues in change[1:])
        for change in header_changes(versions)
    ]

    assert changes == [
        (["guessed path", "bare strings"], [], []),
        (["no tests"], ["guessed path"], ["bare strings"]),
        ([], ["bare strings", "no tests"], []),
        ([], [], []),
    ]


def test_an_issue_that_a_commit_resolves_is_its_problem() -> None:
    issue = FileIssue(text="Guessed path,\nthree times", number=1, is_open=True, form="issue")
    change = MendedIssue(issue, header(1))
    found = learned(mended(), mended=[change])

    assert said(found.problem) == ["Guessed path, three times"]
    assert found.problem[0].source.id == change.header.id
    assert said(found.context)[0].endswith("of headers: issue #1 of src/Base.ts")


DOCUMENT = """# Shared types
## Problem Statement
Two commands answer in different shapes.
## Root cause
Nobody owns the type, because it is copied.
## Solution
One type for both.
### Phase 1: Types
1. ✅ Created the type
### Phase 2: Use - not started
1. Use it in both
## Results
0 of 12 shapes differ.
"""


def document(text: str, **more: Any) -> DocumentVersion:
    sections = sections_of(text)
    given: dict[str, Any] = {
        "id": "event_1", "at": START, "origin": ORIGIN, "path": "docs/plans/types.md",
        "change": "added", "document": "plan", "title": "Shared types", "sections": sections,
        "phases": phases_of(sections), **more,
    }  # fmt: skip
    return DocumentVersion(**given)


def test_a_document_tells_of_a_problem_its_cure_and_what_came_of_it() -> None:
    found = learning_from_document(document(DOCUMENT))

    assert found is not None
    assert (found.kind, found.told_by, found.episode_id) == ("account", "document", "event_1")
    assert said(found.problem) == ["Two commands answer in different shapes."]
    assert said(found.thought_process) == ["Nobody owns the type, because it is copied."]
    assert said(found.solution_approach) == ["One type for both."]
    assert said(found.implementation_steps) == ["Created the type"]
    assert said(found.validation) == ["0 of 12 shapes differ."]
    whole = "".join(section.text for section in sections_of(DOCUMENT))
    assert all(
        whole[words.start : words.end] == words.text
        for words in (*found.problem, *found.solution_approach, *found.validation)
    )


@pytest.mark.parametrize("missing", [["Problem Statement", "Root cause"], ["Results"]])
def test_a_document_that_lacks_a_part_teaches_nothing(missing: list[str]) -> None:
    text = DOCUMENT
    for heading in missing:
        text = text.replace(f"## {heading}", "## More")
    assert learning_from_document(document(text)) is None


def test_standing_orders_teach_nothing() -> None:
    assert learning_from_document(document(DOCUMENT, document="instructions")) is None
    assert learning_from_document(document(DOCUMENT, sections=None)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a line that\ngoes on", "a line that goes on"),
        ("a line\n\nanother", "a line\n\nanother"),
        ("leads in:\nand stops", "leads in:\nand stops"),
        ("- an entry\n  that goes on", "- an entry   that goes on"),
        ("text\n- an entry", "text\n- an entry"),
        ("# Heading\ntext", "# Heading\ntext"),
        ("```\ncode\nmore\n```\ntext", "```\ncode\nmore\n```\ntext"),
        ("text\n    code()", "text\n    code()"),
        ("| a |\n| b |", "| a |\n| b |"),
    ],
)
def test_broken_lines_are_put_together(text: str, expected: str) -> None:
    assert unwrapped(text) == expected


PIECES = st.sampled_from(
    ["It fails because nothing", " is there. ", "\n", "\n\n", "- ", "ROOT CAUSE:\n", "## Results\n",
     "```\n", "All 3 tests pass. ", "Fix: one more word\n", "    code()", "…", "ünïcode stands here. "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_a_quote_of_a_message_stands_where_it_says(body: str) -> None:
    assert len(unwrapped(body)) == len(body)
    for passage in commit_passages(commit(A, body=body)):
        words = passage.words
        assert words.start is not None
        assert body[words.start : words.end].split() == words.text.split()


LOGS = [FOREIGN / "seeds" / "gitlogs" / f"{name}.jsonl" for name in ("agent-power-tools", "punie")]


@pytest.mark.foreign
def test_every_real_message_that_names_a_root_cause_is_heard() -> None:
    if not all(path.exists() for path in LOGS):
        pytest.skip(f"no histories at {LOGS[0].parent}; set TRACEMILL_SHARED_DATA")
    rows = [json.loads(line) for path in LOGS for line in path.read_text().splitlines()]
    told = [row for row in rows if "root cause" in f"{row['subject']}\n{row['body']}".lower()]
    heard = []
    for row in told:
        passages = commit_passages(commit(row["sha"], subject=row["subject"], body=row["body"]))
        causes = [each for each in passages if each.role == "root_cause"]
        named = [each for each in passages if "root cause" in each.words.text.lower()]
        in_subject = "root cause" in row["subject"].lower()
        heard.append(bool(causes or in_subject or any(each.weight for each in named)))

    assert (len(heard), sum(heard)) == (18, 18)


def test_an_empty_section_is_no_passage() -> None:
    assert learning_from_document(document("", sections=(Section(text=""),))) is None


def test_a_heading_of_no_meaning_belongs_to_the_one_above() -> None:
    text = DOCUMENT.replace("## Problem Statement", "## Problem Statement\n### Of the commands")
    found = learning_from_document(document(text))

    assert found is not None
    assert said(found.problem) == ["Two commands answer in different shapes."]
