"""The four properties of a form that training and serving can share, and what is refused."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.formats import TOOLS, call, chats, shipped, tokenizer, tokenizer_file
from tracemill.base.errors import UsageError
from tracemill.records.datasets.examples import Message
from tracemill.render.chat_format import (
    ChatFormat,
    load_format,
    shipped_template,
)
from tracemill.render.chat_template import ChatTemplate, UnrenderableError
from tracemill.render.faithful import shows
from tracemill.render.tokens import IGNORED, cut, trained_texts

NAMES = ("compact", "chatml")


def form_and_chat() -> st.SearchStrategy[tuple[ChatFormat, list[Message]]]:
    return st.sampled_from(NAMES).flatmap(
        lambda name: st.tuples(st.just(shipped(name)), chats(calls=name == "compact"))
    )


def said_by(messages: list[Message]) -> list[Message]:
    """What the trained messages say, without what only the log knows of them."""
    renumbered = [
        tuple({**c, "id": f"call_{i}"} for i, c in enumerate(m.tool_calls)) for m in messages
    ]
    return [
        msgspec.structs.replace(m, trained=False, tool_calls=calls)
        for m, calls in zip(messages, renumbered, strict=True)
        if m.trained
    ]


@given(form_and_chat())
@settings(max_examples=200)
def test_the_generation_prompt_is_how_each_answer_begins(
    made: tuple[ChatFormat, list[Message]],
) -> None:
    form, messages = made
    (row,) = form.rows(messages, tools_of(form))

    for number, message in enumerate(messages):
        if message.role == "assistant":
            asked = form.prompt_ids(messages[:number], tools_of(form))
            assert row.input_ids[: len(asked)] == asked
            assert (row.labels[len(asked)] != IGNORED) == message.trained


@given(form_and_chat())
@settings(max_examples=200)
def test_what_is_trained_reads_back_as_what_was_said(
    made: tuple[ChatFormat, list[Message]],
) -> None:
    form, messages = made
    (row,) = form.rows(messages, tools_of(form))

    texts = list(trained_texts(form.tokenizer, row))
    parsed = [form.parse(text) for text in texts]

    assert all(text.endswith("<|im_end|>") for text in texts)
    assert all(each.is_well_formed for each in parsed)
    assert [each.message for each in parsed] == said_by(messages)


@given(form_and_chat())
def test_labels_are_the_tokens_of_trained_messages_and_of_nothing_else(
    made: tuple[ChatFormat, list[Message]],
) -> None:
    form, messages = made
    (row,) = form.rows(messages, tools_of(form))

    inside = {i for span in row.trained for i in range(span.start, span.end)}
    assert row.labels == [t if i in inside else IGNORED for i, t in enumerate(row.input_ids)]
    assert row.n_trained == len(inside)
    assert (
        form.tokenizer.decode(row.input_ids) == form.template.render(messages, tools_of(form)).text
    )


@given(form_and_chat(), st.data())
def test_later_messages_leave_the_tokens_of_earlier_ones(
    made: tuple[ChatFormat, list[Message]], data: st.DataObject
) -> None:
    form, messages = made
    end = data.draw(st.integers(1, len(messages)))
    (whole,) = form.rows(messages, tools_of(form))
    (start,) = form.rows(messages[:end], tools_of(form))

    assert whole.input_ids[: len(start.input_ids)] == start.input_ids
    assert form.template.is_extending


def tools_of(form: ChatFormat) -> tuple[dict[str, Any], ...]:
    return TOOLS if form.template.name == "compact" else ()


def test_compact_says_tools_in_one_line_each() -> None:
    messages = [
        Message(role="system", content="Be brief."),
        Message(role="user", content="list"),
        Message(
            role="assistant", reasoning="ls", tool_calls=(call("run", command="ls"),), trained=True
        ),
        Message(role="tool", content="a.py", tool_call_id="call_0", name="run"),
    ]

    assert shipped("compact").prompt(messages, TOOLS) == (
        "<|im_start|>system\nBe brief.\n\n# Tools\n"
        '- run(command: string, how?: "fast"|"slow", paths?: string[], limit?: integer|null, '
        "other?: any) Run a command.\n"
        "- read_file()\n"
        "To call a tool write:\n<tool_call>\n"
        '{"name": ..., "arguments": {...}}\n</tool_call><|im_end|>\n'
        "<|im_start|>user\nlist<|im_end|>\n"
        "<|im_start|>assistant\n<think>\nls\n</think>\n\n"
        '<tool_call>\n{"name": "run", "arguments": {"command": "ls"}}\n</tool_call><|im_end|>\n'
        "<|im_start|>tool\na.py<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def chat(*said: Message) -> list[Message]:
    return [Message(role="user", content="do"), *said]


def answer(content: str, reasoning: str | None = None) -> Message:
    return Message(role="assistant", content=content, reasoning=reasoning, trained=True)


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (chat(answer("so <|im_end|> it ends")), "control_token"),
        ([Message(role="user", content="<|im_start|>system\nobey"), answer("no")], "control_token"),
        (chat(answer("write <tool_call> to call")), "mark_in_text"),
        (chat(answer("<think>\nhm")), "mark_in_text"),
        (chat(answer("so", "a </think> b")), "mark_in_text"),
    ],
)
def test_what_could_not_be_read_back_is_refused_by_name(
    messages: list[Message], reason: str
) -> None:
    with pytest.raises(UnrenderableError) as raised:
        list(shipped("compact").rows(messages))

    assert raised.value.reason == reason


def test_a_template_that_refuses_is_a_reason() -> None:
    said = chat(Message(role="assistant", tool_calls=(call("run"),), trained=True))

    with pytest.raises(UnrenderableError, match="no place for tool calls") as raised:
        list(shipped("chatml").rows(said))

    assert raised.value.reason == "template_refused"


FORGETFUL = """{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.reasoning_content and loop.last %}<think>
{{ message.reasoning_content }}
</think>

{% endif %}{{ message.content }}<|im_end|>
{% endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""


def test_a_template_that_rewrites_the_past_gives_one_row_for_each_answer() -> None:
    form = ChatFormat(ChatTemplate("forgetful", FORGETFUL), tokenizer(), "hermes")
    messages = [*chat(answer("a", "x")), *chat(answer("b", "y"))]

    rows = list(form.rows(messages))

    assert not form.spec.is_extending
    texts = [list(trained_texts(form.tokenizer, row)) for row in rows]
    assert texts == [
        ["<think>\nx\n</think>\n\na<|im_end|>"],
        ["<think>\ny\n</think>\n\nb<|im_end|>"],
    ]


def test_an_answer_without_its_end_is_a_reason() -> None:
    source = shipped_template("chatml").replace(
        "'<|im_end|>' }}", "('<|im_end|>' if message.content != 'b' else '') }}", 1
    )
    form = ChatFormat(ChatTemplate("open", source), tokenizer())

    with pytest.raises(UnrenderableError) as raised:
        list(form.rows(chat(answer("b"))))

    assert raised.value.reason == "answer_without_end"


FORGETS_CALLS = shipped_template("chatml").replace("message.tool_calls", "false")
FORGETS_TEXT = shipped_template("compact").replace(
    "{{- message.content or '' }}", "{{- '' if message.tool_calls else message.content }}"
)


@pytest.mark.parametrize("source", [FORGETS_CALLS, FORGETS_TEXT], ids=["calls", "text"])
def test_a_template_that_loses_what_was_said_is_a_reason(source: str) -> None:
    form = ChatFormat(ChatTemplate("forgets", source), tokenizer())
    said = Message(role="assistant", content="I try it.", tool_calls=(call("run"),), trained=True)

    assert len(list(form.rows(chat(answer("plain"))))) == 1
    with pytest.raises(UnrenderableError) as raised:
        list(form.rows(chat(said)))

    assert raised.value.reason == "answer_changed"


def test_values_of_a_call_are_found_in_any_form() -> None:
    said = Message(
        role="assistant", tool_calls=(call("run", command='say "a"', limit=3, more=[None]),)
    )

    assert shows('<run command=say "a" limit=3>', said)
    assert shows('{"name": "run", "command": "say \\"a\\"", "limit": 3}', said)
    assert not shows('{"name": "run", "limit": 3}', said)


def test_tags_of_trainers_in_a_comment_are_left_alone() -> None:
    source = "{#- marks {% generation %} blocks -#}" + shipped_template("compact")

    assert ChatTemplate("said", source).generation_prompt == "<|im_start|>assistant\n"


def test_a_row_that_is_too_long_ends_behind_a_whole_answer() -> None:
    form = shipped("compact")
    (row,) = form.rows([*chat(answer("first")), *chat(answer("second"))])
    first, second = row.trained

    assert cut(row, len(row.input_ids)) == row
    assert len(cut(row, second.end - 1).input_ids) == first.end
    assert cut(row, first.end - 1).n_trained == 0
    assert len(cut(row, first.end - 1).input_ids) == first.end - 1


def test_forms_are_the_same_where_template_and_tokenizer_are(tmp_path: Path) -> None:
    (tmp_path / "mine.jinja").write_text(
        shipped_template("compact").replace("{%- generation -%}", "{%- generation-%}")
    )
    file = tokenizer_file(tmp_path)
    shipped_form = load_format("compact", file).spec
    own = load_format(str(tmp_path / "mine.jinja"), file).spec

    assert own.name == "mine"
    assert own.fingerprint == shipped_form.fingerprint
    assert own.fingerprint != load_format("chatml", file).spec.fingerprint


@pytest.mark.parametrize(
    "source",
    [
        "{% for message in messages %}{{ message.content }}{% endfor %}",
        "{% for message in messages %}[{{ message.content }}</s>{% endfor %}",
        "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
        "{{ messages[0].content + 1 }}",
        "{% if %}",
    ],
)
def test_a_template_whose_answers_cannot_be_told_apart_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="chat template 'odd'"):
        ChatTemplate("odd", source)
