"""What rows of messages become."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.sources.chat_messages.rows import BENCHMARK, CHAT, NEBIUS, SHARE, call, message
from tests.sources.reading import Found, read

from tracemill.sources.head import Head
from tracemill.sources.messages import Messages


def read_row(row: Any) -> Found:
    return read(Messages(), json.dumps(row).encode())


def test_openai_messages_become_steps() -> None:
    found = read_row(CHAT)

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", "You are helpful."),
        ("user", "List the files"),
        ("agent", ""),
        ("agent", "One file."),
    ]
    step = found.steps[2]
    assert (step.calls[0].id, step.calls[0].arguments) == ("c1", {"command": "ls"})
    assert [(r.call_id, r.content, r.status) for r in step.results] == [("c1", "a.py", "unknown")]


def test_sharegpt_messages_become_the_same_steps() -> None:
    found = read_row(SHARE)

    assert [step.speaker for step in found.steps] == ["user", "agent", "agent"]
    step = found.steps[1]
    assert (step.calls[0].name, step.calls[0].arguments) == ("ls", {"path": "."})
    assert step.results[0].content == "a.py"
    assert found.header.title == "share-1"


def test_what_follows_a_reply_in_a_benchmark_came_back_to_it() -> None:
    found = read_row(BENCHMARK)

    assert [step.speaker for step in found.steps] == ["system", "user", "agent", "agent"]
    assert [result.content for result in found.steps[2].results] == ["a.py"]
    assert found.stated == {"resolved": True}
    assert (found.header.title, found.header.models) == ("a__b-1", ("m-1",))


@pytest.mark.parametrize(
    ("reply", "text", "command"),
    [
        ("Look.\n```\nls\n```", "Look.", "ls"),
        (
            "```bash\nedit 1:2\n    x = 1\nend_of_edit\n```\n",
            "",
            "edit 1:2\n    x = 1\nend_of_edit",
        ),
        ("See:\n```python\nx = 1\n```", "See:\n```python\nx = 1\n```", None),
        ("```\nls\n```\nor\n```\npwd\n```", "```\nls\n```\nor\n```\npwd\n```", None),
        ("```\nls\n```\nlists them.", "```\nls\n```\nlists them.", None),
        ("```\n\n```", "```\n\n```", None),
    ],
)
def test_the_one_block_that_a_reply_of_a_benchmark_ends_with_is_its_command(
    reply: str, text: str, command: str | None
) -> None:
    said = [message("user", "Fix it"), message("assistant", reply), message("user", "a.py")]
    found = read_row({"messages": said, "instance_id": "a__b-1"})
    chat = read_row({"messages": said})

    step = found.steps[1]
    assert (step.text, [call.arguments.get("command") for call in step.calls]) == (
        text,
        [] if command is None else [command],
    )
    assert [result.content for result in step.results] == ["a.py"]
    assert chat.steps[1].calls == ()


@pytest.mark.parametrize("form", [list, json.dumps])
def test_each_command_of_a_benchmark_gets_what_came_back_to_it(form: Callable[[Any], Any]) -> None:
    said = [
        message("user", "Fix it"),
        message("assistant", "Look.\n```bash\nls\n```"),
        message("user", "a.py"),
        message("assistant", "Now.\n```\ncat a.py\n```"),
        message("user", "print(1)"),
    ]
    found = read_row({"instance_id": "a__b-1", "messages": form(said)})

    steps = found.steps[1:]
    told = [(call.arguments["command"], step) for step in steps for call in step.calls]
    assert [command for command, _ in told] == ["ls", "cat a.py"]
    assert [[r.content for r in step.results] for _, step in told] == [["a.py"], ["print(1)"]]
    assert all(step.results[0].call_id == step.calls[0].id for _, step in told)
    assert len({call.id for step in steps for call in step.calls}) == 2


@pytest.mark.parametrize(
    ("block", "command"),
    [
        ("```\nSummary: all good\n```", None),
        ("```\nsubmit\n```", "submit"),
        ("```bash\nmake\n```", "make"),
    ],
)
@pytest.mark.parametrize("after", [[], [message("assistant", "Bye.")], [message("system", "End")]])
def test_an_unmarked_block_is_a_command_only_where_something_came_back(
    block: str, command: str | None, after: list[dict[str, Any]]
) -> None:
    said = [message("user", "Fix it"), message("assistant", f"Done:\n{block}"), *after]
    found = read_row({"messages": said, "instance_id": "a__b-1"})

    step = found.steps[1]
    assert step.text == ("Done:" if command else f"Done:\n{block}")
    assert [call.arguments["command"] for call in step.calls] == ([command] if command else [])
    assert len(found.steps) == len(said)


def test_a_person_of_a_chat_may_speak_again() -> None:
    found = read_row({"messages": [message("assistant", "Hi"), message("user", "Hello")]})

    assert [step.speaker for step in found.steps] == ["agent", "user"]


def test_rows_of_nebius_name_their_roles_and_texts_otherwise() -> None:
    found = read_row(NEBIUS)

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", "SETTING"),
        ("user", "Fix the issue"),
        ("agent", "Look."),
    ]
    assert [call.arguments for call in found.steps[2].calls] == [{"command": "ls"}]
    assert found.stated == {"target": False, "exit_status": "submitted (exit_cost)"}


def test_messages_may_stand_as_json_in_a_text() -> None:
    row = {**BENCHMARK, "messages": json.dumps(BENCHMARK["messages"])}
    data = json.dumps(row).encode()

    found = read(Messages(), data)

    assert [step.text for step in found.steps] == [step.text for step in read_row(BENCHMARK).steps]
    assert all((step.span.start, step.span.end) == (0, len(data)) for step in found.steps)


def test_a_bare_list_of_messages_is_one_session() -> None:
    found = read_row(CHAT["messages"])

    assert len(found.headers) == 1
    assert found.header.n_steps == 4


def test_answers_without_ids_go_to_the_calls_in_their_order() -> None:
    calls = [call("c1", "ls", {}), call("c2", "pwd", {})]
    row = {
        "messages": [
            message("assistant", "", tool_calls=calls),
            message("tool", "a.py"),
            message("tool", "/srv"),
        ]
    }

    (step,) = read_row(row).steps

    assert [(r.call_id, r.content) for r in step.results] == [("c1", "a.py"), ("c2", "/srv")]


def test_an_answer_to_nothing_is_a_step_of_the_tools() -> None:
    (step,) = read_row({"messages": [message("tool", "late", tool_call_id="c9")]}).steps

    assert (step.speaker, step.results[0].call_id) == ("tool", "c9")


def test_old_function_calls_and_thoughts_are_read() -> None:
    old = {"name": "ls", "arguments": "{}"}
    reply = message("assistant", None, function_call=old, reasoning_content="Look first")

    (step,) = read_row({"messages": [reply]}).steps

    assert (step.calls[0].name, step.reasoning) == ("ls", "Look first")


def test_parts_of_a_message_are_texts_and_pictures() -> None:
    parts = [
        {"type": "text", "text": "See"},
        {"type": "image_url", "image_url": {"url": "data:"}},
    ]

    (step,) = read_row({"messages": [message("user", parts)]}).steps

    assert (step.text, step.n_images) == ("See\n\n[image]", 1)


def test_a_role_that_nobody_knows_is_quarantined_alone() -> None:
    found = read_row({"messages": [message("user", "x"), message("narrator", "y")]})

    assert [step.text for step in found.steps] == ["x"]
    assert [each.reason for each in found.quarantined] == ["bad_shape"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        *((json.dumps(row), True) for row in (CHAT, SHARE, BENCHMARK, NEBIUS, [CHAT, CHAT])),
        (json.dumps(CHAT) + "\n" + json.dumps(CHAT), True),
        (json.dumps(CHAT["messages"]), True),
        (json.dumps({"messages": '[{"role": "user", "content": "x"}]'}), True),
        (json.dumps({"messages": "none"}), False),
        (json.dumps({"messages": [{"type": "user", "content": "x"}]}), False),
        (json.dumps({"messages": [{"role": "user", "parts": []}]}), False),
        (json.dumps(message("user", "x")) + "\n", False),
        (json.dumps({"text": "<|im_start|>user"}), False),
    ],
)
def test_rows_are_told_by_their_first_message(data: str, expected: bool) -> None:
    assert Messages().recognises(Head(Path("x"), data.encode())) is expected


@pytest.mark.parametrize("depth", [200, 5_000, 100_000])
def test_a_row_that_is_nested_too_deeply_is_quarantined_alone(depth: int) -> None:
    deep = b'{"messages": [], "more": ' + b"[" * depth + b"]" * depth + b"}\n"
    row = json.dumps(CHAT).encode() + b"\n"
    found = read(Messages(), row + deep + row)

    assert len(found.steps) == 8
    assert [bad.span.start for bad in found.quarantined] in ([], [len(row)])


HERMES = [
    message("user", "Lint it"),
    message(
        "assistant",
        'Both.\n<tool_call>\n{"name": "ruff", "arguments": {"path": "a.py"}}\n</tool_call>\n'
        "<tool_call>\n<function=run>\n<parameter=code>\nx = 1\n</parameter>\n</function>\n</tool_call>",
    ),
    message(
        "user",
        "<tool_response>\n2 errors: wrong\n</tool_response>\n<tool_response>\n1\n</tool_response>",
    ),
    message("assistant", "It has two."),
]
"""Two calls and their results as the templates of Hermes and Qwen write them."""


def test_calls_and_results_between_the_marks_of_a_template_are_calls_and_results() -> None:
    found = read_row({"messages": HERMES})

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("user", "Lint it"),
        ("agent", "Both."),
        ("agent", "It has two."),
    ]
    step = found.steps[1]
    assert [(call.name, call.arguments) for call in step.calls] == [
        ("ruff", {"path": "a.py"}),
        ("run", {"code": "x = 1"}),
    ]
    assert [(r.call_id, r.content) for r in step.results] == [
        (step.calls[0].id, "2 errors: wrong"),
        (step.calls[1].id, "1"),
    ]


def test_marks_within_one_result_do_not_divide_it() -> None:
    one = [HERMES[0], message("assistant", '<tool_call>{"name": "cat"}</tool_call>'), HERMES[2]]

    (step,) = read_row({"messages": one}).steps[1:]

    assert [r.content for r in step.results] == [
        "2 errors: wrong\n</tool_response>\n<tool_response>\n1"
    ]


@pytest.mark.parametrize(
    "said",
    [
        'Write <tool_call>{"name": "ls"}</tool_call> and wait.',
        "<tool_call>ls -l</tool_call>",
        '<tool_call>{"name": "ls"}</tool_call>\n<tool_call>{"name": 1}</tool_call>',
        '<tool_call>{"name": "ls", "arguments": '
        + '{"a": ' * 300
        + "1"
        + "}" * 301
        + "</tool_call>",
    ],
    ids=["spoken of", "no call", "one of two", "too deep"],
)
def test_what_cannot_be_read_whole_as_calls_stays_text(said: str) -> None:
    found = read_row({"messages": [message("user", "How?"), message("assistant", said)]})

    assert (found.steps[1].text, found.steps[1].calls) == (said, ())


def test_a_person_may_speak_of_results() -> None:
    said = "What is <tool_response>1</tool_response>, and why?"

    found = read_row({"messages": [*HERMES, message("user", said)]})

    assert (found.steps[-1].speaker, found.steps[-1].text) == ("user", said)


def test_calls_of_one_turn_of_llama_factory_are_several() -> None:
    calls = '[{"name": "ls", "arguments": {}}, {"name": "pwd", "arguments": {}}]'
    row = {
        "conversations": [
            {"from": "human", "value": "Where?"},
            {"from": "function_call", "value": f"Both.\n<tool_call>{calls}</tool_call>"},
            {"from": "observation", "value": "a.py\n</tool_response>\n<tool_response>\n/srv"},
        ]
    }

    step = read_row(row).steps[1]

    assert (step.text, [call.name for call in step.calls]) == ("Both.", ["ls", "pwd"])
    assert [r.content for r in step.results] == ["a.py", "/srv"]


ASKED = message("user", "hi")
ONE = "<function=a>\n<parameter=x>\n1\n</parameter>\n</function>"
CALLED = message("assistant", f"<tool_call>\n{ONE}\n</tool_call>")


def test_functions_between_one_pair_of_marks_are_several_calls() -> None:
    said = f"<tool_call>\n{ONE}\n{ONE.replace('=a', '=b').replace('1', '2')}\n</tool_call>"
    step = read_row({"messages": [ASKED, message("assistant", said)]}).steps[1]

    assert [(c.name, c.arguments) for c in step.calls] == [("a", {"x": "1"}), ("b", {"x": "2"})]


@pytest.mark.parametrize(
    "said",
    [
        ONE.removesuffix("</function>"),
        "<function=a>\n<parameter=x>\n1\n</parameter>\n<parameter=y>\nhalf of th",
        ONE.replace("1", "use <parameter=y>1</parameter> here"),
        ONE.replace("1", "use <parameter=y>1"),
        ONE.replace("\n<p", "\nnote well\n<p"),
        ONE.replace("</p", "</parameter>\n<parameter=x>\n2\n</p"),
        f"{ONE}\nand so on",
    ],
    ids=["no end", "cut", "marks", "open mark", "words", "named twice", "words behind"],
)
def test_calls_of_qwen_coder_are_read_whole_or_stay_text(said: str) -> None:
    said = f"<tool_call>\n{said}\n</tool_call>"
    step = read_row({"messages": [ASKED, message("assistant", said)]}).steps[1]

    assert (step.text, step.calls) == (said, ())


def test_a_message_that_names_its_call_brings_one_result() -> None:
    told = "<tool_response>\na\n</tool_response>\n<tool_response>\nb\n</tool_response>"
    calls = [call("c1", "ls", {}), call("c2", "pwd", {})]
    found = read_row(
        {
            "messages": [
                message("assistant", "", tool_calls=calls),
                message("tool", told, tool_call_id="c1"),
                message("tool", "<tool_response>\nz\n</tool_response>", tool_call_id="c2"),
            ]
        }
    )

    assert [(r.call_id, r.content) for r in found.steps[0].results] == [("c1", told), ("c2", "z")]


@pytest.mark.parametrize(("next_to", "is_call"), [("user", False), ("assistant", True)])
def test_a_call_is_only_shown_where_a_person_speaks_next(next_to: str, *, is_call: bool) -> None:
    shown = message("assistant", f"Like this:\n\n{CALLED['content']}")
    step = read_row({"messages": [ASKED, shown, message(next_to, "thanks")]}).steps[1]

    assert [one.name for one in step.calls] == (["a"] if is_call else [])
    assert step.text == ("Like this:" if is_call else shown["content"])


@pytest.mark.parametrize("before", [[], [ASKED], [CALLED]])
def test_words_of_a_person_are_no_result(before: list[dict[str, Any]]) -> None:
    between = "</tool_response>\nPlease stop\n<tool_response>\n" if before == [CALLED] else ""
    said = message("user", f"<tool_response>\nwhat?\n{between}\n</tool_response>")
    found = read_row({"messages": [*before, said]})

    assert (found.steps[-1].speaker, found.steps[-1].text) == ("user", said["content"])


def test_marks_that_never_end_are_looked_through_at_once() -> None:
    said = f"<tool_call>{'<function=' * 100_000}"

    assert read_row({"messages": [message("assistant", said)]}).steps[0].text == said
