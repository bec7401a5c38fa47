"""Practices are told by what was done, and compared by what became of the work."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.analyze.features.made import ORIGIN, failed, feature, minutes
from tracemill.analyze import METRICS, find_patterns
from tracemill.analyze.cases import shares_differ, summed
from tracemill.analyze.features.effects import practice_effects, practices
from tracemill.analyze.practices import practices_of
from tracemill.analyze.process import Process
from tracemill.analyze.work import EpisodeWork, SessionWork, episode_work
from tracemill.records.events.commits import Commit, FileChange
from tracemill.records.sessions.activity import Activity, CheckRun, EditedFile, ProposedPlan


def activity(**more: Any) -> Activity:
    known: dict[str, Any] = {
        "n_edits": 2, "files_edited": ("a.py",), "edits": (EditedFile(path="a.py", at=(minutes(5),)),),
    }  # fmt: skip
    return Activity(trajectory_id="traj_1", input_id="in", **{**known, **more})


def ran(*at: float) -> tuple[CheckRun, ...]:
    return tuple(CheckRun(step=n, check="test", at=minutes(moment)) for n, moment in enumerate(at))


def told(at: float, *, passed: bool) -> tuple[CheckRun, ...]:
    return (CheckRun(step=1, check="test", at=minutes(at), passed=passed),)


def cycle(*, edited: int, **more: Any) -> dict[str, Any]:
    """A test that fails at step 1 and passes at 4, code that was edited last, tests at step 8."""
    found = failed(**{"attempts": (1,), "edits": (2,), "resolved_step": 4, **more})
    runs = tuple(CheckRun(step=step, check="test", at=minutes(step)) for step in (1, 4, 8))
    return {"recoveries": (found,), "checks": runs, "last_code_edit_step": edited}


def commits(*sizes: int | None) -> list[Commit]:
    return [
        Commit(
            id=f"c{n}", at=minutes(n), origin=ORIGIN, sha=str(n),
            files=(FileChange(path="a", status="M", added=size, deleted=size and 0),),
        )
        for n, size in enumerate(sizes)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "made", "of", "expected"),
    [
        ("test_first_development", {"checks": ran(1, 9)}, (), True),
        ("test_first_development", {"checks": ran(9)}, (), False),
        ("test_first_development", {}, (), None),
        ("red_green_refactor", cycle(edited=6), (), True),
        ("red_green_refactor", cycle(edited=3), (), False),
        ("red_green_refactor", cycle(edited=9), (), False),
        ("red_green_refactor", cycle(edited=6, kind="command"), (), False),
        ("red_green_refactor", cycle(edited=6, edits=()), (), False),
        ("red_green_refactor", {**cycle(edited=6), "checks": ()}, (), None),
        ("reproduced_first", {"checks": told(1, passed=False)}, (), True),
        ("reproduced_first", {"checks": told(9, passed=False)}, (), False),
        ("reproduced_first", {"checks": told(1, passed=True)}, (), False),
        ("reproduced_first", {"edits": ()}, (), None),
        ("edits_checked", {"checks": ran(6)}, (), True),
        ("edits_checked", {"checks": ran(1)}, (), False),
        ("edits_checked", {"edits": ()}, (), None),
        ("tests_run_repeatedly", {"checks": ran(6, 7, 8)}, (), True),
        ("tests_run_repeatedly", {"checks": ran(6, 7)}, (), False),
        ("small_incremental_commits", {}, (20, 200), True),
        ("small_incremental_commits", {}, (20, 201), False),
        ("small_incremental_commits", {}, (20, 201, None), False),
        ("small_incremental_commits", {}, (20, 30, None), None),
        ("small_incremental_commits", {}, (20,), None),
        ("small_incremental_commits", {}, (), None),
        ("plan_first", {"plans": (ProposedPlan(opening="P", step=0),)}, (), True),
        ("plan_first", {}, (), False),
        ("todo_list_kept", {"n_todo_changes": 2}, (), True),
        ("small_scope", {"files_edited": tuple("abcd")}, (), False),
        (
            "failures_looked_into",
            {"recoveries": (failed(attempts=(1, 2, 3), edits=()),)},
            (),
            False,
        ),
        ("failures_looked_into", {"recoveries": (failed(),)}, (), True),
        ("failures_looked_into", {"recoveries": (failed(attempts=(1,)),)}, (), None),
    ],
)
def test_a_practice_is_kept_left_out_or_unknown(
    name: str, made: dict[str, Any], of: tuple[int | None, ...], expected: bool | None
) -> None:
    assert practices_of([activity(**made)], commits(*of), is_fix=True).get(name) is expected


def test_only_a_fix_is_there_to_be_reproduced() -> None:
    made = activity(checks=told(1, passed=False))
    assert "reproduced_first" not in practices_of([made], [])


def test_work_that_edited_nothing_keeps_no_practice() -> None:
    assert practices_of([activity(n_edits=0, files_edited=())], []) == {}


def test_how_often_a_practice_is_kept_is_counted_whatever_became_of_the_work() -> None:
    made = Process([])
    for number, outcome in enumerate(("unknown", "failed", "achieved")):
        work = EpisodeWork(id=f"ep_{number}", outcome=outcome, practices={"plan_first": number > 0})  # type: ignore[arg-type]
        made.episodes.append((work, {"model": "m"}))
    cases = list(METRICS["practice_rate"].cases(made))

    assert [case.value for case in cases] == [0.0, 1.0, 1.0]
    assert {case.facts["practice"] for case in cases} == {"plan_first"}


def process(n_kept: int, n_left_out: int) -> Process:
    """Return forty pieces of work with a practice and forty without, so many of each achieved."""
    made = Process([])
    for number in range(80):
        kept = number % 2 == 0
        achieved = number // 2 < (n_kept if kept else n_left_out)
        work = EpisodeWork(
            id=f"ep_{number}", outcome="achieved" if achieved else "failed",
            practices={"plan_first": kept},
        )  # fmt: skip
        made.episodes.append((work, {}))
    made.episodes.append(
        (EpisodeWork(id="x", outcome="unknown", practices={"plan_first": True}), {})
    )
    return made


def test_a_practice_that_helps_is_found_and_chance_is_not() -> None:
    assert practice_effects(process(36, 12)) == {"plan_first": "high"}
    assert practice_effects(process(12, 36)) == {"plan_first": "low"}
    assert practice_effects(process(22, 20)) == {}

    (found,) = (
        each for each in find_patterns(process(36, 12)).patterns if each.kind == "practices"
    )
    assert found.verdict == "found"
    assert "where plan_first is kept, 90% of the work is achieved" in found.says
    assert found.measure.n == 40


def test_practices_are_listed_with_counts_and_achieved_examples() -> None:
    (found,) = practices(process(36, 12))

    assert (found.name, found.effectiveness) == ("plan_first", "high")
    assert found.kept is not None
    assert found.left_out is not None
    assert (found.kept.n, found.kept.value, found.left_out.value) == (40, 0.9, 0.3)
    assert [ref.id for ref in found.examples] == ["ep_0", "ep_2", "ep_4", "ep_6", "ep_8"]


def test_what_failed_is_counted_by_what_was_attempted() -> None:
    cases = list(METRICS["practice_success_rate"].cases(process(36, 12)))
    assert len(cases) == 80


FILES = (
    FileChange(path="a.py", status="M", added=40, deleted=9),
    FileChange(path="a.png", status="A", added=None, deleted=None),
)


@pytest.mark.parametrize(
    ("files", "tokens", "expected"),
    [
        ([FILES, FILES], (300, 100), [5.0]),
        ([FILES, FILES[1:]], (300, 100), []),
        ([FILES, None], (300, 100), []),
        ([], (300, 100), []),
        ([FILES], (300, None), []),
        ([(FileChange(path="a", status="D", added=0, deleted=9),)], (300, 100), []),
    ],
)
def test_tokens_for_a_line_are_known_where_both_are(
    files: list[tuple[FileChange, ...] | None],
    tokens: tuple[int | None, ...],
    expected: list[float],
) -> None:
    own = [
        Commit(id=f"c{n}", origin=ORIGIN, sha=str(n), files=each) for n, each in enumerate(files)
    ]
    merge = Commit(id="m", origin=ORIGIN, sha="m", parents=("a", "b"), files=FILES)
    names = tuple(f"traj_{n}" for n in range(len(tokens)))
    episode = msgspec.structs.replace(feature().episode, trajectory_ids=names)
    made = Process([])
    made.sessions = [
        SessionWork(id=name, session_id=name, agent="a", output_tokens=n)
        for name, n in zip(names, tokens, strict=True)
    ]
    made.episodes = [(episode_work(episode, {}, [*own, merge], reverted=None), {})]

    assert [case.value for case in METRICS["tokens_per_line"].cases(made)] == expected


def test_practices_of_one_piece_of_work_say_what_it_says_once() -> None:
    one, other = Process([]), Process([])
    for made, achieved in ((one, True), (other, False)):
        work = EpisodeWork(
            id="ep", outcome="achieved" if achieved else "failed",
            practices={f"practice_{n}": True for n in range(20)},
        )  # fmt: skip
        made.episodes.append((work, {}))
    cases = METRICS["practice_success_rate"].cases
    tallies = [summed(cases(made), ()).slices[()] for made in (one, other)]

    assert [tally.n for tally in tallies] == [20, 20]
    assert shares_differ(*tallies) == 1.0
