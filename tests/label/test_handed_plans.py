"""A refused plan is a refusal only where somebody goes on otherwise."""

from __future__ import annotations

import pytest
from msgspec import structs

from tests.label.test_observe import feedback, seen
from tests.trajectories import agent, user
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

STOPPED = (feedback("rejection", 1), feedback("interruption", 1))


def refused(tool: str = "ExitPlanMode", said: str = "") -> Step:
    call = ToolCall(id="c1", name=tool, arguments={"plan": "Read the file first."})
    result = ToolResult(call_id="c1", content="refused", status="rejected", feedback=said or None)
    return agent(1, "", calls=(call,), results=(result,))


@pytest.mark.parametrize(
    "after",
    [
        (),
        (user(2, "Implement the following plan:\n\nRead the file first."), agent(3)),
    ],
)
def test_a_plan_that_is_handed_on_was_not_refused(after: tuple[Step, ...]) -> None:
    told = seen(user(0), refused(), *after, events=STOPPED)

    assert (told.n_rejections, told.n_interruptions) == (0, 0)
    assert not told.rejected_steps
    assert not told.interrupted_steps
    assert told.ending != "interruption"
    assert not {each.kind for each in told.reactions} & {"rejection", "interruption"}


def test_a_call_that_was_stopped_beside_a_handed_plan_takes_no_other_stop_away() -> None:
    stopped = ToolResult(call_id="c2", content="", status="interrupted")
    both = structs.replace(refused(), results=(*refused().results, stopped))
    told = seen(user(0), both, events=(feedback("rejection", 1), feedback("interruption", 0)))

    assert (told.n_rejections, told.n_interruptions) == (0, 1)
    assert told.interrupted_steps == (0,)


@pytest.mark.parametrize(
    ("plan", "after"),
    [
        (refused(), (user(2, "use a switch instead"), agent(3))),
        (refused(), (agent(2, "I plan anew."),)),
        (refused(said="too much at once"), ()),
        (refused("Edit"), ()),
    ],
)
def test_a_plan_that_is_gone_on_with_otherwise_was_refused(
    plan: Step, after: tuple[Step, ...]
) -> None:
    told = seen(user(0), plan, *after, events=STOPPED)

    assert told.rejected_steps == (1,)
    assert told.interrupted_steps == (1,)
    assert {"rejection", "interruption"} <= {each.kind for each in told.reactions}


def test_what_a_person_said_to_a_plan_is_kept() -> None:
    second = ToolCall(id="c2", name="ExitPlanMode", arguments={"plan": "Read both files."})
    later = agent(3, "", calls=(second,), results=(ToolResult(call_id="c2", status="ok"),))
    approved = structs.replace(feedback("permission", 3), call_id="c2")
    told = seen(user(0), refused(said="too\nmuch"), user(2), later, events=(*STOPPED, approved))

    assert [(each.step, each.is_approved, each.said) for each in told.plan_verdicts] == [
        (1, False, "too much"), (3, True, None),
    ]  # fmt: skip
    assert [each.opening for each in told.plan_verdicts][1] == "Read both files."
    assert not {each.kind for each in told.reactions} & {"acceptance", "permission"}


def test_a_refusal_that_names_no_call_is_of_no_plan() -> None:
    plan, shell = ToolCall(id="c1", name="exit_plan_mode"), ToolCall(id="c2", name="bash")
    steps = (user(0), agent(1, "", calls=(plan,)), agent(2, "", calls=(shell,)))

    assert seen(*steps, events=(feedback("rejection", 2),)).plan_verdicts == ()
    named = structs.replace(feedback("permission", 1), call_id="c1")
    told = seen(*steps, events=(named, feedback("rejection", 2)))
    assert [(each.step, each.is_approved) for each in told.plan_verdicts] == [(1, True)]


def test_of_a_plan_that_was_handed_on_or_never_answered_nobody_knows() -> None:
    silent = agent(1, "", calls=refused().calls)

    assert seen(user(0), refused(), events=STOPPED).plan_verdicts == ()
    assert seen(user(0), silent, agent(2)).plan_verdicts == ()
    assert seen(user(0), refused("Edit"), events=STOPPED).plan_verdicts == ()
