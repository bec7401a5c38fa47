"""Who makes examples up: definitions that an agent or a model follows, and what came of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tracemill.records.refs import Count, Record
from tracemill.records.synth.verification import Standing


class GeneratorDefinition(Record, frozen=True, kw_only=True):
    """What a generator is told, in the form of an agent's definition."""

    name: str
    """What it is called, among agents too."""
    description: str
    """When to use it."""
    category: str | None = None
    """The category of the taxonomy that it fills; None where the file does not say."""
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Raised whenever the text changes."""
    tools: tuple[str, ...] = ()
    """Tools that an agent needs for it; none for all that there are."""
    model: str | None = None
    """The model that an agent is to use; None for the agent's own choice."""
    body: str
    """What it is told, as Markdown."""
    digest: str
    """Hash of what it is told, by which rows say which text they were made by."""


class GeneratorList(Record, frozen=True, kw_only=True):
    """Every definition that comes with the program."""

    definitions: tuple[GeneratorDefinition, ...]
    """In the order of the taxonomy."""


class ExportedGenerators(Record, frozen=True, kw_only=True):
    """Definitions that were written for an agent to find."""

    folder: str
    """Where they lie."""
    written: tuple[str, ...]
    """Files that were written."""
    same: Count = 0
    """Files that were there already, word for word."""


class ImportedRows(Record, frozen=True, kw_only=True):
    """What came of rows that were made outside."""

    files: tuple[str, ...]
    """Files that were read."""
    n_rows: Count
    """Lines that were looked at."""
    n_kept: Count
    """Rows that are kept, marked as made up."""
    n_there: Count = 0
    """Rows that were there already."""
    standings: dict[Standing, Count] = msgspec.field(default_factory=dict)
    """Rows by what the ladder says of them; rejected ones are not kept."""
    rejected: dict[str, Count] = msgspec.field(default_factory=dict)
    """Why rows were rejected: the first check that objected to each."""
    categories: dict[str, Count] = msgspec.field(default_factory=dict)
    """Rows that are kept, by category."""
    redacted: dict[str, Count] = msgspec.field(default_factory=dict)
    """What was redacted in them, by rule."""
    kept_in: str | None = None
    """The file that holds them; None where none is kept."""
