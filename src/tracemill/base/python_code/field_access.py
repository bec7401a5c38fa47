"""What Python code does with the fields of what its calls return, by its syntax tree.

A variable stands for the result of the call that it was given, or for a part of it, and so does
every name that it is handed on to: another variable, a loop's, a key function's. A part is named by
its way from the result: `errors`, `errors[].line`. The code is read in the order in which it stands
and never run; where it branches, the later assignment holds. What a method returns is followed no
further, but for those that only hand elements on.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from tracemill.base.python_code.conditions import Branching, Condition, branch_calls
from tracemill.base.python_code.iteration_kinds import (
    GROUPING,
    IterationKind,
    Part,
    dotted,
    element,
    hands_pairs,
    limited,
    narrowed,
    narrowed_to,
)
from tracemill.base.python_code.syntax import parse_python

_BUILTINS: Final = frozenset(dir(builtins))
_SAME: Final = frozenset(
    {"enumerate", "sorted", "list", "tuple", "set", "frozenset", "reversed", "iter"}
    | {"asyncio.run"}
)
_ONE: Final = frozenset({"next", "max", "min"})
_SLICING: Final = frozenset({"islice", "itertools.islice"})
_HANDING_ON: Final = _SAME | _ONE | _SLICING | GROUPING | {"filter"}
"""Functions that hand on what they get, or some of it."""
_VIEWS: Final = frozenset({"values", "items", "keys", "copy"})
_MAX_TEST: Final = 200
_MAX_KEY: Final = 100


class Iteration(NamedTuple):
    """A loop over a result or a part of it."""

    call: str
    """Name of the function whose result it is."""
    field: str
    """The way from the result to what is looped over; empty for the result itself."""
    kind: IterationKind
    """Which elements."""
    limit: int | None
    """How many at most, where that stands in the code."""


class FieldAccess(NamedTuple):
    """What one piece of code does with fields."""

    reads: Counter[tuple[str, str]]
    """How often each field of each call's result is read."""
    conditions: tuple[Condition, ...]
    """In the order in which they stand."""
    iterations: tuple[Iteration, ...]
    """In the order in which they stand."""
    functions: frozenset[str]
    """Functions called by a bare name that the code neither makes, imports nor has built in."""
    n_unfollowed: int
    """Fields read of values of which no call is known, as a function's parameters."""
    names: frozenset[str]
    """What all fields that are read are called, whosever they are; no part of a module is one."""


def field_access(code: str) -> FieldAccess | None:
    """Return what code does with fields, or None: it is no Python, or nested too deep."""
    reader, tree = _Reader(), parse_python(code)
    if tree is None:
        return None
    try:
        for statement in tree.body:
            reader.read(statement)
    except (ValueError, RecursionError, MemoryError):
        return None
    return FieldAccess(
        reads=reader.reads,
        conditions=tuple(reader.conditions),
        iterations=tuple(reader.iterations),
        functions=frozenset(reader.functions - reader.made),
        n_unfollowed=reader.n_unfollowed,
        names=frozenset(reader.names),
    )


class _Reader:
    """Reads code once, in order, and holds what each name stands for."""

    def __init__(self) -> None:
        self.reads: Counter[tuple[str, str]] = Counter()
        self.conditions: list[Condition] = []
        self.iterations: list[Iteration] = []
        self.n_unfollowed = 0
        self.names: set[str] = set()
        """Names of fields, of whatever value."""
        self._names: dict[str, Part | None] = {}
        self.made: set[str] = set()
        """Names that are imported, or defined as functions and classes."""
        self.functions: set[str] = set()
        self._asked: list[tuple[str, str]] = []
        """Fields met so far, for the test that is being read."""

    def read(self, node: ast.AST) -> Part | None:
        """Read a node with all within it, and return what it stands for."""
        found: Part | None
        match node:
            case ast.Name(ctx=ast.Load()):
                found = self._name(node.id)
            case ast.Attribute(ctx=ast.Load()):
                found = self._field(node.value, node.attr)
            case ast.Subscript(ctx=ast.Load()):
                found = self._subscript(node)
            case ast.Call():
                found = self._call(node)
            case ast.Await() | ast.Starred():
                found = self.read(node.value)
            case ast.NamedExpr():
                found = self._bind(node.target, self.read(node.value))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                found = self._comprehension(node)
            case ast.BoolOp():
                found = self._either(node.values)
            case ast.IfExp():
                self._condition("if", node)
                found = self._either([node.body, node.orelse])
            case _:
                found = None
                self._statement(node)
        return found

    def _either(self, nodes: Iterable[ast.expr]) -> Part | None:
        return next(filter(None, [self.read(each) for each in nodes]), None)

    def _statement(self, node: ast.AST) -> None:
        match node:
            case ast.Assign():
                self._assign(node.targets, node.value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign([target], value)
            case ast.withitem():
                held = self.read(node.context_expr)
                if node.optional_vars is not None:
                    self._bind(node.optional_vars, held)
            case ast.If() | ast.While():
                self._condition("if" if isinstance(node, ast.If) else "while", node)
                self._all([*node.body, *node.orelse])
            case ast.For() | ast.AsyncFor():
                self._loop(node)
            case ast.Lambda():
                self._function(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node)
            case ast.Import() | ast.ImportFrom():
                self.made.update(
                    (each.asname or each.name).partition(".")[0] for each in node.names
                )
            case _:
                self._all(ast.iter_child_nodes(node))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.made.add(node.name)
        if isinstance(node, ast.ClassDef):
            self._all(node.body)
        else:
            self._function(node)

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.read(node)

    def _name(self, name: str) -> Part | None:
        part = self._names.get(name)
        if part is not None and part.field:
            self._asked.append((part.call, part.field))
        return part

    def _field(self, of: ast.expr, name: str) -> Part | None:
        n_asked = len(self._asked)
        whole = self.read(of)
        if whole is None and self._is_module(of):
            return None
        self.names.add(name)
        if whole is None:
            self.n_unfollowed += 1
            return None
        del self._asked[n_asked:]  # `loc.file` asks for the file, and not for `loc` as well
        field = f"{whole.field}.{name}".lstrip(".")
        self.reads[whole.call, field] += 1
        self._asked.append((whole.call, field))
        return Part(whole.call, field)

    def _is_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.made

    def _subscript(self, node: ast.Subscript) -> Part | None:
        match node.slice:
            case ast.Constant(value=str(name)):
                return self._field(node.value, _key(name))
            case ast.Slice(lower=None | ast.Constant(value=0), step=None, upper=upper):
                whole = self.read(node.value)
                self._all([] if upper is None else [upper])
                return None if whole is None or upper is None else limited(whole, upper)
            case ast.Slice():
                whole = self.read(node.value)
                self.read(node.slice)
                return whole and narrowed_to(whole, "limited")
            case _:
                whole = self.read(node.value)
                self.read(node.slice)
                return whole and element(whole)

    def _call(self, node: ast.Call) -> Part | None:
        name = dotted(node.func)
        if isinstance(node.func, ast.Attribute) and not self._is_free(node.func):
            return self._method(node, node.func)
        if name is None:
            self.read(node.func)
        elif isinstance(node.func, ast.Attribute):
            self._free_method(node, node.func)
        elif name not in _BUILTINS and name not in self._names:
            self.functions.add(name)
        given = [*node.args, *(each.value for each in node.keywords)]
        n_iterations = len(self.iterations)
        parts = [self.read(each) for each in given if not isinstance(each, ast.Lambda)]
        part = next(filter(None, parts), None)
        for each in given:
            if isinstance(each, ast.Lambda):
                self._function(each, part)
        if name in GROUPING:
            self._regroup(part, n_iterations)
        return _result(node, name, part)

    def _regroup(self, part: Part | None, n_before: int) -> None:
        """Note that elements are put together by a key: those of a loop within, or of a part."""
        if len(self.iterations) > n_before:
            self.iterations[-1] = self.iterations[-1]._replace(kind="grouped")
        elif part is not None:
            self._iterate(narrowed_to(part, "grouped"))

    def _method(self, node: ast.Call, method: ast.Attribute) -> Part | None:
        match node.args:
            case [ast.Constant(value=str(name)), *others] if method.attr == "get":
                found = self._field(method.value, _key(name))
                self._all(others)
                return found
            case _:
                whole = self.read(method.value)
                self._all([*node.args, *node.keywords])
                return whole if method.attr in _VIEWS else None

    def _free_method(self, node: ast.Call, method: ast.Attribute) -> None:
        """Note what is read on the way to a method of a value that the code does not make."""
        if self._is_module(method):
            return
        of = method.value
        while isinstance(of, ast.Attribute):
            self.names.add(of.attr)
            of = of.value
        match node.args:
            case [ast.Constant(value=str(name)), *_] if method.attr == "get":
                self.names.add(_key(name))

    def _is_free(self, node: ast.Attribute) -> bool:
        """Tell whether a dotted name is a function of a module or tool and no part of a result."""
        name = dotted(node)
        return name is not None and name.partition(".")[0] not in self._names

    def _assign(self, targets: Iterable[ast.expr], value: ast.expr) -> None:
        for target in targets:
            match target, value:
                case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                    for name, part in zip(names, [self.read(v) for v in values], strict=True):
                        self._bind(name, part)
                    return
        part = self.read(value)
        for target in targets:
            self._bind(target, part)

    def _bind(self, target: ast.AST, part: Part | None) -> Part | None:
        match target:
            case ast.Name():
                self._names[target.id] = part
            case ast.Tuple() | ast.List():
                for each in target.elts:
                    self._bind(each, part and element(part))
            case _:
                self._all(ast.iter_child_nodes(target))
        return part

    def _condition(self, keyword: Literal["if", "while"], node: Branching) -> None:
        outer, self._asked = self._asked, []
        self.read(node.test)
        if self._asked:
            asked, test = tuple(dict.fromkeys(self._asked)), ast.unparse(node.test)[:_MAX_TEST]
            known = _BUILTINS | self._names.keys() | self.made
            chosen = tuple(dict.fromkeys(branch_calls(node, known)))
            self.conditions.append(Condition(keyword, test, asked, chosen))
        outer.extend(self._asked)
        self._asked = outer

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        part = self.read(node.iter)
        self._bind_elements(node.target, node.iter, part)
        if part is not None and not _is_grouping(node.iter):
            self._iterate(narrowed(part, node))
        self._all([*node.body, *node.orelse])

    def _iterate(self, part: Part) -> None:
        self.iterations.append(Iteration(part.call, part.field, part.kind, part.limit))

    def _bind_elements(self, target: ast.expr, source: ast.expr, part: Part | None) -> None:
        """Let a loop's names stand for elements; where pairs are handed out, the second does."""
        one = part and element(part)
        match target, source:
            case ast.Tuple(elts=[index, held]), ast.Call(func=func) if hands_pairs(func):
                self._bind(index, None)
                self._bind(held, one)
            case _:
                self._bind(target, one)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Part | None:
        outer = dict(self._names)
        parts: list[Part | None] = []
        for each in node.generators:
            part = self.read(each.iter)
            self._bind_elements(each.target, each.iter, part)
            if part is not None:
                part = narrowed_to(part, "filtered") if each.ifs else part
                self._iterate(part)
            parts.append(part)
            self._all(each.ifs)
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        found = [self.read(each) for each in made]
        self._names = outer
        whole, made_of = parts[-1], found[-1]
        if whole is None or made_of is None or not made_of.field.endswith("[]"):
            return None
        return whole._replace(call=made_of.call, field=made_of.field.removesuffix("[]"))

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, of: Part | None = None
    ) -> None:
        """Read a function; the first parameter of a key function is an element of `of`."""
        outer = dict(self._names)
        given = node.args
        names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        self._all([*given.defaults, *filter(None, given.kw_defaults)])
        self._names |= dict.fromkeys(names)
        if names and of is not None:
            self._names[names[0]] = element(of)
        self._all([node.body] if isinstance(node, ast.Lambda) else [*node.body])
        self._names = outer


def _result(node: ast.Call, name: str | None, part: Part | None) -> Part | None:
    """Return what a call of a function hands out, given the first part that it gets."""
    if name not in _HANDING_ON:
        return None if name is None or name in _BUILTINS else Part(name, "")
    if part is None or name in _SAME:
        return part
    return element(part) if name in _ONE else _narrowing(node, name, part)


def _narrowing(node: ast.Call, name: str | None, part: Part) -> Part:
    if name in _SLICING:
        return limited(part, node.args[-1]) if node.args else narrowed_to(part, "limited")
    return narrowed_to(part, "grouped" if name in GROUPING else "filtered")


def _key(name: str) -> str:
    """Return a key as it can be written down: half a character becomes a question mark."""
    return name[:_MAX_KEY].encode("utf-8", "replace").decode()


def _is_grouping(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) in GROUPING
