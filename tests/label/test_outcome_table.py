"""The table of outcomes that people read is the one that decides."""

import re

from tests.trajectories import activity, trajectory
from tracemill.label.outcomes import outcome_rules
from tracemill.label.outcomes.evidence import Work, gather
from tracemill.label.outcomes.history import History
from tracemill.label.outcomes.outcome_rules import RULES, UNKNOWN, Rule, judge

NOTHING = gather(Work([trajectory()], [activity()], History((), ())))


def rows() -> list[tuple[str, str]]:
    """Return each outcome that the docstring names, with how sure it says that it is."""
    cells = [
        line.split("|")[2:4] for line in (outcome_rules.__doc__ or "").splitlines() if "|" in line
    ]
    return [(outcome, sure) for said, sure in cells[2:] for outcome in said.strip().split(", ")]


def is_told(rule: Rule, outcome: str, sure: str) -> bool:
    confidence = rule.confidence(NOTHING._replace(sureness=1.0))
    return rule.outcome == outcome and confidence in map(float, re.findall(r"[.\d]+", sure))


def test_rows_stand_in_the_order_in_which_rules_decide() -> None:
    told = [is_told(rule, *row) for rule, row in zip((*RULES, UNKNOWN), rows(), strict=True)]

    assert all(told)


def test_what_the_log_states_of_a_person_is_surer_than_what_is_heard() -> None:
    both = NOTHING._replace(is_approved_then_wrong=True)

    assert judge(both).outcome == "partial"
    assert judge(both._replace(liked=False)).outcome == "failed"
    assert judge(both._replace(liked=True)).confidence(both) == 0.55
