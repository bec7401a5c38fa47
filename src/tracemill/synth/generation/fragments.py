"""Fragments of real work to start from: what people asked, what failed, what tools returned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.records.datasets.examples import ChatExample, Lineage

_FAILED: Final = re.compile(
    r"\b[1-9]\d* (?:failed|errors?)\b|^FAILED |^Traceback |exit code:? [1-9]|^Error", re.MULTILINE
)
_CHARS: Final = 1_200
_MIN_CHARS: Final = 12
_MOST: Final = 4_000


class Fragment(NamedTuple):
    """A piece of a real example, redacted as that is."""

    text: str
    example_id: str
    lineage: tuple[Lineage, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Inputs that hold it."""
        return tuple(sorted({each.input_id for each in self.lineage}))


def fragments(examples: Iterable[ChatExample]) -> list[Fragment]:
    """Return fragments of real examples, each text once."""
    found: dict[str, Fragment] = {}
    for example in examples:
        for text in _texts(example):
            found.setdefault(text, Fragment(text, example.id, example.lineage))
        if len(found) >= _MOST:
            break
    return list(found.values())


def _texts(example: ChatExample) -> Iterator[str]:
    asked = next((m.content for m in example.messages if m.role == "user"), "")
    failed = next((m.content for m in example.messages if _is_failure(m.role, m.content)), "")
    for name, text in (("A developer asked", asked), ("A tool returned", failed)):
        cut = text.strip()[:_CHARS]
        if len(cut) >= _MIN_CHARS:
            yield f"{name}:\n{cut}"


def _is_failure(role: str, text: str) -> bool:
    return role == "tool" and _FAILED.search(text) is not None
