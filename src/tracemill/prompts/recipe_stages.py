"""The stages of a recipe, out of its YAML: what each needs, and what it makes.

Only the shape that such files have is read: a list of stages, each with an `id`, and lists of
inputs and deliverables in brackets or one to a line. Whatever has another shape has no stages
that are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.records.process.process_recipes import RecipeStage

_MOST_CHARS: Final = 200_000
_STAGES: Final = re.compile(r"^stages:[ \t]*$", re.MULTILINE)
_NEXT_KEY: Final = re.compile(r"^[A-Za-z_]", re.MULTILINE)
_STAGE: Final = re.compile(
    r"^[ \t]*-[ \t]+id:[ \t]*[\"']?([\w .-]{1,60}?)[\"']?[ \t]*$", re.MULTILINE
)
_FIELD: Final = re.compile(r"^[ \t]+(\w+):[ \t]*", re.MULTILINE)
_QUOTED: Final = re.compile(
    r"\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|([^\s\[\],\"'-][^\[\],\n]{0,200})"
)


def stages_of(text: str) -> tuple[RecipeStage, ...]:
    """Return the stages of a recipe in their order; none where its text names none."""
    found = _STAGES.search(text[:_MOST_CHARS])
    if found is None:
        return ()
    body = text[found.end() : _MOST_CHARS]
    after = _NEXT_KEY.search(body)
    return tuple(_stages(body[: after.start()] if after else body))


def _stages(body: str) -> Iterator[RecipeStage]:
    starts = list(_STAGE.finditer(body))
    ends = [match.start() for match in starts[1:]] + [len(body)]
    for match, end in zip(starts, ends, strict=False):
        fields = dict(_fields(body[match.end() : end]))
        roles = _items(fields.get("role", ""))
        yield RecipeStage(
            name=match[1].strip(),
            role=roles[0] if roles else None,
            inputs=_items(fields.get("inputs", "")),
            deliverables=_items(fields.get("deliverables", "")),
        )


def _fields(block: str) -> Iterator[tuple[str, str]]:
    found = list(_FIELD.finditer(block))
    ends = [match.start() for match in found[1:]] + [len(block)]
    for match, end in zip(found, ends, strict=False):
        yield match[1], block[match.end() : end]


def _items(text: str) -> tuple[str, ...]:
    items = (next(filter(None, match.groups())) for match in _QUOTED.finditer(text))
    return tuple(item.strip() for item in items)
