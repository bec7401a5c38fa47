"""Practices as templates and common failures as a checklist, each with what shows it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tracemill.analyze.conclusions.failure_stats import SeenFailure
from tracemill.analyze.conclusions.precautions import LEAST, precautions
from tracemill.analyze.features.failures import failure_report
from tracemill.analyze.practices import SAYS
from tracemill.records.process.best_practices import BestPractices, Precaution, Prevention
from tracemill.records.process.practices import Practice
from tracemill.records.refs import Ref, Stamp
from tracemill.records.sessions.recoveries import Recovery
from tracemill.records.work.learning import LearningEpisode, ThinkingCoverage, Words
from tracemill.report.guides import STEPS, checklist, template, template_name

AT = datetime(2026, 3, 1, tzinfo=UTC)


def failed(session: int, **more: Any) -> SeenFailure:
    given: dict[str, Any] = {
        "kind": "command", "action": "deploy", "symptom": "no", "attempts": (4,),
        "resolved_step": 6, "change": "none", **more,
    }  # fmt: skip
    ref = Ref(kind="trajectory", id=f"traj_{session}", step=4)
    return SeenFailure(failure_report(Recovery(**given), None), ref, AT)


def only(seen: list[SeenFailure]) -> Precaution:
    (found,) = precautions(seen)
    return found


@pytest.mark.parametrize(
    ("about", "rule"),
    [
        ({"kind": "edit", "action": "Edit a.py"}, "Look at the lines right before"),
        ({"kind": "test", "action": "pytest"}, "Run it behind each change"),
        ({"kind": "build", "resolved_step": None, "change": None}, "Do without it"),
        ({"cause": "environment"}, "See first that what it needs is there"),
        ({"cause": "usage"}, "Look up how it is called"),
        ({}, "Before you try it again"),
    ],
)
def test_a_common_failure_has_a_rule_by_its_kind_and_cause(about: Any, rule: str) -> None:
    found = only([failed(session, **about) for session in range(LEAST)])

    assert found.text.startswith(rule)
    assert (found.n, found.n_work) == (LEAST, LEAST)
    assert found.n_overcome == (0 if about.get("resolved_step", 6) is None else LEAST)
    assert [ref.id for ref in found.examples] == ["traj_0", "traj_1", "traj_2"]


def test_what_is_rare_or_of_one_session_alone_is_not_common() -> None:
    assert precautions([failed(n) for n in range(LEAST - 1)]) == ()
    assert precautions([failed(1)] * 9) == ()


def test_the_commonest_stands_first() -> None:
    seen = [failed(n) for n in range(3)] + [failed(n, action="sync") for n in range(4)]

    assert [each.failed for each in precautions(seen)] == ["command: sync", "command: deploy"]


def test_a_checklist_has_a_box_for_each_and_ticks_what_is_in_place() -> None:
    told = Ref(kind="event", id="event_1")
    report = BestPractices(
        n_work=1, practices=(), remedies=(), lessons=(),
        precautions=(only([failed(n, action="a`b`\n# Not a heading") for n in range(3)]),),
        preventions=(
            Prevention(text="Check it", pattern=None, is_in_place=True, of=told),
            Prevention(text="Lint it", pattern=None, is_in_place=None, of=told),
        ),
    )  # fmt: skip
    lines = checklist(report).splitlines()

    assert (
        lines[4]
        == "- [ ] `command: a'b' # Not a heading`: Before you try it again, say what is different now."
    )
    assert "Failed 3 times in 3 places, 3 overcome (retry 3): `traj_0#4`" in lines[5]
    assert lines[6] == "- [x] `Check it`"
    assert lines[8] == "- [ ] `Lint it`"


def test_every_practice_has_steps() -> None:
    assert set(STEPS) == set(SAYS)
    assert all(len(steps) > 1 for steps in STEPS.values())


def test_a_template_has_steps_blanks_evidence_and_examples() -> None:
    ref = Ref(kind="episode", id="ep_1")
    practice = Practice(
        name="reproduced_first", says="it was seen to fail", kept=None, left_out=None,
        q_value=None, effectiveness=None, examples=(ref,),
    )  # fmt: skip
    words = [Words(text=f"step {n}", origin="todo", source=ref) for n in range(8)]
    episode = LearningEpisode(
        episode_id="ep_1", kind="fix", outcome="achieved",
        problem=(Words(text="`rm` it\nnow", origin="asked", source=ref),),
        implementation_steps=tuple(words),
        thinking=ThinkingCoverage(steps=1, thinking=None, words=None),
        stamp=Stamp(by="learning", version=1),
    )  # fmt: skip
    text = template(practice, [episode])

    assert template_name(practice) == "templates/reproduced_first.md"
    assert text.startswith("---\nname: reproduced-first\ndescription: ")
    assert "\n1. Do what is said to go wrong" in text
    assert "- What is wrong, and why: …" in text
    assert "Not shown to be more than chance." in text
    assert "- Wanted: `'rm' it now`" in text
    assert "  - `step 5`\n  - and 2 more\n- Came to: achieved" in text
