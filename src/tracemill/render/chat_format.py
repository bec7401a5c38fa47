"""The form in which one model meets messages: template, tokenizer and parser together.

Training, evaluation and serving all take this one object, so that a model sees the same tokens in
each. `ChatFormat.spec` is what is written down beside whatever was made with it;
whoever brings together what was made in different forms raises `FormatMismatchError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from tracemill.base.errors import PolicyError, UnknownNameError, UsageError
from tracemill.base.named_files import is_path, missing
from tracemill.records.datasets.examples import Message
from tracemill.records.datasets.templates import TemplateSpec
from tracemill.render.chat_template import ChatTemplate, UnrenderableError
from tracemill.render.faithful import says_same, shows
from tracemill.render.parse import Parsed, parser_of
from tracemill.render.tokenizer_files import load_model_files, template_in
from tracemill.render.tokens import Tokenizer, TokenRow, encode_rendered, trained_texts

SHIPPED: Final = ("chatml", "compact")
"""Templates that come with the program; `compact` is ours, and takes tools."""


class ChatFormat:
    """Messages to tokens with their mask, and an answer back to a message."""

    def __init__(self, template: ChatTemplate, tokenizer: Tokenizer, parser: str = "") -> None:
        """Bring template and tokenizer together; the parser is told by the template if not named.

        Raises:
            UnknownNameError: there is no such parser.
        """
        self.template = template
        self.tokenizer = tokenizer
        self.parser = parser or _parser_for(template)
        self._parse = parser_of(self.parser)

    @cached_property
    def spec(self) -> TemplateSpec:
        """What decides the form, to be kept beside whatever is made with it."""
        template = self.template
        return TemplateSpec(
            name=template.name,
            template_sha256=template.sha256,
            tokenizer_sha256=self.tokenizer.sha256,
            special_tokens=template.control_tokens,
            bos_token=template.tokens.get("bos_token"),
            eos_token=template.tokens.get("eos_token"),
            stop_tokens=(template.stop,),
            generation_prompt=template.generation_prompt,
            tool_style=template.tool_style,
            parser=self.parser,
            is_extending=template.is_extending,
        )

    def prompt(self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()) -> str:
        """Return the text with which a model is asked for the next message.

        Raises:
            UnrenderableError: the template has no faithful form for the messages.
        """
        return self.template.render(messages, tools, asks=True).text

    def prompt_ids(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()
    ) -> list[int]:
        """Return the tokens with which a model is asked for the next message.

        Raises:
            UnrenderableError: the template has no faithful form for the messages.
        """
        rendered = self.template.render(messages, tools, asks=True)
        return encode_rendered(self.tokenizer, rendered, ()).input_ids

    def rows(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]] = ()
    ) -> Iterator[TokenRow]:
        """Yield the rows that train the trained messages, each of them once.

        That is one row, unless the template rewrites what was said earlier: then one for each
        answer, as it stands when it is the last word.

        Raises:
            UnrenderableError: the template has no faithful form for the messages.
        """
        self._refuse_marks(messages)
        if self.template.is_extending:
            yield self._row(messages, tools, _trained(messages))
            return
        for end, message in enumerate(messages, 1):
            if message.trained:
                last = sum(each.role == "assistant" for each in messages[:end]) - 1
                yield self._row(messages[:end], tools, {last})

    def _row(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        trained: set[int],
    ) -> TokenRow:
        rendered = self.template.render(messages, tools)
        if any(rendered.spans[number] is None for number in trained):
            raise UnrenderableError(
                "answer_not_as_asked",
                f"template {self.template.name!r} writes an answer in another way than it asks "
                "for it",
            )
        row = encode_rendered(self.tokenizer, rendered, trained)
        self._refuse_losses(row, messages, trained)
        return row

    def _refuse_losses(self, row: TokenRow, messages: Sequence[Message], trained: set[int]) -> None:
        """Read back what is trained, and refuse where it is not what was said."""
        answers = [message for message in messages if message.role == "assistant"]
        texts = trained_texts(self.tokenizer, row)
        for number, text in zip(sorted(trained), texts, strict=True):
            said = answers[number]
            is_read = self.parser != "text"
            if not (says_same(self.parse(text), said) if is_read else shows(text, said)):
                raise UnrenderableError(
                    "answer_changed",
                    f"template {self.template.name!r} does not say all of answer {number}",
                )

    def _refuse_marks(self, messages: Sequence[Message]) -> None:
        """Refuse text that would be read back as a call or a thought."""
        if self.parser != "hermes":
            return
        for number, message in enumerate(messages):
            said = message.content if message.trained else ""
            is_thought = said.startswith("<think>") or "</think>" in (message.reasoning or "")
            if "<tool_call>" in said or (message.trained and is_thought):
                raise UnrenderableError(
                    "mark_in_text",
                    f"message {number}: its text holds the mark of a call or thought",
                )

    def parse(self, text: str) -> Parsed:
        """Return what an answer says; the token that ended it may stand behind it."""
        return self._parse(text.removesuffix(self.template.stop))


def _parser_for(template: ChatTemplate) -> str:
    """Return the parser that reads what a template writes, as far as one is known."""
    is_hermes = "<tool_call>" in template.source and "<function=" not in template.source
    begins_with_thought = template.generation_prompt.endswith("<think>\n")
    return "hermes" if is_hermes and not begins_with_thought else "text"


def _trained(messages: Sequence[Message]) -> set[int]:
    """Return the numbers of the trained ones among the assistant messages."""
    answers = [message for message in messages if message.role == "assistant"]
    return {number for number, message in enumerate(answers) if message.trained}


def load_format(template: str, model: Path, parser: str = "") -> ChatFormat:
    """Return the form of `template` with the tokenizer in `model`.

    Args:
        template: one that is shipped, a file, a model's folder, or `model` for the model's own.
        model: a `tokenizer.json`, a model's folder, or a GGUF file.
        parser: how answers are read back; told by the template where it is not named.

    Raises:
        NotFoundError: there is no such file.
        UsageError: one of them cannot be read.
    """
    found = load_model_files(model)
    source = found.template if template == "model" else _source(template)
    if source is None and template == "model":
        raise UsageError(
            f"{str(model)!r}: expected the model's own chat template in chat_template.jinja, "
            "tokenizer_config.json or the GGUF file, found none; name one with --template: "
            f"{' or '.join(sorted(SHIPPED))}, or a file"
        )
    if source is None and is_path(template):
        raise missing(template, "chat template")
    if source is None:
        raise UnknownNameError("chat template", template, SHIPPED)
    name = Path(template).stem if template not in SHIPPED else template
    tokens = {
        n: text for n, text in found.tokenizer.tokens.items() if n in {"bos_token", "eos_token"}
    }
    return ChatFormat(ChatTemplate(name, source, tokens), found.tokenizer, parser)


def shipped_template(name: str) -> str:
    """Return the text of a template that comes with the program, with its `generation` tags."""
    if name not in SHIPPED:
        raise UnknownNameError("chat template", name, SHIPPED)
    return (files(__package__) / "templates" / f"{name}.jinja").read_text(encoding="utf-8")


def _source(template: str) -> str | None:
    if template in SHIPPED:
        return shipped_template(template)
    path = Path(template)
    if path.is_dir():
        return template_in(path)
    return path.read_text(encoding="utf-8") if path.is_file() else None


class FormatMismatchError(PolicyError):
    """Two things were made in different forms, so they do not belong together."""
