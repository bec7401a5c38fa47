"""Definitions of agents: Markdown with front matter, as Claude Code reads `.claude/agents/`.

Front matter is flat: a key, a colon, a value on the same line, or a list below it. Of YAML's other
forms none is taken, so that a file means the same to whoever reads it. Claude Code passes over
fields that it does not know, which makes a typing error silent; here it is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tracemill.base.errors import DataError
from tracemill.base.ids import digest
from tracemill.records.synth.generators import GeneratorDefinition

_FRONT: Final = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*\n(.*)\Z", re.DOTALL)
_FIELD: Final = re.compile(r"([A-Za-z]\w*):(?:[ \t]+(.*\S))?[ \t]*")
_ITEM: Final = re.compile(r"[ \t]*-[ \t]+(.*\S)[ \t]*")
_NOT_PLAIN: Final = re.compile(r"[\[{&*!|>%@`\"'#]|[?-] |.*(?:: |:\Z| #)")
"""A value that YAML would read as something else than its words."""
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOOL: Final = re.compile(r"(?:[A-Z][A-Za-z]*|mcp__[\w-]+)(?:\([^()]*\))?")
_MODEL: Final = re.compile(r"inherit|sonnet|opus|haiku|claude-[a-z0-9.-]+")
_MARK: Final = re.compile(r"\A\s*<!-- tracemill: category (\S+), version ([1-9][0-9]*) -->\n+")
_ROWS: Final = "\n<!-- tracemill: what every generator is told -->\n\n"
_OURS: Final = frozenset({"category", "version"})
Value = str | tuple[str, ...]


def _is_one_of(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


_FIELDS: Final[Mapping[str, Callable[[str], bool] | None]] = {
    "name": lambda value: _NAME.fullmatch(value) is not None,
    "description": lambda value: bool(value.strip()),
    "tools": lambda value: _TOOL.fullmatch(value) is not None,
    "disallowedTools": lambda value: _TOOL.fullmatch(value) is not None,
    "model": lambda value: _MODEL.fullmatch(value) is not None,
    "permissionMode": _is_one_of(
        "default", "acceptEdits", "auto", "dontAsk", "bypassPermissions", "plan"
    ),
    "maxTurns": lambda value: value.isdecimal() and value != "0",
    "memory": _is_one_of("user", "project", "local"),
    "background": _is_one_of("true", "false"),
    "isolation": _is_one_of("worktree"),
    "effort": _is_one_of("low", "medium", "high", "xhigh", "max"),
    "color": _is_one_of(
        "red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan"
    ),
    "skills": None,
    "initialPrompt": None,
}  # fmt: skip
"""Fields of Claude Code, with what tells whether a value fits; None where any does."""
_LISTS: Final = frozenset({"tools", "disallowedTools", "skills"})
_REQUIRED: Final = ("name", "description")


def front_matter(text: str, where: str) -> tuple[dict[str, Value], str]:
    """Return the fields and the body of a file.

    Raises:
        DataError: it has no front matter, or one that YAML reads otherwise.
    """
    found = _FRONT.match(text.replace("\r\n", "\n"))
    if found is None:
        raise DataError(f"{where}: expected front matter between two lines of ---, found none")
    fields: dict[str, Value] = {}
    last = ""
    for number, line in enumerate(found[1].split("\n"), 2):
        if item := _ITEM.fullmatch(line):
            held = fields.get(last, ())
            if last and (held == "" or isinstance(held, tuple)):
                fields[last] = (*(held or ()), _plain(item[1], where, number))
                continue
        field = _FIELD.fullmatch(line)
        if field is None or field[1] in fields:
            raise DataError(f"{where}:{number}: expected a new field, as `name: value`")
        last = field[1]
        fields[last] = _plain(field[2] or "", where, number)
    return fields, found[2].strip("\n") + "\n"


def _plain(value: str, where: str, number: int) -> str:
    quoted = re.fullmatch(r"\"([^\"\\]*)\"|'([^']*)'", value)
    if quoted is not None:
        return quoted[1] if quoted[1] is not None else quoted[2]
    if _NOT_PLAIN.match(value):
        raise DataError(f"{where}:{number}: expected plain words or quoted ones, found other YAML")
    return value


def faults(fields: Mapping[str, Value]) -> Iterator[str]:
    """Yield what keeps Claude Code from taking fields as they are meant."""
    for name in _REQUIRED:
        if name not in fields:
            yield f"expected the field {name!r}, found none"
    for name, value in fields.items():
        if name not in _FIELDS:
            yield f"unknown field {name!r}; known: {', '.join(_FIELDS)}"
            continue
        fits = _FIELDS[name]
        for each in _listed(value) if name in _LISTS else (value,):
            if not isinstance(each, str) or (fits is not None and not fits(each)):
                yield f"field {name!r}: {each!r} is none that it takes"


def _listed(value: Value) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(part.strip() for part in parts if part.strip())


def read_definition(text: str, where: str) -> GeneratorDefinition:
    """Return the definition in a file: one of ours, one that we wrote for an agent, or any agent's.

    Raises:
        DataError: it is no definition of an agent.
    """
    fields, body = front_matter(text, where)
    ours = {name: str(fields[name]) for name in fields.keys() & _OURS}
    fields = {name: value for name, value in fields.items() if name not in _OURS}
    if found := next(faults(fields), None):
        raise DataError(f"{where}: {found}")
    if marked := _MARK.match(body):
        ours = {"category": marked[1], "version": marked[2]}
        body = body[marked.end() :].partition(_ROWS)[0]
    version = ours.get("version", "1")
    if not version.isdecimal() or version == "0":
        raise DataError(f"{where}: expected a version from 1, found {version!r}")
    return GeneratorDefinition(
        name=str(fields["name"]),
        description=str(fields["description"]),
        category=ours.get("category"),
        version=int(version),
        tools=_listed(fields.get("tools", ())),
        model=str(fields["model"]) if "model" in fields else None,
        body=body,
        digest=digest(body.encode()),
    )


def write_agent(definition: GeneratorDefinition, more: str = "") -> str:
    """Return a definition as a file of an agent; what is ours stands in a comment."""
    fields = {"name": definition.name, "description": definition.description}
    if definition.tools:
        fields["tools"] = ", ".join(definition.tools)
    if definition.model is not None:
        fields["model"] = definition.model
    head = "".join(f"{name}: {_written(value)}\n" for name, value in fields.items())
    mark = (
        f"<!-- tracemill: category {definition.category}, version {definition.version} -->\n\n"
        if definition.category is not None
        else ""
    )
    rest = f"{_ROWS}{more}" if more else ""
    return f"---\n{head}---\n\n{mark}{definition.body}{rest}"


def _written(value: str) -> str:
    if not _NOT_PLAIN.match(value):
        return value
    return f'"{value}"' if '"' not in value and "\\" not in value else "'" + value + "'"
