"""The table of outcomes, line by line, and the sessions that other tools judge wrong."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import START, activity, commit, reaction, trajectory
from tracemill.label.outcomes.evidence import Evidence
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome import judge_episode
from tracemill.label.outcomes.outcome_rules import RULES, judge
from tracemill.records.events.event import Commit
from tracemill.records.links import Link, LinkMethod
from tracemill.records.refs import Ref, Stamp
from tracemill.records.sessions.activity import Activity, CheckKind, CheckRun, CommitMention
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.work.episodes import Episode

REPOSITORY = "/srv/app"
MADE = commit("a" * 40)
LATER = commit("f" * 40, at=START + timedelta(days=9))


def link(
    target: Commit, method: LinkMethod = "commit_output", confidence: float = 0.99, **more: Any
) -> Link:
    return Link(
        id=f"{method}{target.id}",
        source=more.get("source", Ref(kind="trajectory", id="traj_1")),
        target=Ref(kind="event", id=target.id),
        method=method,
        confidence=confidence,
        stamp=Stamp(by="test", version=1),
    )


def reverting(target: Commit, days: float) -> tuple[Commit, Link]:
    undoing = commit("b" * 40, at=START + timedelta(days=days))
    return undoing, link(target, "reverts", source=Ref(kind="event", id=undoing.id))


def ran(step: int, check: CheckKind = "test", *, passed: bool) -> CheckRun:
    return CheckRun(step=step, check=check, passed=passed)


def said_wrong(step: int) -> Reaction:
    return reaction(step, "correction")


def thanked(step: int) -> Reaction:
    return reaction(step, "acceptance")


def asked(step: int) -> Reaction:
    return reaction(step, "clarification")


def wanted_more(step: int) -> Reaction:
    return reaction(step, "continuation")


def left(step: int) -> Reaction:
    return reaction(step, "abandonment")


def judged(
    about: Activity,
    commits: tuple[Commit, ...] = (),
    links: tuple[Link, ...] = (),
    cwd: str | None = REPOSITORY,
) -> Episode:
    known = trajectory(cwd=cwd)
    history = History(commits, links)
    return judge_episode([known.id], {known.id: known}, {known.id: about}, history)


MENTION = CommitMention(sha="aaaaaaa", step=8)
COMMITTED: dict[str, Any] = {"commits": (MENTION,), "last_edit_step": 4}
TESTED = (ran(6, passed=True),)
BROKEN = (ran(6, passed=False),)

WITH_COMMIT = [
    pytest.param({"checks": TESTED}, "achieved", 0.9, id="tests passed"),
    pytest.param({}, "achieved", 0.75, id="tests unknown"),
    pytest.param({"checks": BROKEN}, "partial", 0.6, id="tests failed"),
    pytest.param({"reactions": (said_wrong(9),)}, "partial", 0.5, id="then said to be wrong"),
    pytest.param({"reactions": (said_wrong(5),)}, "achieved", 0.75, id="said to be wrong before"),
    pytest.param(
        {"reactions": (said_wrong(9), thanked(11))}, "achieved", 0.75, id="wrong, then praised"
    ),
    pytest.param(
        {"ending": "interruption", "last_edit_step": 10}, "partial", 0.5, id="edited on, then stopped"
    ),
    pytest.param({"ending": "interruption"}, "achieved", 0.75, id="stopped after the commit"),
    pytest.param({"reactions": (left(3),)}, "achieved", 0.75, id="given up, then committed after all"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "outcome", "confidence"), WITH_COMMIT)
def test_work_that_was_committed(more: dict[str, Any], outcome: str, confidence: float) -> None:
    found = judged(activity(**{**COMMITTED, **more}), (MADE,), (link(MADE),))

    assert (found.outcome, found.confidence) == (outcome, confidence)
    assert found.commits == (MADE.sha,)


def test_a_commit_that_stood_for_a_week_makes_it_surer() -> None:
    found = judged(activity(**COMMITTED), (MADE, LATER), (link(MADE),))

    assert (found.outcome, found.confidence) == ("achieved", 0.8)


@pytest.mark.parametrize(("days", "confidence"), [(0.5, 0.95), (3, 0.85), (30, 0.7)])
def test_a_reverted_commit_is_a_failure(days: float, confidence: float) -> None:
    undoing, reverts = reverting(MADE, days)
    found = judged(activity(**COMMITTED, checks=TESTED), (MADE, undoing), (link(MADE), reverts))

    assert (found.outcome, found.confidence) == ("failed", confidence)


def test_the_commit_that_reverted_is_evidence() -> None:
    undoing, reverts = reverting(MADE, 1)
    found = judged(activity(**COMMITTED), (MADE, undoing), (link(MADE), reverts))

    events = [ref.id for ref in found.evidence if ref.kind == "event"]
    assert events == [MADE.id, undoing.id]
    assert found.event_ids == (MADE.id,)


def test_a_revert_that_was_reverted_undoes_nothing() -> None:
    undoing, reverts = reverting(MADE, 1)
    again = commit("c" * 40, at=START + timedelta(days=2))
    back = link(undoing, "reverts", source=Ref(kind="event", id=again.id))
    found = judged(activity(**COMMITTED), (MADE, undoing, again), (link(MADE), reverts, back))

    assert found.outcome == "achieved"


def test_of_several_commits_one_reverted_leaves_it_partial() -> None:
    undoing, reverts = reverting(MADE, 1)
    other = commit("d" * 40)
    found = judged(
        activity(**COMMITTED), (MADE, other, undoing), (link(MADE), link(other), reverts)
    )

    assert (found.outcome, found.confidence) == ("partial", 0.7)


@pytest.mark.parametrize(
    ("method", "confidence", "expected"),
    [
        pytest.param("files_and_time", 0.8, ("achieved", 0.606), id="likely work is unsure"),
        pytest.param("files_and_time", 0.6, ("unknown", 0.0), id="what may be work is none"),
        pytest.param("branch_and_time", 0.3, ("unknown", 0.0), id="a guess is no work"),
        pytest.param("base_commit", 0.9, ("unknown", 0.0), id="where it began is no work"),
    ],
)
def test_an_outcome_is_no_surer_than_its_link(
    method: LinkMethod, confidence: float, expected: tuple[str, float]
) -> None:
    found = judged(activity(), (MADE,), (link(MADE, method, confidence),))

    assert (found.outcome, found.confidence) == expected


WITHOUT_COMMIT = [
    pytest.param({"reactions": (left(9),)}, "abandoned", 0.9, id="left"),
    pytest.param({"reactions": (left(9),), "last_edit_step": 12}, "unknown", 0, id="left, but edited on"),
    pytest.param({"reactions": (left(9),), "last_user_step": 12}, "unknown", 0, id="left, but asked again"),
    pytest.param({"ending": "interruption"}, "abandoned", 0.6, id="stopped last"),
    pytest.param(
        {"ending": "interruption", "checks": (ran(6, "build", passed=True),), "last_edit_step": 4}, "partial", 0.4,
        id="built, then stopped",
    ),
    pytest.param({"checks": BROKEN}, "failed", 0.7, id="tests failed"),
    pytest.param(
        {"checks": (*BROKEN, ran(7, "lint", passed=True)), "last_edit_step": 4}, "partial", 0.55,
        id="tests failed, lint passed",
    ),
    pytest.param({"checks": TESTED}, "achieved", 0.6, id="tests passed"),
    pytest.param({"checks": TESTED, "last_edit_step": 7}, "unknown", 0, id="edited after the tests"),
    pytest.param({"checks": TESTED, "rejected_steps": (8,)}, "partial", 0.5, id="then refused"),
    pytest.param({"checks": TESTED, "rejected_steps": (3,)}, "achieved", 0.6, id="refused before"),
    pytest.param({"checks": TESTED, "reactions": (said_wrong(8),)}, "partial", 0.5, id="then wrong"),
    pytest.param(
        {"checks": TESTED, "ending": "interruption", "interrupted_steps": (8,)}, "partial", 0.5,
        id="then stopped",
    ),
    pytest.param(
        {"checks": TESTED, "reactions": (thanked(8),), "last_user_step": 8, "last_edit_step": 4}, "achieved", 0.75,
        id="then praised",
    ),
    pytest.param({"checks": (ran(6, "build", passed=False),)}, "failed", 0.6, id="build failed"),
    pytest.param({"checks": (ran(6, "build", passed=True),)}, "unknown", 0, id="build passed"),
    pytest.param({"checks": (ran(6, "lint", passed=False),)}, "unknown", 0, id="lint failed"),
    pytest.param(
        {"reactions": (thanked(8),), "last_user_step": 8, "last_edit_step": 4}, "achieved", 0.55, id="edits praised"
    ),
    pytest.param(
        {"reactions": (thanked(8), asked(10)), "last_user_step": 10, "last_edit_step": 4}, "achieved", 0.55,
        id="edits praised, then asked",
    ),
    pytest.param(
        {"reactions": (thanked(8), wanted_more(10)), "last_user_step": 10, "last_edit_step": 4}, "unknown", 0,
        id="edits praised, then more wanted",
    ),
    pytest.param(
        {"reactions": (thanked(8), asked(10)), "last_user_step": 10, "n_calls": 2}, "achieved", 0.5,
        id="an answer praised, then asked",
    ),
    pytest.param({"reactions": (thanked(8),), "last_user_step": 8}, "unknown", 0, id="a greeting praised"),
    pytest.param(
        {"reactions": (wanted_more(4), thanked(8), wanted_more(8)), "last_user_step": 8}, "achieved", 0.4,
        id="a chat praised, and more wanted",
    ),
    pytest.param(
        {"reactions": (wanted_more(4), thanked(8), said_wrong(8)), "last_user_step": 8}, "unknown", 0,
        id="a chat praised, but wrong",
    ),
    pytest.param(
        {"reactions": (wanted_more(4), thanked(6), said_wrong(8)), "last_user_step": 8}, "partial", 0.4,
        id="a chat praised, then wrong",
    ),
    pytest.param(
        {"reactions": (thanked(8),), "last_user_step": 8, "n_calls": 2}, "achieved", 0.5, id="an answer praised"
    ),
    pytest.param(
        {"checks": (ran(6, "lint", passed=True),), "last_edit_step": 4}, "achieved", 0.5, id="lint passed"
    ),
    pytest.param(
        {"checks": (ran(6, "build", passed=True),), "last_edit_step": 4}, "achieved", 0.5,
        id="build passed after an edit",
    ),
    pytest.param(
        {"checks": (ran(6, "build", passed=True), ran(7, "lint", passed=False)), "last_edit_step": 4},
        "unknown", 0, id="build passed, lint failed",
    ),
    pytest.param(
        {"checks": (ran(6, "lint", passed=True),), "last_edit_step": 4, "reactions": (said_wrong(8),)},
        "partial", 0.4, id="lint passed, then wrong",
    ),
    pytest.param({"reactions": (said_wrong(8),), "last_edit_step": 4}, "partial", 0.4, id="left wrong"),
    pytest.param(
        {"reactions": (said_wrong(8),), "last_edit_step": 4, "ran_steps": (6,)}, "partial", 0.4,
        id="run, then left wrong",
    ),
    pytest.param({"reactions": (said_wrong(8),), "last_edit_step": 9}, "unknown", 0, id="wrong, then edited"),
    pytest.param({"reactions": (said_wrong(8),)}, "unknown", 0, id="an answer that is wrong"),
    pytest.param({"rerun_steps": (6,), "last_edit_step": 4}, "achieved", 0.5, id="shown by a program"),
    pytest.param({"rerun_steps": (6,), "last_edit_step": 7}, "unknown", 0, id="edited after it was shown"),
    pytest.param({"ran_steps": (6,), "last_edit_step": 4}, "achieved", 0.4, id="a program ran well"),
    pytest.param({"ran_steps": (6,), "last_edit_step": 7}, "unknown", 0, id="edited after it ran"),
    pytest.param(
        {"n_edits": 2, "taken_back_steps": (6, 7), "last_edit_step": 4}, "failed", 0.8, id="all taken back"
    ),
    pytest.param(
        {"n_edits": 3, "taken_back_steps": (6,), "last_edit_step": 4}, "partial", 0.6, id="the last taken back"
    ),
    pytest.param(
        {"n_edits": 3, "taken_back_steps": (3,), "last_edit_step": 4, "checks": TESTED}, "achieved", 0.6,
        id="taken back, and done again",
    ),
    pytest.param(
        {"checks": TESTED, "rejected_steps": (8,), "last_user_step": 9, "ending": "agent"}, "achieved", 0.6,
        id="refused, talked about, and ended by the agent",
    ),
    pytest.param(
        {"reactions": (thanked(8),), "last_user_step": 8, "last_edit_step": 12}, "unknown", 0, id="edited after praise"
    ),
    pytest.param({"n_rejections": 2, "rejected_steps": (3, 4)}, "unknown", 0, id="refusals alone"),
    pytest.param({"ending": "user"}, "unknown", 0, id="silence"),
    pytest.param({}, "unknown", 0, id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("about", "outcome", "confidence"), WITHOUT_COMMIT)
def test_work_without_a_commit(about: dict[str, Any], outcome: str, confidence: float) -> None:
    found = judged(activity(**about))

    assert (found.outcome, found.confidence) == (outcome, confidence)


@pytest.mark.parametrize(
    ("cwd", "more", "expected"),
    [
        pytest.param("/elsewhere", {}, ("achieved", 0.65), id="nowhere to look"),
        pytest.param("/elsewhere", {"checks": TESTED}, ("achieved", 0.8), id="... tests passed"),
        pytest.param("/elsewhere", {"checks": BROKEN}, ("partial", 0.5), id="... tests failed"),
        pytest.param(
            "/elsewhere",
            {"commits": (), "pushed_steps": (8,)},
            ("achieved", 0.65),
            id="only pushed",
        ),
        pytest.param(
            "/elsewhere",
            {"ending": "interruption", "last_user_step": 9},
            ("partial", 0.5),
            id="... asked for more, then stopped",
        ),
        pytest.param(
            "/elsewhere", {"unpushed_steps": (9,)}, ("partial", 0.5), id="... and not to be pushed"
        ),
        pytest.param(
            "/elsewhere",
            {"unpushed_steps": (9,), "pushed_steps": (10,)},
            ("achieved", 0.65),
            id="... and pushed at last",
        ),
        pytest.param(REPOSITORY, {}, ("unknown", 0.0), id="a hash that the repository lacks"),
        pytest.param(
            REPOSITORY, {"checks": TESTED}, ("achieved", 0.6), id="... tests passed there"
        ),
    ],
)
def test_a_printed_hash_proves_only_where_nobody_can_look(
    cwd: str, more: dict[str, Any], expected: tuple[str, float]
) -> None:
    found = judged(activity(**{**COMMITTED, **more}), (MADE,), (), cwd)

    assert (found.outcome, found.confidence) == expected


def test_an_outcome_names_its_evidence() -> None:
    found = judged(activity(**COMMITTED, checks=TESTED), (MADE,), (link(MADE),))

    assert found.evidence == (
        Ref(kind="event", id=MADE.id),
        Ref(kind="trajectory", id="traj_1", step=6),
        Ref(kind="trajectory", id="traj_1", step=8),
    )


def test_an_episode_keeps_its_id_while_it_grows() -> None:
    first, second = trajectory(), trajectory(id="traj_2", started=START + timedelta(days=1))
    known = {one.id: one for one in (first, second)}
    activities = {one: activity(trajectory_id=one) for one in known}
    history = History((), ())

    before = judge_episode([first.id], known, activities, history)
    after = judge_episode([first.id, second.id], known, activities, history)

    assert before.id == after.id
    assert after.trajectory_ids == ("traj_1", "traj_2")


@pytest.mark.parametrize(
    ("checks", "quality"),
    [
        ((), None),
        (TESTED, 1.0),
        (BROKEN, 0.0),
        ((*TESTED, ran(7, "lint", passed=False)), 0.5),
    ],
)
def test_quality_is_the_share_of_checks_that_passed(
    checks: tuple[CheckRun, ...], quality: float | None
) -> None:
    assert judged(activity(checks=checks)).quality == quality


@given(st.data())
def test_every_evidence_has_one_outcome_with_a_fitting_confidence(data: st.DataObject) -> None:
    evidence = data.draw(
        st.builds(
            Evidence,
            commits=st.sampled_from([(), (MADE,), (MADE, LATER)]),
            refs=st.just(()),
            n_undone=st.just(0),
            days_until_undone=st.none(),
            sureness=st.floats(0, 1),
        )
    )
    rule = judge(evidence)

    assert 0 <= rule.confidence(evidence) <= 1
    assert (rule.outcome == "unknown") == (not any(each.holds(evidence) for each in RULES))


@pytest.mark.parametrize(
    ("more", "outcome", "confidence"),
    [
        pytest.param({"stated_solved": True}, "achieved", 0.9, id="solved"),
        pytest.param({"stated_solved": False}, "failed", 0.9, id="not solved"),
        pytest.param({"stated_solved": False, "checks": TESTED}, "failed", 0.9, id="own tests passed"),
        pytest.param({"stated_liked": True}, "achieved", 0.55, id="liked"),
        pytest.param({"stated_liked": False}, "failed", 0.55, id="not liked"),
        pytest.param({"stated_liked": False, "checks": TESTED}, "achieved", 0.6, id="tests know more"),
    ],
)  # fmt: skip
def test_what_the_log_itself_states_counts(
    more: dict[str, Any], outcome: str, confidence: float
) -> None:
    found = judged(activity(**more))

    assert (found.outcome, found.confidence) == (outcome, confidence)
