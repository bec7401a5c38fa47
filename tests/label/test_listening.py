"""A turn is heard with what the agent did about it: once the next begins, or at the end."""

import re

from typing_extensions import override

from tests.trajectories import agent, calling, user
from tracemill.label.activity.observe import Observer
from tracemill.label.reactions.listening import Listener, OpenTurn
from tracemill.label.reactions.replies import Reply, reply_cues
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.trajectory import Step

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


def test_what_a_program_marks_as_failed_is_a_correction_where_it_is_pasted() -> None:
    found = heard(
        user(0, "show the total"),
        agent(1, "It is shown."),
        user(2, "\N{VECTOR OR CROSS PRODUCT} ./src/total.css:3:5\nno such rule"),
        agent(3, "I look."),
    )

    assert found == {2: "correction"}


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


class Keeping(Listener):
    """Keeps the turns with what went on around them."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[tuple[OpenTurn, Reply]] = []

    @override
    def replied(self, turn: OpenTurn, reply: Reply) -> None:
        self.turns.append((turn, reply))


def test_a_turn_is_kept_with_how_the_last_call_ended_and_what_is_called_next() -> None:
    listener = Keeping()
    observer = Observer(listener=listener)
    for step in (user(0, "go on"), calling(1), user(2, "more"), calling(3), calling(4), user(5)):
        observer.step(step)
    listener.finish()
    (second, its_reply), (third, no_reply) = listener.turns

    assert second.before.last_call == third.before.last_call == "ok"
    assert (its_reply.called, no_reply.called) == (("Bash",), ())


def test_a_call_that_nothing_came_back_for_has_no_known_end() -> None:
    listener = Keeping()
    observer = Observer(listener=listener)
    for step in (user(0, "go on"), calling(1, None), user(2, "more")):
        observer.step(step)
    listener.finish()

    assert [turn.before.last_call for turn, _ in listener.turns] == [None]


def test_a_log_shows_that_the_agent_works_from_its_first_call() -> None:
    listener = Keeping()
    observer = Observer(listener=listener)
    steps = user(0, "go"), agent(1, "Hm."), user(2, "more"), calling(3), user(4, "and?"), agent(5)
    for step in steps:
        observer.step(step)
    listener.finish()

    assert [turn.before.has_worked for turn, _ in listener.turns] == [False, True]


def test_an_answer_in_words_is_news_only_where_the_log_shows_work() -> None:
    answered = Reply("It stands there.")

    assert "only-answers" in set(reply_cues(answered, None, has_worked=True))
    assert "only-answers" not in set(reply_cues(answered, None, has_worked=False))


def test_what_is_kept_of_a_long_text_cuts_no_stand_in_in_two() -> None:
    home = "/home/dev-6b47nkwn4g/"
    for shift in range(len(home)):
        listener = Keeping()
        long = "." * shift + f" {home}app" * 200
        listener.person(user(0, long))
        listener.agent(agent(1, long))
        listener.person(user(2, "go on"))
        listener.agent(agent(3, long, reasoning=long))
        listener.finish()
        turn, reply = listener.turns[0]

        kept = (*turn.before.asked, turn.before.answered, reply.said, reply.thought, reply.reported)
        assert all(home in each for each in kept)
        words = {word for each in kept for word in re.findall(r"[\w-]+", each)}
        assert words == {"home", "dev-6b47nkwn4g", "app"}
