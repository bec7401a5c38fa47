"""What generators are told: one portable file for each category, in the form of an agent's.

A definition is Markdown with front matter. Its text serves twice: as the prompt of a model that is
asked through the llm seam, and, with `rows.md` behind it, as an agent that Claude Code finds under
`.claude/agents/`. Whoever changes a text raises its version; a test holds each version to its text.

To add one: a file here, its name in `NAMES`, and its digest under `tests/synth/definitions/`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from tracemill.base.errors import NotFoundError
from tracemill.base.named_files import expanded, is_path, missing, read_named
from tracemill.records.synth.generators import GeneratorDefinition
from tracemill.synth.definitions.agent_file import read_definition, write_agent

NAMES: Final = (
    "tool-use",
    "powertools",
    "superpowers",
    "agentic",
    "craftsmanship",
    "collaboration",
    "problem-solving",
    "restraint",
)
"""Files of this room, by the category that each fills."""


@cache
def load_definitions() -> tuple[GeneratorDefinition, ...]:
    """Return the definitions that come with the program, in the order of the taxonomy."""
    return tuple(read_definition(_text(name), f"{name}.md") for name in NAMES)


def find_definition(name: str) -> GeneratorDefinition:
    """Return a definition by its name, its category, or the path of a file.

    Raises:
        NotFoundError: there is no such file, or no such name.
        UsageError: the file cannot be read.
        DataError: the file is no agent's definition.
    """
    for each in load_definitions():
        if name in {each.name, each.category}:
            return each
    path = expanded(name)
    if is_path(name) and not path.exists():
        raise missing(path, "definition")
    if path.suffix != ".md":
        known = ", ".join(NAMES)
        raise NotFoundError(
            f"unknown definition {name!r}; known: {known}, or the path of a .md file"
        )
    return read_definition(read_named(path, "definition"), path.name)


def agent_text(definition: GeneratorDefinition) -> str:
    """Return a definition as a file that Claude Code takes for an agent, told how to write rows."""
    rows = _text("rows")
    for mark, value in (
        ("GENERATOR", definition.name),
        ("VERSION", str(definition.version)),
        ("CATEGORY", definition.category or ""),
    ):
        rows = rows.replace(mark, value)
    return write_agent(definition, rows)


def _text(name: str) -> str:
    return (files("tracemill.synth.definitions") / f"{name}.md").read_text("utf-8")


__all__ = ["NAMES", "agent_text", "find_definition", "load_definitions"]
