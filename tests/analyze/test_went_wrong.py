"""What went wrong in a stretch: what failed most, with what shows it, and what came to nothing."""

from __future__ import annotations

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import msgspec
from typing_extensions import override

from tests.analyze.features.made import failed, minutes
from tracemill.analyze.conclusions.went_wrong import MOST, went_wrong
from tracemill.analyze.process import Process
from tracemill.analyze.work import EpisodeWork, SessionWork
from tracemill.records.process.reports import WentWrong
from tracemill.report.page import page
from tracemill.report.went_wrong import said_of, wrong_lines

DAY = minutes(0).date()
HOSTILE = "`</code><script>alert(1)</script>` | **x** [a](javascript:alert(1))"


def told(
    *recoveries: Any, work: tuple[EpisodeWork, ...] = (), begin: date | None = DAY, end: date = DAY
) -> WentWrong:
    process = Process([])
    process.sessions = [
        SessionWork(id="traj_1", session_id="s", agent="claude-code", recoveries=recoveries)
    ]
    process.episodes = [(each, {}) for each in work]
    return went_wrong(process, begin, end)


def lost(name: str, outcome: Any, days: int = 0) -> EpisodeWork:
    return EpisodeWork(id=name, outcome=outcome, started=minutes(0) + timedelta(days=days))


def test_what_failed_most_comes_first_and_what_was_not_put_right_shows_it() -> None:
    found = told(
        failed(action="pytest", attempts=(3,)),
        failed(
            action="pytest", attempts=(9,), resolved_step=None, change=None, symptom="E: 1 != 2"
        ),
        failed(action="cargo test", attempts=(20,)),
    )
    first, second = found.recurring

    assert (found.n_failures, found.n_overcome) == (3, 2)
    assert (first.name, first.n, first.n_overcome, first.symptom) == (
        "test: pytest", 2, 1, "E: 1 != 2",
    )  # fmt: skip
    assert [ref.name for ref in first.shown_by] == ["traj_1#9", "traj_1#3"]
    assert second.name == "test: cargo test"


def test_only_what_happened_in_the_stretch_counts() -> None:
    moments = [minutes(0), minutes(0) + timedelta(days=1), minutes(0) - timedelta(days=1), None]
    failures = [failed(at=at) for at in moments]
    work = tuple(lost(f"ep_{days}", "failed", days) for days in (-1, 0, 1))

    found = told(*failures, work=work)
    whole = told(*failures, work=work, begin=None)

    assert (found.n_failures, [each.episode for each in found.lost]) == (1, ["ep_0"])
    assert (whole.n_failures, [each.episode for each in whole.lost]) == (2, ["ep_0", "ep_-1"])


def test_work_that_is_not_known_to_have_failed_is_not_told() -> None:
    outcomes = ("achieved", "partial", "unknown", "abandoned", "failed")
    found = told(work=tuple(lost(f"ep_{each}", each) for each in outcomes))

    assert {each.episode for each in found.lost} == {"ep_abandoned", "ep_failed"}
    assert found.n_lost == 2


def test_all_is_counted_and_the_first_is_told() -> None:
    failures = [failed(action=f"tool{n}") for n in range(MOST + 2)]
    found = told(*failures, work=tuple(lost(f"ep_{n}", "failed") for n in range(MOST + 2)))

    assert (len(found.recurring), len(found.lost)) == (MOST, MOST)
    assert (found.n_failures, found.n_lost) == (MOST + 2, MOST + 2)
    assert any(line.startswith("- and 2 more") for line in wrong_lines(found))


def test_where_nothing_went_wrong_that_is_said() -> None:
    found = told()

    assert said_of(found).startswith("nothing failed whose moment is told; 0 pieces")
    assert "|" not in "".join(wrong_lines(found))


class Obeyed(HTMLParser):
    """Elements of a page that its own text must not bring about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells = 0
        self.found: list[str] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.cells += tag == "td"
        if tag in ("script", "a", "img"):
            self.found.append(tag)


def test_foreign_words_are_shown_and_nothing_in_them_is_obeyed() -> None:
    found = told(failed(action=HOSTILE, symptom=HOSTILE), work=(lost("ep_1", "failed"),))
    (work,) = found.lost
    wrong = msgspec.structs.replace(found, lost=(msgspec.structs.replace(work, goal=HOSTILE),))
    shown = Obeyed(page("Week", "\n".join(wrong_lines(wrong))))

    assert shown.found == []
    assert shown.cells == 5
