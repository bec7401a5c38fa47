"""Gates and the commits that they looked at, documents and the sessions that wrote them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, commit
from tracemill.link.commits.branches import Branches
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.link.work_links import (
    WrittenDocument,
    document_links,
    gate_links,
    plan_links,
)
from tracemill.records.events.event import GateRun
from tracemill.records.refs import Origin

SHA = "1a2b3c4" + "0" * 33
MADE = commit(SHA)
ORIGIN = Origin(source="junit", source_version=1, uri="/srv/app/junit.xml", input_id="input_4")


def run(**more: Any) -> GateRun:
    return GateRun(id="event_run", origin=ORIGIN, gate="test", status="passed", **more)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        pytest.param({"commit": SHA}, ("checked", 0.99), id="it names the commit"),
        pytest.param({"commit": "9" * 40}, None, id="it names another"),
        pytest.param(
            {"root": "/srv/app/src", "at": START + timedelta(hours=1)},
            ("checked_after", 0.5),
            id="it ran there after",
        ),
        pytest.param({"root": "/srv/app", "at": START - timedelta(hours=1)}, None, id="before"),
        pytest.param({"root": "/srv/app", "at": START + timedelta(days=2)}, None, id="long after"),
        pytest.param({"root": "/srv/other", "at": START}, None, id="elsewhere"),
        pytest.param({"at": START}, None, id="nobody knows where"),
    ],
)
def test_a_gate_run_is_linked_to_what_it_looked_at(
    about: dict[str, Any], expected: tuple[str, float] | None
) -> None:
    found = [(link.method, link.confidence) for link in gate_links([run(**about)], [MADE])]

    assert found == ([] if expected is None else [expected])


def test_of_several_commits_the_last_before_the_run_was_checked() -> None:
    later = commit("f" * 40, at=START + timedelta(hours=1))
    ran = run(root="/srv/app", at=START + timedelta(hours=2))

    assert [link.target.id for link in gate_links([ran], [MADE, later])] == [later.id]


@pytest.mark.parametrize(
    ("method", "confidence", "edited", "is_linked"),
    [
        pytest.param("commit_output", 0.99, "/home/ada/app/docs/plan.md", True, id="it wrote it"),
        pytest.param("edited_lines", 0.8, "docs/plan.md", True, id="as sure as the commit"),
        pytest.param("edited_lines", 0.6, "docs/plan.md", False, id="an unsure commit"),
        pytest.param("base_commit", 0.9, "docs/plan.md", False, id="where it began"),
        pytest.param("commit_output", 0.99, "docs/other-plan.md", False, id="another file"),
    ],
)
def test_a_version_of_a_document_is_the_sessions_that_wrote_and_committed_it(
    method: str, confidence: float, edited: str, *, is_linked: bool
) -> None:
    document = WrittenDocument("event_plan", MADE.origin.uri, SHA, "docs/plan.md")
    made = make_link(of_trajectory("traj_1"), of_commit(MADE), method, confidence)
    about = {"traj_1": activity(files_edited=(edited,))}

    found = [
        (link.target.id, link.confidence)
        for link in document_links([document], [MADE], about, [made])
    ]
    assert found == [("event_plan", confidence)] * is_linked


BRANCH = "feature/tax-totals"
HISTORY = [
    commit("a" * 40),
    commit("b" * 40, parents=("a" * 40,)),
    commit(
        "c" * 40,
        parents=("a" * 40, "b" * 40),
        subject=f"Merge branch '{BRANCH}'",
        refs=("main",),
    ),
]


def plan(path: str, sha: str = "a" * 40, **more: Any) -> WrittenDocument:
    given: dict[str, Any] = {"is_plan": True, **more}
    return WrittenDocument(f"event_{sha[0]}", "/srv/app", sha, path)._replace(**given)


@pytest.mark.parametrize(
    ("document", "methods"),
    [
        pytest.param(plan("docs/plan.md", branch=BRANCH), ["declared_branch"], id="it says so"),
        pytest.param(plan("docs/2026-03-01-tax-totals-design.md"), ["named_like"], id="its name"),
        pytest.param(plan("docs/TAX_TOTALS_PLAN.md"), ["named_like"], id="in capitals"),
        pytest.param(plan("docs/totals.md"), [], id="another name"),
        pytest.param(plan("docs/tax-totals.md", is_plan=False), [], id="no plan"),
    ],
)
def test_the_commits_of_a_branch_carry_its_plan_out(
    document: WrittenDocument, methods: list[str]
) -> None:
    found = list(plan_links([document], HISTORY, Branches(HISTORY)))

    assert [link.method for link in found] == methods
    assert {link.source.id for link in found} <= {HISTORY[1].id}


def test_a_plan_is_linked_as_it_first_was() -> None:
    later = commit("d" * 40, at=START + timedelta(days=1))
    versions = [plan("docs/tax-totals.md", later.sha), plan("docs/tax-totals.md")]
    known = [*HISTORY, later]

    assert [i.target.id for i in plan_links(versions, known, Branches(known))] == ["event_a"]
