"""An index of symbols, as a language server has one: definitions and references.

Files are parsed by tree-sitter, so that a name in a text or a comment is no reference. A reference
is told by its name alone, as no types are known: what bears the same name is found with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

_LANGUAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    ".py": ("python", "tree_sitter_python", "language"),
    ".rs": ("rust", "tree_sitter_rust", "language"),
    ".ts": ("typescript", "tree_sitter_typescript", "language_typescript"),
    ".go": ("go", "tree_sitter_go", "language"),
}
"""By a file's ending: the language, the package with its grammar, and the grammar's name there."""
_DEFINES: Final[Mapping[str, str]] = {
    "function_definition": "function", "class_definition": "class",  # Python
    "function_item": "function", "struct_item": "class", "enum_item": "class",  # Rust
    "trait_item": "class",
    "function_declaration": "function", "class_declaration": "class",  # TypeScript, Go
    "interface_declaration": "class", "method_definition": "function",
    "method_declaration": "function", "type_spec": "class",
}  # fmt: skip
_NAMES: Final = frozenset(
    {"identifier", "type_identifier", "field_identifier", "property_identifier"}
)
_OWNERS: Final = frozenset({"class_definition", "class_declaration", "impl_item"})
_CALLS: Final = frozenset({"call", "call_expression"})


class Symbol(NamedTuple):
    """A function or class where it is defined."""

    name: str
    owner: str
    """The class that it belongs to; empty where it belongs to none."""
    kind: str
    path: str
    line: int
    last_line: int
    signature: str
    """How it begins, up to its body."""

    @property
    def full_name(self) -> str:
        """Its name with that of its class."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


class Reference(NamedTuple):
    """A place where a name is used."""

    path: str
    line: int
    within: str
    """The function or class in which it stands; empty at the top of a file."""
    kind: str
    """`import`, `call` or `use`."""
    text: str
    """The line."""


class Index(NamedTuple):
    """All symbols of some files."""

    symbols: tuple[Symbol, ...]
    references: Mapping[str, tuple[Reference, ...]]
    """By name."""
    lines: Mapping[str, int]
    """Lines of each file."""
    languages: Mapping[str, int]
    """Files by language."""

    def named(self, name: str) -> list[Symbol]:
        """Return what bears a name, with or without that of its class."""
        return [each for each in self.symbols if name in (each.name, each.full_name)]


@cache
def _parser(ending: str) -> Any:
    from tree_sitter import Language, Parser

    _, package, grammar = _LANGUAGES[ending]
    return Parser(Language(getattr(import_module(package), grammar)()))


def can_index() -> bool:
    """Tell whether the parser and every grammar are installed; without one, indexing is a crash."""
    return all(map(find_spec, ("tree_sitter", *(package for _, package, _ in _LANGUAGES.values()))))


def language_of(path: str) -> str | None:
    """Return the language of a file, by its ending; None where no grammar is known."""
    found = _LANGUAGES.get(Path(path).suffix)
    return found[0] if found else None


def index_files(texts: Mapping[str, bytes]) -> Index:
    """Return the index of files, by path; those in no known language are passed over."""
    symbols: list[Symbol] = []
    references: dict[str, list[Reference]] = {}
    lines: dict[str, int] = {}
    languages: Counter[str] = Counter()
    for path, text in sorted(texts.items()):
        language = language_of(path)
        if language is None:
            continue
        languages[language] += 1
        lines[path] = text.count(b"\n")
        tree = _parser(Path(path).suffix).parse(text)
        own = list(_symbols(tree.root_node, path))
        symbols += own
        rows = text.decode(errors="replace").splitlines()
        for name, reference in _references(tree.root_node, path, own, rows):
            references.setdefault(name, []).append(reference)
    return Index(
        tuple(symbols), {n: tuple(found) for n, found in references.items()}, lines, languages
    )


def _symbols(node: Any, path: str, owner: str = "") -> Iterator[Symbol]:
    for child in node.named_children:
        kind = _DEFINES.get(child.type)
        name = child.child_by_field_name("name")
        if kind is not None and name is not None:
            yield _symbol(child, name, kind, path, owner or _receiver(child))
        yield from _symbols(child, path, _owner(child) or ("" if kind == "function" else owner))


def _owner(node: Any) -> str:
    if node.type not in _OWNERS:
        return ""
    found = node.child_by_field_name("name") or node.child_by_field_name("type")
    return _text(found) if found is not None else ""


def _receiver(node: Any) -> str:
    """Return the type that a method of Go belongs to."""
    receiver = node.child_by_field_name("receiver") if node.type == "method_declaration" else None
    return _text(receiver).strip("()").split()[-1].lstrip("*") if receiver is not None else ""


def _symbol(node: Any, name: Any, kind: str, path: str, owner: str) -> Symbol:
    body = node.child_by_field_name("body")
    begins = node.text[: body.start_byte - node.start_byte] if body is not None else node.text
    signature = " ".join(begins.decode(errors="replace").split()).rstrip(" :{")
    first, last = node.start_point[0] + 1, node.end_point[0] + 1
    return Symbol(_text(name), owner, kind, path, first, last, signature)


def _references(
    root: Any, path: str, own: list[Symbol], rows: list[str]
) -> Iterator[tuple[str, Reference]]:
    for node in _named(root):
        parent = node.parent
        if parent.type in _DEFINES and parent.child_by_field_name("name") == node:
            continue
        line = node.start_point[0] + 1
        within = [each for each in own if each.line <= line <= each.last_line]
        name = within[-1].full_name if within else ""
        yield _text(node), Reference(path, line, name, _use(node), rows[line - 1].strip())


def _named(node: Any) -> Iterator[Any]:
    if node.type in _NAMES:
        yield node
    for child in node.named_children:
        yield from _named(child)


def _use(node: Any) -> str:
    parent = node.parent
    while parent is not None and parent.type in (
        "attribute",
        "member_expression",
        "dotted_name",
        "selector_expression",
        "field_expression",
    ):
        node, parent = parent, parent.parent
    if parent is None:
        return "use"
    if "import" in parent.type or parent.type.startswith("use_"):
        return "import"
    is_called = parent.type in _CALLS and parent.child_by_field_name("function") == node
    return "call" if is_called else "use"


def _text(node: Any) -> str:
    found: bytes = node.text
    return found.decode(errors="replace")
