"""What of a piece of work still stands, line by line of the tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome import judge_episode
from tracemill.label.outcomes.survival import survival_of
from tracemill.records.events.commits import CoAuthor, LineFate, LinesMoved
from tracemill.records.events.event import Commit
from tracemill.records.links import Link, LinkMethod
from tracemill.records.refs import Ref, Stamp
from tracemill.records.work.survival import Rewritten, Survival

MADE = commit("a" * 40)
AGAIN = commit("d" * 40, at=START + timedelta(hours=1))
OTHER = commit("b" * 40, at=START + timedelta(days=3))
END = commit("f" * 40, at=START + timedelta(days=40))
EPISODES = {"traj_1": "ep_1", "traj_2": "ep_2"}


def moved(by: Commit, n_lines: int, at: datetime | None = None) -> LinesMoved:
    return LinesMoved(commit=by.sha, at=at or by.at, n_lines=n_lines)


def fate(of: Commit, n_lines: int = 10, **more: Any) -> LineFate:
    given: dict[str, Any] = {"n_landed": n_lines, "landed": of.at, **more}
    return LineFate(id=f"fate_{of.sha}", origin=of.origin, commit=of.sha, n_lines=n_lines, **given)


def link(source: Ref, target: Commit, method: LinkMethod, confidence: float = 0.99) -> Link:
    return Link(
        id=f"{source.id}{method}{target.id}", source=source, confidence=confidence,
        target=Ref(kind="event", id=target.id), method=method, stamp=Stamp(by="t", version=1),
    )  # fmt: skip


def by_session(target: Commit, name: str = "traj_1") -> Link:
    return link(Ref(kind="trajectory", id=name), target, "commit_output")


def taking_back(
    later: Commit, earlier: Commit, method: LinkMethod = "reverts", confidence: float = 0.99
) -> Link:
    return link(Ref(kind="event", id=later.id), earlier, method, confidence)


def measured(
    commits: tuple[Commit, ...], *more: Any, own: tuple[Commit, ...] = (MADE,)
) -> Survival:
    links = [each for each in more if isinstance(each, Link)]
    fates = [each for each in more if isinstance(each, LineFate)]
    history = History(commits, links, fates)
    found = survival_of("ep_1", own, history, EPISODES)
    assert found is not None
    return found


def shares(found: Survival) -> tuple[float | None, ...]:
    return found.kept_day, found.kept_week, found.kept_month, found.kept_head


EARLY = commit("e" * 40, at=START + timedelta(days=2))

KEPT: list[Any] = [
    pytest.param((MADE, END), [fate(MADE)], (1.0, 1.0, 1.0, 1.0), id="all stands"),
    pytest.param((MADE, EARLY), [fate(MADE)], (1.0, None, None, 1.0), id="a young history"),
    pytest.param((MADE, END), [], (None, None, None, None), id="contents unknown"),
    pytest.param(
        (MADE, END), [fate(MADE, n_landed=0, landed=None)], (None,) * 4, id="never landed"
    ),
    pytest.param(
        (MADE, OTHER, END), [fate(MADE, gone=(moved(OTHER, 4),))], (1.0, 0.6, 0.6, 0.6),
        id="some rewritten after three days",
    ),
    pytest.param(
        (MADE, OTHER, END),
        [fate(MADE, gone=(moved(OTHER, 4),), back=(moved(END, 4),))],
        (1.0, 0.6, 0.6, 1.0),
        id="and restored after forty",
    ),
    pytest.param(
        (MADE, END), [fate(MADE, n_lost=5, gone=(moved(END, 1),))], (1.0, 1.0, 1.0, 0.8),
        id="what is lost from sight does not count",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("commits", "fates", "expected"), KEPT)
def test_how_much_stands(
    commits: tuple[Commit, ...], fates: list[LineFate], expected: tuple[float | None, ...]
) -> None:
    assert shares(measured(commits, *fates)) == expected


def test_lines_that_the_work_replaced_by_itself_count_as_never_written() -> None:
    fates = fate(MADE, gone=(moved(AGAIN, 5), moved(OTHER, 1))), fate(AGAIN, 5)
    found = measured((MADE, AGAIN, OTHER, END), *fates, own=(MADE, AGAIN))

    assert found.kept_week == 0.9
    assert [each.n_lines for each in found.rewritten] == [1]


def test_who_rewrote_lines_is_told_by_links_and_trailers() -> None:
    marked = commit("c" * 40, at=END.at, co_authors=(CoAuthor(name="dev-b", agent="claude"),))
    gone = (moved(OTHER, 3), moved(marked, 2), moved(END, 1))
    found = measured((MADE, OTHER, marked, END), fate(MADE, gone=gone), by_session(OTHER, "traj_2"))

    assert found.rewritten == (
        Rewritten(by="session", episode_id="ep_2", n_lines=3, n_lines_week=3),
        Rewritten(by="agent", n_lines=2, n_lines_week=0),
        Rewritten(by="unmarked", n_lines=1, n_lines_week=0),
    )


ROLLBACKS: list[Any] = [
    pytest.param((MADE, END), [], "none", id="nothing in a week"),
    pytest.param((MADE, EARLY), [], "pending", id="no week is over"),
    pytest.param((MADE, AGAIN, END), [taking_back(AGAIN, MADE)], "day", id="within an hour"),
    pytest.param((MADE, OTHER, END), [taking_back(OTHER, MADE)], "week", id="in three days"),
    pytest.param((MADE, END), [taking_back(END, MADE)], "later", id="in forty days"),
    pytest.param(
        (MADE, OTHER, END), [taking_back(OTHER, MADE, "undoes", 0.9)], "week", id="by its changes"
    ),
    pytest.param(
        (MADE, OTHER, END), [taking_back(OTHER, MADE), taking_back(END, OTHER)], "none",
        id="taken back itself",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("commits", "links", "expected"), ROLLBACKS)
def test_how_soon_it_was_taken_back(
    commits: tuple[Commit, ...], links: list[Link], expected: str
) -> None:
    assert measured(commits, *links).rollback == expected


def test_work_without_known_commits_has_no_survival() -> None:
    assert survival_of("ep_1", (), History((), ()), EPISODES) is None


def judged(*more: Any, commits: tuple[Commit, ...], own: tuple[Commit, ...]) -> tuple[str, float]:
    links = [*map(by_session, own), *(each for each in more if isinstance(each, Link))]
    fates = [each for each in more if isinstance(each, LineFate)]
    history = History(commits, links, fates)
    known = trajectory()
    found = judge_episode([known.id], {known.id: known}, {known.id: activity()}, history)
    return found.outcome, found.confidence


OUTCOMES: list[Any] = [
    pytest.param(
        (MADE,), [taking_back(OTHER, MADE, "undoes", 0.9)], ("failed", 0.773), id="changed back"
    ),
    pytest.param(
        (MADE, AGAIN, OTHER), [taking_back(AGAIN, MADE)], ("achieved", 0.75),
        id="a false start that the work took back by itself",
    ),
    pytest.param(
        (MADE, AGAIN), [taking_back(AGAIN, MADE)], ("failed", 0.95), id="nothing of it is left"
    ),
    pytest.param(
        (MADE,), [fate(MADE, gone=(moved(OTHER, 9),))], ("partial", 0.5), id="rewritten in a week"
    ),
    pytest.param(
        (MADE,), [fate(MADE, gone=(moved(OTHER, 8),))], ("achieved", 0.8), id="rewritten in part"
    ),
    pytest.param(
        (MADE,), [fate(MADE, 4, gone=(moved(OTHER, 4),))], ("achieved", 0.8), id="few lines"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("own", "more", "expected"), OUTCOMES)
def test_what_became_of_the_lines_decides_the_outcome(
    own: tuple[Commit, ...], more: list[Any], expected: tuple[str, float]
) -> None:
    assert judged(*more, commits=(MADE, AGAIN, OTHER, END), own=own) == expected
