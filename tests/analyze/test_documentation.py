"""Changes of code that come with documents, and what plans lack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trajectories import commit
from tracemill.analyze.metrics.documentation import documentation_coverage, missing_parts
from tracemill.records.events.documents import DocumentVersion, Phase, Section
from tracemill.records.events.event import Commit, FileChange
from tracemill.records.refs import Origin


def changing(*paths: str, **more: Any) -> Commit:
    files = tuple(FileChange(path=path, status="M") for path in paths)
    return commit("a" * 40, files=files, **more)


CASES: list[Any] = [
    pytest.param([changing("a.py", "README.md")], (1, 1), id="code and a document"),
    pytest.param([changing("a.py")], (0, 1), id="code alone"),
    pytest.param([changing("docs/conf.py")], (0, 0), id="what lies with the documents is one"),
    pytest.param([changing("README.md"), changing("uv.lock")], (0, 0), id="no code"),
    pytest.param([changing("a.py", parents=("b", "c"))], (0, 0), id="a merge"),
    pytest.param([commit("a" * 40, files=None)], (0, 0), id="files unknown"),
]


@pytest.mark.parametrize(("commits", "expected"), CASES)
def test_coverage(commits: list[Commit], expected: tuple[int, int]) -> None:
    found = documentation_coverage(commits)

    assert tuple(found) == expected
    assert (found.share is None) == (expected[1] == 0)


def document(*sections: Section, **more: Any) -> DocumentVersion:
    given: dict[str, Any] = {"document": "plan", "sections": sections, **more}
    return DocumentVersion(
        id="event_1", origin=Origin(source="process", source_version=1, uri="/r", input_id="i"),
        path="plans/a.md", change="added", **given,
    )  # fmt: skip


PROBLEM = Section(role="problem", text="It is slow.")
NUMBERS = Section(role="results", text="3 s became 1 s.")
PHASE = Phase(label="phase 1")

PLANS: list[Any] = [
    pytest.param(document(PROBLEM, NUMBERS, phases=(PHASE,)), (), id="whole"),
    pytest.param(document(PROBLEM), ("phases", "results"), id="a problem alone"),
    pytest.param(
        document(Section(role="results", text="Better."), phases=(PHASE,)), ("problem", "results"),
        id="results without a number",
    ),
    pytest.param(document(PROBLEM, document="instructions"), None, id="no plan"),
    pytest.param(document(PROBLEM, sections=None), None, id="deleted"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "expected"), PLANS)
def test_what_a_plan_lacks(plan: DocumentVersion, expected: tuple[str, ...] | None) -> None:
    assert missing_parts(plan) == expected
