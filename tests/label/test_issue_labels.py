"""Whether an issue stands where its parts stand."""

from __future__ import annotations

import pytest

from tracemill.label.outcomes.issue_labels import issue_labels
from tracemill.records.events.forge import Issue, IssueLink, IssueState
from tracemill.records.refs import Origin

STATES: dict[str, IssueState] = {
    "o": "open", "p": "in_progress", "c": "closed", "d": "deleted", "?": "unknown",
}  # fmt: skip


def issue(name: str, state: str, whole: str | None = None, input_id: str = "input_1") -> Issue:
    links = (IssueLink(issue=whole, relation="part-of"),) if whole else ()
    return Issue(
        id=f"{input_id}.{name}",
        origin=Origin(source="beads", source_version=1, uri="u", input_id=input_id),
        tracker="beads",
        native_id=name,
        state=STATES[state],
        links=links,
    )


@pytest.mark.parametrize(
    ("whole", "parts", "is_rolled_up"),
    [
        ("o", "cc", False),
        ("p", "cc", False),
        ("c", "cc", True),
        ("o", "co", True),
        ("c", "co", False),
        ("o", "cd", False),
        ("o", "c?", None),
        ("?", "cc", None),
        ("o", "", None),
    ],
)
def test_the_whole_follows_its_parts_or_does_not(
    whole: str, parts: str, is_rolled_up: bool | None
) -> None:
    issues = [issue("w", whole), *(issue(f"p{n}", s, "w") for n, s in enumerate(parts))]
    labels = list(issue_labels(issues))

    assert [label.value for label in labels] == ([] if is_rolled_up is None else [is_rolled_up])


def test_only_the_last_parts_count() -> None:
    issues = [issue("a", "o"), issue("b", "o", "a"), issue("c", "c", "b"), issue("d", "c", "b")]
    labels = {label.target.id: label for label in issue_labels(issues)}

    assert {name: label.value for name, label in labels.items()} == {
        "input_1.a": False,
        "input_1.b": False,
    }
    assert [ref.id for ref in labels["input_1.a"].evidence] == ["input_1.c", "input_1.d"]


def test_issues_of_different_inputs_and_in_circles_are_no_parts() -> None:
    apart = [issue("a", "o"), issue("b", "c", "a", "input_2")]
    circle = [issue("a", "o", "b"), issue("b", "o", "a"), issue("c", "o", "c")]

    assert list(issue_labels(apart)) == []
    assert list(issue_labels(circle)) == []
