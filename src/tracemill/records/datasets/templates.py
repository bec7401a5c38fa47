"""The form in which a model meets messages: template, tokenizer, and how its answers are read.

A model that is trained in one form and asked in another loses most of what it learned, without a
word of warning. So the form has a fingerprint, which every dataset, run and served model carries.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.base.ids import make_id
from tracemill.records.canonical import canonical_json
from tracemill.records.refs import Record

ToolStyle = Literal["none", "signatures", "schemas", "own"]
"""How tools stand in a prompt: not at all, one line each, as JSON Schemas, or in another way."""


class TemplateSpec(Record, frozen=True, kw_only=True):
    """All that decides which tokens a chat becomes, and how an answer is read back."""

    version: Literal[1] = 1
    """Version of this record's shape."""
    name: str
    """What people call the template; not part of the fingerprint."""
    template_sha256: str
    """Hash of the template's text without marks that only training reads."""
    tokenizer_sha256: str
    """Hash of what decides the tokens: vocabulary, merges, added tokens, ids of probes."""
    special_tokens: tuple[str, ...] = ()
    """Texts with a meaning of their own in the template, which no message may hold."""
    bos_token: str | None = None
    """What the template is told to begin with; None where it is told nothing."""
    eos_token: str | None = None
    """What the template is told to end with; None where it is told nothing."""
    stop_tokens: tuple[str, ...] = ()
    """Texts that end an answer; they are trained with it."""
    generation_prompt: str
    """What stands between the last message and the model's answer."""
    tool_style: ToolStyle
    """How the prompt says which tools there are."""
    parser: str
    """Name of the parser that reads an answer back."""
    is_extending: bool
    """Whether later messages leave the text of earlier ones as it is."""

    @property
    def fingerprint(self) -> str:
        """Id of the form: equal where the same messages become the same tokens, both ways."""
        named = msgspec.structs.replace(self, name="")
        return make_id("format", canonical_json(named))
