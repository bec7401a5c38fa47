"""A constraint is proposed for removal only where it is shown that it did not help."""

from collections.abc import Sequence

import pytest

from tests.prompts.versions import commits, texts
from tracemill.prompts.history import KeptHistory, histories
from tracemill.prompts.lineage import Lineage
from tracemill.prompts.removing import superfluous
from tracemill.records.process.patterns import Measure, Period
from tracemill.records.process.suggestions import Suggestion
from tracemill.records.process.version_metrics import VersionChange, VersionMetrics

BASE = "# Rules\n- Name every endpoint.\n"
MORE = f"{BASE}  - Repeat the whole contract.\n- Give three alternatives.\n"


def kept(*said: str) -> KeptHistory:
    (found,) = histories(texts(*said), Lineage(commits(9)))
    return found


def told(version: str, failed: int, of: int) -> VersionMetrics:
    measure = Measure(
        metric="gate_failure_rate", slice={}, unit="share", n=of, value=failed / of, low=None,
        high=None, periods=(Period(month="2026-03", n=of, value=failed / of),),
    )  # fmt: skip
    change = VersionChange(
        measure=measure, before=None, difference=None, relative=None, q_value=None, change="unknown"
    )
    return VersionMetrics(
        version=version, n_projects=1, n_sessions=0, first_used=None, last_used=None,
        in_use_by=(), effectiveness=None, metrics=(change,),
    )  # fmt: skip


def proposed(history: KeptHistory, *gates: tuple[int, int]) -> Sequence[Suggestion]:
    names = [version.name for version in history.told.versions]
    known = {name: told(name, *seen) for name, seen in zip(names, gates, strict=False)}
    return list(superfluous([history], known, set()))


@pytest.mark.parametrize(
    ("before", "after", "is_proposed"),
    [
        ((80, 400), (80, 400), True),
        ((80, 400), (120, 400), True),
        ((80, 400), (20, 400), False),
        ((8, 40), (8, 40), False),
        ((100, 400), (70, 400), False),
        ((0, 400), (0, 400), True),
    ],
)
def test_an_interval_decides(
    before: tuple[int, int], after: tuple[int, int], is_proposed: bool
) -> None:
    assert bool(proposed(kept(BASE, MORE), before, after)) == is_proposed


def test_the_proposal_quotes_what_is_to_go_and_says_why() -> None:
    (made,) = proposed(kept(BASE, MORE), (80, 400), (84, 400))
    change = made.proposed_change

    assert made.suggestion_type == "constraint_removal"
    assert made.suggestion_id.startswith("SUG-2026-03-")
    assert change.old_text == "  - Repeat the whole contract.\n- Give three alternatives."
    assert change.old_text in MORE
    assert (change.new_text, change.section) == ("", "Rules")
    assert "architect.v1.1 added 2 lines (Change 1)" in change.rationale
    assert "20% of the time before and 21% since" in change.rationale
    assert made.evidence["cases"] == 400
    assert 0 < made.evidence["improvement_at_most"] < 0.1  # type: ignore[operator]
    assert made.expected_impact.token_efficiency == "15 tokens less in each call"
    assert made.pattern is None


@pytest.mark.parametrize(
    "said",
    [
        (BASE, MORE, BASE),
        (BASE, "# Rules\n- Say less.\n"),
        (MORE, BASE),
        (BASE,),
    ],
)
def test_only_what_was_added_and_still_stands_is_proposed(said: tuple[str, ...]) -> None:
    assert proposed(kept(*said), *[(80, 400)] * len(said)) == []


def test_versions_of_which_nothing_is_known_propose_nothing() -> None:
    assert proposed(kept(BASE, MORE), (80, 400)) == []
