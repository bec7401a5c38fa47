"""What a scripted model says, and that every door keeps to the seam."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tracemill.base.errors import DataError, NotFoundError, UnknownNameError, UsageError
from tracemill.llm import AskSettings, SubjectConfig, SubjectError, open_subject
from tracemill.llm.scripted import Reply, ScriptedSubject, follow
from tracemill.records.datasets.examples import Message

ASK = AskSettings()


def user(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


def test_reply_that_fits_comes_before_those_in_turn() -> None:
    replies = [Reply(text="first"), Reply(when="file", calls=({"name": "ls", "arguments": {}},))]
    subject = ScriptedSubject("s", follow(replies), "template_1")

    fitting = subject.answer(user("Which files?"), (), ASK)
    in_turn = subject.answer(user("Why?"), (), ASK)

    assert fitting.calls == ({"name": "ls", "arguments": {}},)
    assert (fitting.finish, in_turn.finish) == ("tool_calls", "stop")
    assert in_turn.message == Message(role="assistant", content="first")
    assert in_turn.format == "template_1"
    assert in_turn.n_answer_tokens is None


def test_script_at_its_end_is_an_error_and_no_answer() -> None:
    subject = ScriptedSubject("s", follow([Reply(text="once")]))
    subject.answer(user("a"), (), ASK)

    with pytest.raises(SubjectError, match="at its end"):
        subject.answer(user("b"), (), ASK)


def test_script_is_read_from_a_file_of_replies(tmp_path: Path) -> None:
    script = tmp_path / "polite.jsonl"
    script.write_text('{"when":"thanks","text":"Welcome."}\n\n{"text":"Hello."}\n')

    with open_subject(SubjectConfig(backend="scripted", model=str(script))) as subject:
        said = [subject.answer(user(text), (), ASK).message.content for text in ("hi", "thanks")]

        assert said == ["Hello.", "Welcome."]
        assert subject.name == "polite"


@pytest.mark.parametrize(
    ("backend", "written", "error", "said"),
    [
        ("scripted", None, NotFoundError, "no such file or folder"),
        ("scripted", '{"txt":1}', DataError, "no script of replies"),
        ("telepathy", "", UnknownNameError, "scripted"),
        ("openai", "", UsageError, "expected an endpoint"),
    ],
)
def test_door_that_cannot_be_opened_says_what_it_needs(
    tmp_path: Path, backend: str, written: str | None, error: type[Exception], said: str
) -> None:
    script = tmp_path / "script.jsonl"
    if written is not None:
        script.write_text(written)

    with (
        pytest.raises(error, match=said),
        open_subject(SubjectConfig(backend=backend, model=str(script))),
    ):
        pass


def test_a_door_without_its_packages_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("llm.lookalike", "render.chat_format", "render.chat_template"):
        monkeypatch.delitem(sys.modules, f"tracemill.{name}", raising=False)
    for name in [name for name in sys.modules if name.partition(".")[0] == "jinja2"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)

    with (
        pytest.raises(UsageError, match=r"pip install .*\[llm\]'"),
        open_subject(SubjectConfig(backend="lookalike", model="x")),
    ):
        pass
