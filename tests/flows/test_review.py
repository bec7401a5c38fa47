"""A reviewer's word from the desk to the dataset, and back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tests.flows.test_erasure import left
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.capture import emit
from tracemill.flows.erasing.erasure import erase_data, read_subject
from tracemill.flows.executors.local import Local
from tracemill.flows.held.lookup import list_rows, show_work
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.results import EpisodeRow, RunResult
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.reviews.files import export_reviews, import_reviews
from tracemill.flows.reviews.statistics import review_stats
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.events.event import HumanReview
from tracemill.records.events.reviews import ReviewForm
from tracemill.records.work.episodes import Outcome
from tracemill.review.triggers import ReviewRules
from tracemill.store.index import Index, Row
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
FAILED = ReviewForm(outcome="failed", overall_rating=2)
SECRET = "ghp_" + "a1B2c3D4e5F6" * 3


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    write_session(tmp_path / "in", "s1", 2)
    workspace = Workspace(tmp_path / "workspace")
    emit("escalation", {"reason": "stuck"}, session="s1", workspace=workspace.root)
    run(workspace)
    return workspace


@pytest.fixture
def desk(workspace: Workspace) -> Iterator[Desk]:
    with Desk(workspace, "ada") as opened:
        yield opened


def run(workspace: Workspace) -> RunResult:
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    place = workspace.root.parent / "in"
    return turn(workspace, [place], home, Options(workers=1), lambda _: None)


def only_episode(workspace: Workspace) -> EpisodeRow:
    (row,) = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    return row


def outcomes(workspace: Workspace) -> list[tuple[object, str]]:
    shown = show_work(workspace, only_episode(workspace).id)
    return [(each.value, each.stamp.by[:7]) for each in shown.labels if each.name == "outcome"]


def test_escalated_work_waits_and_shows_nothing_that_the_rules_think(desk: Desk) -> None:
    found = desk.next_item()
    assert found.item is not None
    shown = str(found.item)

    assert found.waiting == 1
    assert "Asked for" in shown
    assert not any(word in shown for word in ("achieved", "escalation", "confidence", "quality"))


def test_the_machine_is_shown_once_something_was_said(desk: Desk, workspace: Workspace) -> None:
    name = only_episode(workspace).id
    before = desk.show(name)
    assert before.machine is None
    assert before.told is not None
    assert (before.told.outcome, before.told.outcome_words) == ("unknown", ())
    assert before.told.problem
    filed = desk.submit(name, FAILED, AT, seconds=4.0)

    assert filed.triggers == ("escalation",)
    assert filed.machine.outcome == "achieved"
    assert (filed.waiting, filed.following) == (0, None)
    assert desk.show(name).machine == filed.machine


def test_a_review_stands_at_once_and_after_the_next_run(desk: Desk, workspace: Workspace) -> None:
    name = only_episode(workspace).id
    n_before = sum(run(workspace).store.examples.values())
    desk.submit(name, FAILED, AT)
    at_once = show_work(workspace, name)
    n_after = sum(run(workspace).store.examples.values())
    later = show_work(workspace, name)

    assert (at_once.episode.outcome, at_once.episode.quality) == ("failed", 0.25)
    assert at_once.episode == later.episode.__class__(
        **{
            **{f: getattr(later.episode, f) for f in later.episode.__struct_fields__},
            "evidence": at_once.episode.evidence,
        }
    )
    assert outcomes(workspace) == [("achieved", "outcome"), ("failed", "review:")]
    assert only_episode(workspace).outcome == "failed"
    assert (n_before, n_after) == (1, 0)


def test_reviews_are_facts_that_survive_lake_and_index(desk: Desk, workspace: Workspace) -> None:
    filed = desk.submit(only_episode(workspace).id, FAILED, AT)
    run(workspace)
    before = list_rows(workspace, "review", ReviewRow, limit=0).rows
    for path in sorted(workspace.lake.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    workspace.index.unlink()
    run(workspace)

    assert list_rows(workspace, "review", ReviewRow, limit=0).rows == before
    assert [row.id for row in before] == [filed.review.id]
    assert before[0].derived
    assert only_episode(workspace).outcome == "failed"


def test_taking_back_leaves_the_machine_standing(desk: Desk, workspace: Workspace) -> None:
    filed = desk.submit(only_episode(workspace).id, FAILED, AT)
    run(workspace)
    undone = desk.undo(None, AT + timedelta(minutes=1))
    run(workspace)

    assert (undone.review.id, undone.waiting) == (filed.review.id, 1)
    assert only_episode(workspace).outcome == "achieved"
    assert outcomes(workspace) == []
    events = list(Lake(workspace.lake).records(TABLES["events"]))
    assert sum(isinstance(event, HumanReview) for event in events) == 1


def test_what_was_said_before_stands_again_at_once(desk: Desk, workspace: Workspace) -> None:
    name = only_episode(workspace).id
    first = desk.submit(name, ReviewForm(outcome="abandoned"), AT)
    desk.submit(name, FAILED, AT + timedelta(minutes=1))
    desk.undo(None, AT + timedelta(minutes=2))

    shown = [(row.id, row.standing) for row in desk.reviews()]
    run(workspace)

    assert shown == [(first.review.id, True)]
    assert shown == [(row.id, row.standing) for row in desk.reviews()]
    assert only_episode(workspace).outcome == "abandoned"


def test_only_ones_own_review_can_be_taken_back(desk: Desk, workspace: Workspace) -> None:
    filed = desk.submit(only_episode(workspace).id, FAILED, AT)
    with Desk(workspace, "grace") as other, pytest.raises(NotFoundError, match="found none"):
        other.undo(filed.review.id, AT)


def test_a_second_opinion_is_asked_of_others_only(desk: Desk, workspace: Workspace) -> None:
    name = only_episode(workspace).id
    with Desk(workspace, "grace") as other:
        assert other.next_item(is_second=True).item is None
        desk.submit(name, FAILED, AT)
        item = other.next_item(is_second=True).item

    assert item is not None
    assert item.id == name
    assert desk.next_item(is_second=True).item is None
    assert desk.next_item().item is None


def test_what_is_typed_is_redacted_and_names_are_pseudonyms(
    desk: Desk, workspace: Workspace
) -> None:
    form = ReviewForm(comments=f"the token {SECRET} is in there")
    row = desk.submit(only_episode(workspace).id, form, AT).review
    run(workspace)

    assert row.comments is not None
    assert "SECRET" in row.comments
    assert row.reviewer != "ada"
    assert list_rows(workspace, "review", ReviewRow, limit=0).rows[0].reviewer == row.reviewer
    outside = [
        path.read_bytes()
        for path in workspace.root.rglob("*")
        if path.is_file() and workspace.vault not in path.parents
    ]
    assert not any(SECRET.encode() in data for data in outside)


def test_work_that_went_on_waits_again(desk: Desk, workspace: Workspace) -> None:
    name = only_episode(workspace).id
    desk.submit(name, FAILED, AT)
    write_session(workspace.root.parent / "in", "s1", 3)
    run(workspace)

    assert only_episode(workspace).id == name
    assert only_episode(workspace).outcome == "achieved"
    (row,) = desk.reviews()
    assert not row.current
    found = desk.next_item()
    assert found.item is not None
    assert found.item.id == name


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (ReviewForm(), "empty review"),
        (ReviewForm(checklist={"edge_cases": "maybe"}), "expected one of yes, no, partially"),
    ],
)
def test_a_form_that_says_nothing_known_is_not_filed(
    form: ReviewForm, said: str, desk: Desk, workspace: Workspace
) -> None:
    with pytest.raises(UsageError, match=said):
        desk.submit(only_episode(workspace).id, form, AT)

    assert desk.reviews() == []


def test_an_example_that_people_call_useless_leaves_the_dataset(
    desk: Desk, workspace: Workspace
) -> None:
    (example,) = Lake(workspace.lake).records(TABLES["examples"])
    shown = {part.name for part in desk.show(example.id).item.parts}
    assert {"Made of", "Says", "Learned"} <= shown

    desk.submit(example.id, ReviewForm(overall_rating=1), AT)
    result = run(workspace)

    assert sum(result.store.examples.values()) == 0
    assert result.store.drops["unwanted_by_people"] == 1
    desk.undo(None, AT)
    assert sum(run(workspace).store.examples.values()) == 1


def test_uses_of_a_prompt_and_undecided_gates_wait(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    write_session(tmp_path / "in", "s1", 1)
    for n in range(12):
        told = {"stage_id": f"design-{n}", "prompt_version": "architect.v1", "output_raw": "so"}
        emit("stage", told, at=AT + timedelta(hours=n), workspace=workspace.root)
    emit("gate", {"gate_id": "contract", "gate_result": "ambiguous"}, workspace=workspace.root)
    run(workspace)
    with Desk(workspace, "ada") as desk:
        titles = [row.title for row in desk.queue() if row.kind == "event"]

    firsts = {f"stage design-{n}" for n in range(10)}
    assert firsts | {"gate contract"} <= set(titles) <= firsts | {
        "gate contract", "stage design-10", "stage design-11",
    }  # fmt: skip


def test_an_answer_leaves_the_queue_whatever_else_is_in_it(tmp_path: Path) -> None:
    with Index(tmp_path / "index.sqlite") as index:
        index.replace("item", [Row("item", name, name, {"id": name}) for name in "abc"])
        index.put(Row("answer", "r1", "", {}, ("b", "ada:b")))

        def found(**waits: str) -> list[str]:
            rows = [row["id"] for row in index.waiting("item", "answer", **waits)]
            assert len(rows) == index.n_waiting("item", "answer", **waits)
            return rows

        assert found() == ["c", "a"]
        assert found(without="ada:", having="") == []
        assert found(without="grace:", having="") == ["b"]
        index.remove("answer", "r1")
        assert found() == ["c", "b", "a"]


def test_agreement_and_calibration_are_of_what_people_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracemill.flows.deriving.review_facts.RULES", ReviewRules(share=1.0))
    workspace = Workspace(tmp_path / "workspace")
    for number in range(4):
        write_session(tmp_path / "in", f"s{number}", 1, word=f"work {number}")
    run(workspace)
    names = sorted(row.id for row in list_rows(workspace, "episode", EpisodeRow, limit=0).rows)
    with Desk(workspace, "ada") as ada, Desk(workspace, "grace") as grace:
        for name, one, other in zip(names, "aaaf", "aaff", strict=True):
            for desk, word in ((ada, one), (grace, other)):
                outcome: Outcome = "achieved" if word == "a" else "failed"
                desk.submit(name, ReviewForm(outcome=outcome, overall_rating=3), AT)
        grace.submit(names[0], ReviewForm(outcome="unknown"), AT + timedelta(hours=1))
    run(workspace)
    found = review_stats(workspace)
    outcome_agreement, rating = found.agreement

    assert (found.n_reviews, found.n_people, found.n_reviewed) == (8, 2, 4)
    assert (outcome_agreement.same, outcome_agreement.n_shared) == (0.5, 4)
    assert outcome_agreement.kappa == pytest.approx(3 / 11)
    assert (rating.n_shared, rating.same, rating.alpha, rating.kappa) == (3, 1.0, None, None)
    assert found.confusion == {"achieved": {"achieved": 2, "failed": 1, "undecided": 1}}
    assert found.calibration is not None
    assert (found.calibration.n, found.unjudged) == (3, 1)
    assert found.by_chance == found.calibration


@pytest.mark.parametrize(
    ("tool", "file"),
    [
        ("label-studio", "tasks.json"),
        ("argilla", "records.json"),
        ("manual-reviews", "labeled/manual_reviews.jsonl"),
    ],
)
def test_what_went_to_a_tool_comes_back_once(
    tool: str, file: str, desk: Desk, workspace: Workspace, tmp_path: Path
) -> None:
    desk.submit(only_episode(workspace).id, FAILED, AT)
    exported = export_reviews(desk, workspace, tmp_path / "out", tool, is_forced=False)
    path = tmp_path / "out" / file
    again = import_reviews(workspace, path, None, AT)
    path.write_text(path.read_text().replace("failed", "achieved"))
    changed = import_reviews(workspace, path, tool, AT + timedelta(days=1))

    assert (exported.n_items, exported.n_reviews) == (1, 1)
    assert (again.filed, again.left_out) == (0, {"known": 1})
    assert (changed.filed, changed.left_out) == (1, {})
    rows = {row.outcome: row.standing for row in desk.reviews()}
    assert rows == {"failed": False, "achieved": True}
    assert len({row.reviewer for row in desk.reviews()}) == 1


def test_what_is_not_kept_or_says_nothing_is_left_out(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "manual_reviews.jsonl"
    known = only_episode(workspace).id
    lines = [
        {"subject": "ep_none", "reviewer_feedback": {"overall_rating": 3}},
        {"subject": known, "reviewer_feedback": {}},
        {"subject": known, "reviewer": "ada", "reviewer_feedback": {"overall_rating": 3}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = import_reviews(workspace, path, None, AT)

    assert (found.filed, found.left_out) == (1, {"empty": 1, "not_kept": 1})


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "still waiting"])
def test_erasing_a_session_takes_what_was_said_of_it(is_read: bool, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    session = "11111111-aaaa-4aaa-8aaa-000000000001"
    write_session(tmp_path / "in", session, 1)
    write_session(tmp_path / "in", "22222222-bbbb-4bbb-8bbb-000000000002", 1, word="play")
    run(workspace)
    rows = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    with Desk(workspace, "ada") as desk:
        for row in rows:
            said = "quetzal" if session in row.sessions else "marmot"
            desk.submit(row.id, ReviewForm(comments=f"the {said} case"), AT)
    if is_read:
        run(workspace)
    subject = read_subject(workspace, session, "session", ())
    erase_data(workspace, subject, lambda _: Local(1, workspace.scratch), lambda _: None)
    run(workspace)

    assert left(workspace.root, b"quetzal") == []
    assert left(workspace.root, b"marmot") != []
    with Desk(workspace, "ada") as desk:
        assert len(desk.reviews()) == 1


def test_where_only_numbers_may_be_kept_no_words_are(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    write_session(tmp_path / "in", "s1", 1)
    run(workspace)
    (row,) = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    with Desk(workspace, "ada") as desk:
        desk.submit(row.id, ReviewForm(outcome="failed", comments="the quetzal case"), AT)
    settings = '[consent]\ndefault = "metadata"\n'
    (workspace.root / "tracemill.toml").write_text(settings)
    run(workspace)
    events = Lake(workspace.lake).records(TABLES["events"])
    (found,) = [event for event in events if isinstance(event, HumanReview)]

    assert found.form == ReviewForm(outcome="failed")
    assert left(workspace.root / "lake", b"quetzal") == []
