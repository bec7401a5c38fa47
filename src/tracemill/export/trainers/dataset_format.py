"""The seam for formats of whole datasets: which files a trainer wants, and what stands in them.

A format takes one example at a time and says into which file its rows go. What it has no place for
is left out under a name, never bent into another meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, ClassVar, NamedTuple, Protocol, cast, get_args

from tracemill.records.datasets.examples import ChatExample, Example, Message, Split


class Part(NamedTuple):
    """The examples of one kind and one split, which have files of their own."""

    kind: str
    """What the files of a version are called by: `chat`, `recovery`, `preference` …"""
    split: Split
    """Which part of the dataset it is."""

    @property
    def stem(self) -> str:
        """How files are called, without their endings."""
        return self.split if self.kind == "chat" else f"{self.kind}-{self.split}"

    @classmethod
    def of_file(cls, path: str) -> Part | None:
        """Return the part that a file's name tells of; None where it names no split."""
        kind, _, split = PurePath(path).stem.rpartition("-")
        return cls(kind or "chat", cast("Split", split)) if split in get_args(Split) else None


class Row(NamedTuple):
    """One line of a file."""

    path: str
    """The file."""
    value: Mapping[str, Any]
    """What the line says."""


class LeftOut(NamedTuple):
    """Something that a format has no place for."""

    reason: str
    """Why, by name."""


class DatasetFormat(Protocol):
    """Turns examples into the files of one trainer. Pure: it writes nothing."""

    name: ClassVar[str]
    """As on the command line."""

    def rows(self, part: Part, example: Example) -> Iterator[Row | LeftOut]:
        """Yield the rows of an example, or why it has none."""
        ...

    def beside(self, rows: Mapping[str, int]) -> Mapping[str, bytes]:
        """Return the files that tell a trainer of those with rows, by path."""
        ...


def spoken(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return messages up to the last that is trained; what comes behind teaches nothing."""
    ends = [end for end, message in enumerate(messages, 1) if message.trained]
    return tuple(messages[: ends[-1]]) if ends else ()


def is_all_trained(messages: Sequence[Message]) -> bool:
    """Tell whether whatever the assistant says is trained."""
    return all(message.trained for message in messages if message.role == "assistant")


def decisions(example: ChatExample) -> Iterator[tuple[Message, ...]]:
    """Yield for each trained message all up to it: only the last one is to be learned."""
    for end, message in enumerate(example.messages, 1):
        if message.trained:
            yield example.messages[:end]
