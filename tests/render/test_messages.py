import pytest

from tests.trajectories import agent, calling, step, user
from tracemill.records.sessions.trajectory import Step, ToolResult
from tracemill.render.messages import UnansweredCallError, render_messages


def test_what_sets_a_session_up_is_the_system_message() -> None:
    messages = render_messages(
        [step(0, "system", "rules"), step(1, "system", "more"), user(2, "hello"), agent(3, "hi")]
    )

    assert [(m.role, m.content) for m in messages] == [
        ("system", "rules\n\nmore"),
        ("user", "hello"),
        ("assistant", "hi"),
    ]


@pytest.mark.parametrize(
    "steps",
    [
        [user(0, "hello"), step(1, "system", "note"), agent(2, "hi")],
        [step(7, "system", "hello"), user(8, "note"), agent(9, "hi")],
        [step(0, "system", "hello", is_replayed=True), user(1, "note"), agent(2, "hi")],
        [step(0, "system", "hello"), step(1, "system", "note"), agent(2, "hi")],
    ],
    ids=["behind a person", "later in the session", "a summary", "a task of an agent"],
)
def test_what_else_the_harness_said_is_part_of_the_prompt(steps: list[Step]) -> None:
    messages = render_messages(steps)

    assert [(m.role, m.content) for m in messages] == [
        ("user", "hello\n\nnote"),
        ("assistant", "hi"),
    ]


def test_what_a_fork_copied_in_does_not_hide_what_set_it_up() -> None:
    copied = step(1, "system", "rules of the parent", is_replayed=True)
    messages = render_messages([step(0, "system", "rules"), copied, user(2, "go"), agent(3, "hi")])

    assert [(m.role, m.content) for m in messages] == [
        ("system", "rules"),
        ("user", "rules of the parent\n\ngo"),
        ("assistant", "hi"),
    ]


def test_steps_of_one_speaker_are_one_message() -> None:
    messages = render_messages([user(0), agent(1, "a", reasoning="r"), calling(2, "ok")])

    assert [m.role for m in messages] == ["user", "assistant", "tool"]
    assert (messages[1].content, messages[1].reasoning, len(messages[1].tool_calls)) == (
        "a",
        "r",
        1,
    )


def test_a_late_answer_stands_behind_the_call_that_it_answers() -> None:
    late = step(2, "tool", results=(ToolResult(call_id="c1", content="late"),))
    messages = render_messages([user(0), calling(1, None), late, agent(3, "thanks")])

    assert [(m.role, m.content) for m in messages[1:]] == [
        ("assistant", ""),
        ("tool", "late"),
        ("assistant", "thanks"),
    ]


def test_what_came_back_to_commands_in_a_text_is_part_of_the_prompt() -> None:
    results = (ToolResult(call_id="unnamed-0", content="a.py"),)
    messages = render_messages(
        [user(0), agent(1, "run: ls", results=results), agent(2, "one file")]
    )

    assert [(m.role, m.content, m.trained) for m in messages[1:]] == [
        ("assistant", "run: ls", True),
        ("user", "a.py", False),
        ("assistant", "one file", True),
    ]


def test_arguments_are_an_object() -> None:
    messages = render_messages([user(0), calling(1, "ok", path="a.py")])

    assert messages[1].tool_calls[0]["function"] == {"name": "Bash", "arguments": {"path": "a.py"}}


def test_trained_and_untrained_words_are_never_one_message() -> None:
    messages = render_messages([user(0), agent(1, "a"), agent(2, "b")], untrained=[1])

    assert [(m.content, m.trained) for m in messages[1:]] == [("a", False), ("b", True)]


def test_an_unanswered_call_is_named() -> None:
    with pytest.raises(UnansweredCallError, match="step 1: call of tool 'Bash' has no result"):
        render_messages([user(0), calling(1, None)])


def test_a_thought_goes_to_the_message_that_it_led_to() -> None:
    messages = render_messages(
        [user(0), agent(1, "", reasoning="hm"), agent(2, "a", reasoning="so")]
    )

    assert [(m.content, m.reasoning) for m in messages[1:]] == [("a", "hm\n\nso")]


def test_a_thought_that_led_to_no_word_is_no_message() -> None:
    assert [m.role for m in render_messages([user(0), agent(1, "", reasoning="hm")])] == ["user"]


def test_an_error_text_of_the_harness_is_no_message() -> None:
    messages = render_messages([user(0), agent(1, "API error", is_error=True), agent(2, "a")])

    assert [m.content for m in messages] == ["do it", "a"]


NOTICE = "<local-command-caveat>Caveat: do not answer</local-command-caveat>"
LEFT = "<command-name>/exit</command-name>\n<command-args></command-args>"
PRINTED = "<local-command-stdout>Bye!</local-command-stdout>"


@pytest.mark.parametrize("told", [[NOTICE, LEFT, PRINTED], [LEFT, PRINTED], [NOTICE, LEFT]])
def test_what_people_told_the_program_alone_is_no_message(told: list[str]) -> None:
    before = [step(at, "system", text) for at, text in enumerate(told)]
    later = [step(10 + at, "system", text) for at, text in enumerate(told)]
    messages = render_messages([*before, user(5, "go"), agent(6, "ok"), *later, user(15, "more")])

    assert [(m.role, m.content) for m in messages] == [
        ("user", "go"),
        ("assistant", "ok"),
        ("user", "more"),
    ]


def test_a_command_that_stands_for_a_prompt_in_a_file_is_part_of_what_was_asked() -> None:
    command = step(1, "system", "<command-message>review</command-message>")
    messages = render_messages([step(0, "system", "rules"), command, user(2, "Look at the diff")])

    assert [(m.role, m.content) for m in messages] == [
        ("system", "rules"),
        ("user", "<command-message>review</command-message>\n\nLook at the diff"),
    ]


def test_what_an_agent_says_of_such_a_command_stays() -> None:
    assert [m.content for m in render_messages([user(0, PRINTED), agent(1, LEFT)])] == [
        PRINTED,
        LEFT,
    ]


def test_what_a_command_asks_the_model_is_asked_once() -> None:
    steps = [user(0, "/ask Why?"), user(1, "Why?"), agent(2, "So."), user(3, "Why?"), user(4, "Go")]

    assert [m.content for m in render_messages(steps)] == ["/ask Why?", "So.", "Why?\n\nGo"]


def test_the_bytes_of_a_picture_are_no_text() -> None:
    picture = f"data:image/png;base64,{'iVBORw0KGgo' * 30}=="
    messages = render_messages([user(0, "plot it"), calling(1, f"saved\n![image]({picture})\nend")])

    assert messages[-1].content == "saved\n![image]([image])\nend"
