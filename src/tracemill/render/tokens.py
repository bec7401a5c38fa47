"""Text to tokens, and which of them carry loss.

A row is encoded part by part: what the assistant says is a part of its own, so that no token lies
across its edges. The tokens before it are then exactly those that a model is asked with, and those
in it exactly what it is to write, its end included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from tracemill.render.chat_template import Rendered, Span

IGNORED: Final = -100
"""Label of a token that carries no loss, as torch has it."""


class Tokenizer(Protocol):
    """Text to ids and back; special tokens in the text are read as such."""

    @property
    def sha256(self) -> str:
        """Hash of what decides the tokens."""
        ...

    def encode(self, text: str) -> list[int]:
        """Return the ids of `text`, with nothing put before or behind."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of `ids`, special tokens included."""
        ...


class TokenRow(NamedTuple):
    """One row as a trainer takes it without looking into it."""

    input_ids: list[int]
    """The tokens."""
    labels: list[int]
    """The tokens again where they carry loss, else `IGNORED`."""
    trained: tuple[Span, ...]
    """Where the tokens of each trained message stand."""

    @property
    def n_trained(self) -> int:
        """How many tokens carry loss."""
        return sum(span.end - span.start for span in self.trained)


def encode_rendered(tokenizer: Tokenizer, rendered: Rendered, trained: Collection[int]) -> TokenRow:
    """Return the tokens of a text; the answers whose numbers are in `trained` carry loss."""
    ids: list[int] = []
    labels: list[int] = []
    spans: list[Span] = []
    for text, answer in _parts(rendered):
        found = tokenizer.encode(text)
        if answer in trained:
            spans.append(Span(len(ids), len(ids) + len(found)))
        labels += found if answer in trained else [IGNORED] * len(found)
        ids += found
    return TokenRow(ids, labels, tuple(spans))


def _parts(rendered: Rendered) -> Iterator[tuple[str, int | None]]:
    """Yield the parts of a text, each with the number of the answer that it is."""
    position = 0
    for number, span in enumerate(rendered.spans):
        if span is not None:
            yield rendered.text[position : span.start], None
            yield rendered.text[span.start : span.end], number
            position = span.end
    if position < len(rendered.text):
        yield rendered.text[position:], None


def cut(row: TokenRow, max_length: int) -> TokenRow:
    """Return a row of at most `max_length` tokens that ends behind the last whole trained message.

    A row that fits is left as it is. Nobody is taught to stop in the middle of a call, so what is
    left of a row may hold no trained message at all.
    """
    if len(row.input_ids) <= max_length:
        return row
    trained = tuple(span for span in row.trained if span.end <= max_length)
    end = trained[-1].end if trained else max_length
    return TokenRow(row.input_ids[:end], row.labels[:end], trained)


def trained_texts(tokenizer: Tokenizer, row: TokenRow) -> Iterable[str]:
    """Yield the text of each trained message, as its tokens say it."""
    for span in row.trained:
        yield tokenizer.decode(row.input_ids[span.start : span.end])
