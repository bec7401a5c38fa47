import pytest

from tests.render.formats import call
from tracemill.base.errors import UnknownNameError
from tracemill.records.datasets.examples import Message
from tracemill.render.parse import parse_hermes, parser_of

RUN = '<tool_call>\n{"name": "run", "arguments": {"command": "ls"}}\n</tool_call>'

CALLED = '<tool_call>{"name": "run", "arguments": {"command": %s}}</tool_call>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("done", Message(role="assistant", content="done")),
        (RUN, Message(role="assistant", tool_calls=(call("run", command="ls"),))),
        (
            f"so\n{RUN}",
            Message(role="assistant", content="so", tool_calls=(call("run", command="ls"),)),
        ),
        (
            f"<think>\nhm\n</think>\n\n{RUN}\n{RUN}",
            Message(
                role="assistant",
                reasoning="hm",
                tool_calls=(call("run", command="ls"), call("run", 1, command="ls")),
            ),
        ),
        ("<think>\n\n</think>\n\nso", Message(role="assistant", content="so")),
    ],
)
def test_an_answer_is_read_back(text: str, message: Message) -> None:
    assert parse_hermes(text) == (message, ())


@pytest.mark.parametrize(
    ("text", "malformed"),
    [
        ("<tool_call>\nrun ls\n</tool_call>", "a call that is no JSON"),
        ('<tool_call>\n{"name": "run", "arguments": {}}', "a call without its end"),
        ('<tool_call>\n{"name": "run"}\n</tool_call>', "a call without a name and arguments"),
        (
            '<tool_call>\n{"name": "run", "arguments": "ls"}\n</tool_call>',
            "a call without a name and arguments",
        ),
        (f"{RUN}\nand so on", "text behind a call"),
        (f"<tool_call>{'[' * 100_000}", "a call that is no JSON"),
        (CALLED % ("[" * 100 + "]" * 100), "a call that cannot be written down"),
        (CALLED % r'"\ud800"', "a call that cannot be written down"),
    ],
)
def test_what_looks_like_a_call_and_is_none_is_said(text: str, malformed: str) -> None:
    assert parse_hermes(text).malformed == (malformed,)


def test_an_unknown_parser_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="unknown parser 'xml'; known: hermes, text"):
        parser_of("xml")
