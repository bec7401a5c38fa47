"""Rungs add up: nothing passes that nobody confirmed, and the worst verdict decides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.synth.verification.rows import agent, row, user
from tracemill.records.datasets.audits import Verdict
from tracemill.records.synth.verification import RUNGS, Rung
from tracemill.synth.verification import Judged, RowJudge, climb

ROW = row(user("a"), agent("b"))
Said = tuple[Rung, Verdict, bool]
SAID = st.tuples(
    st.sampled_from(RUNGS), st.sampled_from(["pass", "fail", "unknown"]), st.booleans()
)


def judge(said: Said) -> RowJudge:
    rung, verdict, confirms = said
    return RowJudge(rung, "one", "are so", lambda rows: [Judged(rows[0], verdict)], confirms)


@given(st.lists(SAID, max_size=8))
def test_a_row_stands_where_its_worst_rung_puts_it(said: list[Said]) -> None:
    (found,) = climb([ROW], map(judge, said), {}).rows

    verdicts = {verdict for _, verdict, _ in said}
    if "fail" in verdicts:
        assert found.standing == "rejected"
    else:
        confirmed = {rung for rung, verdict, confirms in said if confirms and verdict == "pass"}
        is_proved = bool(said) and "unknown" not in verdicts and confirmed == {r for r, *_ in said}
        assert found.standing == ("verified" if is_proved else "unproved")


@given(st.lists(SAID, max_size=8))
def test_rungs_count_each_row_once_and_standing_never_grows(said: list[Said]) -> None:
    rungs = climb([ROW], map(judge, said), {}).rungs

    assert [each.rung for each in rungs] == list(RUNGS)
    for each in rungs:
        assert each.n_passed + each.n_failed + each.n_unknown in {0, 1}
    standing = [each.n_standing for each in rungs]
    assert standing == sorted(standing, reverse=True)


def test_a_row_of_which_nothing_is_said_is_unproved() -> None:
    (found,) = climb([ROW], [], {}).rows

    assert (found.standing, found.rungs) == ("unproved", {})


def test_a_check_that_cannot_be_made_says_so() -> None:
    rungs = climb([ROW], [judge(("semantic", "unknown", True))], {}).rungs
    (check,) = next(each for each in rungs if each.rung == "semantic").checks

    assert (check.verdict, check.n_failing, check.facts) == ("unknown", 0, {"unknown": 1})
