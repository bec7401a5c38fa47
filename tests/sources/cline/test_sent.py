"""What was sent to the model, and what it replied."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.cline import tasks as cl
from tests.sources.reading import Found, read

from tracemill.records.events.event import Compaction, Feedback, Todo, TodoChange
from tracemill.sources.cline import Cline

DENIED = "The user denied this operation"


def read_sent(*messages: cl.Message) -> Found:
    return read(Cline(), cl.document(*messages))


def result_of(said: str, name: str = "read_file", **fields: Any) -> Any:
    found = read_sent(
        cl.user("<task>\nGo\n</task>"),
        cl.agent(cl.call("t1", name, path="a.py")),
        cl.user(cl.result("t1", said, **fields)),
    )
    return found.steps[1].results[0]


def test_what_a_person_typed_stands_apart_from_what_was_put_in() -> None:
    found = read_sent(
        cl.user("<task>\nFix it\n</task>", cl.SURROUNDINGS),
        cl.agent("Fixed."),
        cl.user("[TASK RESUMPTION] It was stopped.\n<user_message>\nGo on\n</user_message>"),
        cl.user("[ERROR] You did not use a tool in your previous response!"),
    )

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("user", "Fix it"),
        ("system", cl.SURROUNDINGS),
        ("agent", "Fixed."),
        ("user", "Go on"),
        ("system", "[TASK RESUMPTION] It was stopped."),
        ("system", "[ERROR] You did not use a tool in your previous response!"),
    ]
    assert (found.header.agent, found.header.cwd) == ("cline", "/work/app")


def test_calls_in_blocks_get_their_results() -> None:
    found = read_sent(
        cl.agent("I read.", cl.call("t1", "read_file", path="a.py"), cl.call("t2", "list_files")),
        cl.user(cl.result("t2", "a.py"), cl.result("t1", "x = 1")),
    )

    (step,) = found.steps
    assert [call.arguments for call in step.calls] == [{"path": "a.py"}, {}]
    assert {result.call_id: result.content for result in step.results} == {
        "t1": "x = 1",
        "t2": "a.py",
    }


def test_calls_in_tags_get_their_results() -> None:
    found = read_sent(
        cl.agent(
            "<thinking>\nFirst look.\n</thinking>\n\nI write.\n<write_to_file>\n<path>a.html</path>\n"
            "<content>\n<path>no</path>\n</content>\n</write_to_file>"
        ),
        cl.user("[write_to_file for 'a.html'] Result:", "It was saved.", cl.SURROUNDINGS),
        cl.agent("<execute_command>\n<command>make</command>\n</execute_command>"),
        cl.user("[execute_command for 'make'] Result:\nCommand executed.\nOutput:\n2 failed"),
    )

    first, surroundings, second = found.steps
    assert (first.text, first.reasoning) == ("I write.", "First look.")
    assert first.calls[0].arguments == {"path": "a.html", "content": "<path>no</path>"}
    assert first.results[0].content == "It was saved."
    assert surroundings.speaker == "system"
    assert (second.text, second.calls[0].arguments) == ("", {"command": "make"})
    assert second.results[0].content == "Command executed.\nOutput:\n2 failed"


@pytest.mark.parametrize(
    ("said", "name", "status", "code"),
    [
        ("x = 1", "read_file", "ok", None),
        ("Error: is a word of the file", "read_file", "ok", None),
        ("The tool execution failed with the following error:\n<error>\nno\n</error>", "read_file", "error", None),
        ('{"status":"error","message":"The tool execution failed","error":"no"}', "read_file", "error", None),
        ('{"status": "fine"}', "read_file", "ok", None),
        ("Command executed.\nOutput:\nok", "execute_command", "unknown", None),
        ("Command executed in terminal within '/work'. Exit code: 0\nOutput:", "execute_command", "ok", 0),
        ("Command execution was not successful\nExit code: 2\nOutput:", "execute_command", "error", 2),
        ("The log says Exit code: 3 somewhere", "read_file", "ok", None),
        (f"{DENIED}.", "write_to_file", "rejected", None),
        ('{"status":"denied","message":"no"}', "write_to_file", "rejected", None),
        ("Task was interrupted before this tool call could be completed.", "read_file", "interrupted", None),
    ],
)  # fmt: skip
def test_how_a_call_ended_is_told_by_the_programs_own_words(
    said: str, name: str, status: str, code: int | None
) -> None:
    found = result_of(said, name)

    assert (found.status, found.exit_code) == (status, code)


def test_a_flag_tells_a_failure_too() -> None:
    assert result_of("gone", is_error=True).status == "error"


def test_a_refusal_is_told_with_what_was_said() -> None:
    found = read_sent(
        cl.agent(cl.call("t1", "write_to_file", path="a.py")),
        cl.user(
            cl.result(
                "t1",
                f"{DENIED} and provided the following feedback:\n<feedback>\nNot there\n</feedback>",
            )
        ),
    )

    assert found.steps[0].results[0].feedback == "Not there"
    (event,) = found.events
    assert isinstance(event, Feedback)
    assert (event.action, event.text, event.call_id) == ("rejection", "Not there", "t1")


def test_what_is_said_with_an_approval_steers() -> None:
    found = read_sent(
        cl.agent(cl.call("t1", "execute_command", command="make")),
        cl.user(
            cl.result(
                "t1",
                "The user approved this operation and provided the following context:\n"
                "<feedback>\nUse two cores\n</feedback>",
            )
        ),
    )

    assert [
        (event.action, event.text) for event in found.events if isinstance(event, Feedback)
    ] == [("steering", "Use two cores")]


def test_a_changed_proposal_is_an_edit() -> None:
    found = read_sent(
        cl.agent(cl.call("t1", "replace_in_file", path="a.py")),
        cl.user(
            cl.result("t1", "The user made the following updates to your content:\n\n@@ -1 +1 @@")
        ),
    )

    assert found.steps[0].results[0].user_modified
    assert [event.action for event in found.events if isinstance(event, Feedback)] == ["edit"]


def test_the_answer_to_a_question_is_a_step_of_the_person() -> None:
    found = read_sent(
        cl.agent(cl.call("t1", "ask_followup_question", question="Which?")),
        cl.user(cl.result("t1", "<answer>\nThe first\n</answer>")),
        cl.agent(cl.call("t2", "attempt_completion", result="Done")),
        cl.user(
            cl.result("t2", "The user has provided feedback:\n<feedback>\nNot yet\n</feedback>")
        ),
    )

    assert [step.text for step in found.steps if step.speaker == "user"] == ["The first", "Not yet"]


def test_checklists_are_todo_changes() -> None:
    found = read_sent(
        cl.agent(cl.call("t1", "read_file", path="a", task_progress="- [x] Look\n- [ ] Fix")),
        cl.agent(cl.call("t2", "update_todo_list", todos="[ ] no list\n- [-] Fix")),
    )

    assert [event.todos for event in found.events if isinstance(event, TodoChange)] == [
        (Todo(text="Look", status="completed"), Todo(text="Fix", status="pending")),
        (Todo(text="Fix", status="in_progress"),),
    ]


def test_a_stopped_reply_is_an_interruption() -> None:
    found = read_sent(cl.agent("I begin\n\n[Response interrupted by user]"))

    assert found.steps[0].text == "I begin"
    assert [event.action for event in found.events if isinstance(event, Feedback)] == [
        "interruption"
    ]


def test_a_summary_is_a_compaction_and_replayed() -> None:
    found = read_sent(cl.user("<task>\nGo\n</task>"), cl.user("All so far.", isSummary=True))

    assert [step.is_replayed for step in found.steps] == [False, True]
    assert [event.step for event in found.events if isinstance(event, Compaction)] == [0]


def test_pictures_are_counted() -> None:
    found = read_sent(cl.user("<task>\nSee\n</task>", {"type": "image", "source": {}}))

    assert (found.steps[0].text, found.steps[0].n_images) == ("See\n\n[image]", 1)


@pytest.mark.parametrize(
    ("head", "is_ours"),
    [
        (cl.document(cl.user("<task>\nGo\n</task>")), True),
        (cl.document(cl.say(1, "text", "Go")), True),
        (cl.document(cl.user("Go")), False),
        (b'[{"type": "say", "text": "x"}]', False),
        (b"[1]", False),
    ],
)
def test_files_are_told_by_their_tags(head: bytes, is_ours: bool) -> None:
    from pathlib import Path

    from tracemill.sources.head import Head

    assert Cline().recognises(Head(Path("x"), head)) is is_ours
