"""How many issues were resolved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START
from tracemill.analyze.metrics.issue_resolution import (
    header_resolution,
    header_upkeep,
    issue_resolution,
)
from tracemill.records.events.documents import FileIssue, IssueHeader
from tracemill.records.events.forge import Issue
from tracemill.records.refs import Origin

ORIGIN = Origin(source="process", source_version=1, uri="/r", input_id="i")


def header(day: int, *issues: str, **more: Any) -> IssueHeader:
    """A header whose issues are done where they begin with a plus."""
    listed = tuple(
        FileIssue(text=text.lstrip("+"), is_open=text[0] != "+", form="issue") for text in issues
    )
    given: dict[str, Any] = {"change": "modified", **more}
    n_open = sum(issue.is_open for issue in listed)
    return IssueHeader(
        id=f"event_{day}", at=START + timedelta(days=day), origin=ORIGIN, path="a.ts",
        declared_open=n_open, issues=listed, **given,
    )  # fmt: skip


HEADERS: list[Any] = [
    pytest.param([header(0, "slow", "ugly")], (0, 2), id="all open"),
    pytest.param([header(0, "slow"), header(1, "+slow")], (1, 1), id="set to done"),
    pytest.param([header(0, "slow", "ugly"), header(1, "ugly")], (1, 2), id="listed no more"),
    pytest.param([header(0, "slow"), header(1, "+slow"), header(2, "slow")], (0, 1), id="again"),
    pytest.param([header(0, "slow"), header(1, change="deleted")], (0, 0), id="with a deleted file"),
    pytest.param([header(1, "+slow"), header(0, "slow")], (1, 1), id="in any order"),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "expected"), HEADERS)
def test_issues_of_headers(headers: list[IssueHeader], expected: tuple[int, int]) -> None:
    assert tuple(header_resolution(headers)) == expected


def test_a_header_is_kept_up_where_a_change_of_its_file_changes_it() -> None:
    found = header_upkeep([header(0, "slow"), header(1, "slow"), header(2, "+slow")])

    assert tuple(found) == (1, 2)


def issue(number: int, state: str, day: int = 0, **more: Any) -> Issue:
    given: dict[str, Any] = {"tracker": "github", "repository": "o/r", "state": state, **more}
    return Issue(
        id=f"event_{number}_{day}",
        at=START + timedelta(days=day),
        origin=ORIGIN,
        number=number,
        **given,
    )


ISSUES: list[Any] = [
    pytest.param([issue(1, "open"), issue(2, "closed")], (1, 2), id="one of two"),
    pytest.param([issue(1, "open"), issue(1, "closed", 1)], (1, 1), id="the last word counts"),
    pytest.param([issue(1, "closed"), issue(1, "open", 1)], (0, 1), id="opened again"),
    pytest.param([issue(1, "unknown")], (0, 0), id="nobody knows"),
    pytest.param([issue(1, "closed"), issue(1, "open", repository="o/s")], (1, 2), id="of two repositories"),
]  # fmt: skip


@pytest.mark.parametrize(("issues", "expected"), ISSUES)
def test_issues_of_trackers(issues: list[Issue], expected: tuple[int, int]) -> None:
    assert tuple(issue_resolution(issues)) == expected
