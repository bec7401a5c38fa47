"""Rows of tokens: `input_ids` and `labels`, which TRL's trainer takes as they are.

Whoever trains on them needs neither template nor mask of their own, and trains the same tokens as
anybody else. A row that is too long ends behind the last answer that fits; a row in which no answer
fits is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from tracemill.export.trainers.dataset_format import LeftOut, Part, Row
from tracemill.records.datasets.examples import ChatExample, Example
from tracemill.render.chat_format import ChatFormat
from tracemill.render.chat_template import UnrenderableError
from tracemill.render.tokens import cut


class Tokens:
    """One row for each chat example, as a model of one form meets it."""

    name: ClassVar[str] = "tokens"

    def __init__(self, form: ChatFormat, max_length: int | None = None) -> None:
        self._form = form
        self._max_length = max_length

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the rows of an example."""
        if not isinstance(example, ChatExample):
            yield LeftOut(f"no_place_for_{part.kind}")
            return
        try:
            found = list(self._form.rows(example.messages, example.tools))
        except UnrenderableError as error:
            yield LeftOut(error.reason)
            return
        for whole in found:
            row = cut(whole, self._max_length) if self._max_length is not None else whole
            if len(row.input_ids) < len(whole.input_ids):
                yield LeftOut("cut_row" if row.n_trained else "too_long")
            if row.n_trained:
                value = {"input_ids": row.input_ids, "labels": row.labels, "id": example.id}
                yield Row(f"{part.stem}.jsonl", value)

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return the template, so that whoever serves the model has it."""
        template = self._form.template.source.encode()
        return {"chat_template.jinja": template} if rows else {}
