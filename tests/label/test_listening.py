"""A turn is heard with what the agent did about it: once the next begins, or at the end."""

from tests.trajectories import agent, user
from tracemill.label.reactions.listening import Listener
from tracemill.records.reactions import ReactionKind
from tracemill.records.trajectory import Step

REMARK = "the total stands in the header"


def heard(*steps: Step) -> dict[int, ReactionKind]:
    """Return what each turn most likely is."""
    listener = Listener()
    for step in steps:
        if step.speaker == "user":
            listener.person(step)
        else:
            listener.agent(step)
    return {each.step: each.kind for each in reversed(listener.finish())}


def test_the_reply_to_a_turn_tells_what_it_was() -> None:
    opening = (user(0, "show the total"), agent(1, "It is shown."), user(2, REMARK))

    answered = heard(*opening, agent(3, "You're right, I missed that. Let me fix it."))
    unanswered = heard(*opening)

    assert answered == {2: "correction"}
    assert unanswered != answered


def test_a_reply_belongs_to_the_turn_before_it_alone() -> None:
    found = heard(
        user(0, "show the total"),
        agent(1, "It is shown."),
        user(2, "commit it"),
        agent(3, "Committed."),
        user(4, REMARK),
        agent(5, "You're right, I missed that. Let me fix it."),
    )

    assert found == {2: "continuation", 4: "correction"}


def test_nothing_is_heard_before_the_agent_acted() -> None:
    assert heard(user(0, "no, that is wrong"), agent(1, "Sorry.")) == {}
