"""Commits that are called what a person asked for."""

from datetime import timedelta

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.link.link_records import link_records
from tracemill.records.sessions.activity import Request

SHA = "1a2b3c4" + "0" * 33
LONG = "When the basket is empty, the totals have to be nothing, and the tax has to be nothing, too"


@pytest.mark.parametrize(
    ("subject", "minutes", "is_linked"),
    [
        pytest.param("Mend the totals", 0, True, id="the same words"),
        pytest.param("mend the totals", 60, True, id="an hour later, in another case"),
        pytest.param("Mend the totals", 61, False, id="later than that"),
        pytest.param("Mend the totals", -1, False, id="before it was said"),
        pytest.param("Mend the total", 1, False, id="the beginning of a short request"),
        pytest.param("fix lint", 1, False, id="what anybody may say"),
        pytest.param(f"{LONG[:60]}...", 1, True, id="the beginning of a long one"),
        pytest.param(f"{LONG[:30]}...", 1, False, id="too little of a long one"),
    ],
)
def test_a_commit_may_be_called_what_the_person_asked_for(
    subject: str, minutes: int, *, is_linked: bool
) -> None:
    asked = tuple(
        Request(opening=said, step=2 * at, at=START)
        for at, said in enumerate(("Mend the totals", "fix lint", LONG))
    )
    made = commit(SHA, subject=subject, at=START + timedelta(minutes=minutes))

    known = trajectory(cwd="/srv/app")
    found = link_records([known], {known.id: activity(requests=asked)}, [made])

    assert [(link.target.id, link.method) for link in found] == [
        (made.id, "commit_subject")
    ] * is_linked
