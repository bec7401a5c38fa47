"""Code that does by itself what something else is there for, as the syntax tree gives it.

A call is replaced by what the function returns, so the same rule stands twice; where that was
another class's business, its insides are reached into. A value that has a name is computed where
it is used instead. A function asks for something that it never looks at.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from tracemill.synth.places import Place, places
from tracemill.synth.project import project_files

Row = Mapping[str, Any]
_WIDTH: Final = 104
_NEVER_USED: Final = ("verbose", "strict", "quiet", "debug")
"""Arguments that a function may once have had a use for."""
_EVERY: Final = 3
"""Of so many functions one has such an argument: what is alike should not be most of a part."""
_LOOSE: Final = (ast.BoolOp, ast.BinOp, ast.Compare, ast.IfExp, ast.Lambda, ast.UnaryOp)
"""Expressions that need parentheses in the midst of another."""


class _OneLiner(NamedTuple):
    """A function that returns one expression and does nothing else."""

    place: Place
    value: ast.expr
    arguments: list[str]
    """What it is called with, `self` among them."""


def written_out(place: Place) -> Iterator[Row]:
    """Yield calls that are replaced by what the function does."""
    calls = [node for node in ast.walk(place.node) if isinstance(node, ast.Call)]
    often = Counter(map(_name, calls))
    for call in calls:
        called = _one_liners().get(_name(call))
        is_single = often[_name(call)] == 1 and call.lineno == call.end_lineno
        if is_single and called is not None and called.place.function != place.function:
            yield from _row(place, call, called)


def computed_again(place: Place) -> Iterator[Row]:
    """Yield a value that is computed wherever it is used, instead of once with a name."""
    for one, other in zip(place.node.body, place.node.body[1:], strict=False):
        if not isinstance(one, ast.Assign) or not isinstance(one.value, ast.Call):
            continue
        if one.lineno != one.end_lineno or not isinstance(one.targets[0], ast.Name):
            continue
        name, rest = one.targets[0].id, place.text(other.lineno, place.function.last_line)
        n_uses, bad = len(_uses(name, rest)), _substituted(rest, {name: place.segment(one.value)})
        if n_uses < 2 or _changes(place.node, one) or max(map(len, bad.splitlines())) > _WIDTH:  # noqa: PLR2004
            continue
        caller, callee = place.function.full_name, _name(one.value)
        if callee[:1].isupper():  # each call makes another one
            continue
        times = "twice" if n_uses == 2 else f"{n_uses} times"  # noqa: PLR2004
        yield {
            "part": "dry",
            "path": place.function.path,
            "wish": f"`{caller}` calls `{callee}` {times} with the same arguments",
            "good": f"{place.lines[one.lineno - 1]}\n{rest}",
            "bad": bad,
            "says": f"`{caller}` calls `{callee}` once now and keeps its value as `{name}`",
        }


def _changes(node: ast.FunctionDef, one: ast.Assign) -> bool:
    """Tell whether what a value is made of, or its name, is given another value elsewhere."""
    names = {each.id for each in ast.walk(one) if isinstance(each, ast.Name)}
    stores = [
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]
    return sum(each in names for each in stores) > 1


def never_used(place: Place) -> Iterator[Row]:
    """Yield an argument that nothing looks at."""
    line, name = place.lines[place.node.lineno - 1], place.function.full_name
    extra = _NEVER_USED[place.function.line % len(_NEVER_USED)]
    bad = re.sub(r"\)( -> |:)", rf", {extra}: bool = False)\1", line, count=1)
    is_plain = (
        line.rstrip().endswith(":") and place.node.args.args and not place.node.decorator_list
    )
    if place.node.lineno % _EVERY or "self" in line:
        return
    if is_plain and not place.node.args.kwonlyargs and len(bad) <= _WIDTH and bad != line:
        yield {
            "part": "solid",
            "path": place.function.path,
            "wish": f"`{name}` asks for `{extra}` and never looks at it",
            "good": line,
            "bad": bad,
            "given": extra,
            "says": f"Interface segregation: `{name}` asks for nothing that it does not need; "
            f"`{extra}` is gone",
        }


def _row(place: Place, call: ast.Call, called: _OneLiner) -> Iterator[Row]:
    line = place.lines[call.lineno - 1]
    receiver = [place.segment(call.func.value)] if isinstance(call.func, ast.Attribute) else []
    given = [*receiver, *map(place.segment, call.args)]
    if call.keywords or len(given) != len(called.arguments):
        return
    body = _substituted(called.place.segment(called.value), _closed(called.arguments, given))
    if not _knows(place, called) or "\n" in body:
        return
    if isinstance(called.value, _LOOSE) and not _is_whole(line, call):
        body = f"({body})"
    bad = f"{line[: call.col_offset]}{body}{line[call.end_col_offset :]}"
    if len(bad) <= _WIDTH:
        yield {
            "part": "solid" if _is_of_others(place, called) else "dry",
            "path": place.function.path,
            "good": line,
            "bad": bad,
            **_words(place, called, body),
        }


def _words(place: Place, called: _OneLiner, body: str) -> dict[str, str]:
    caller, callee = place.function.full_name, called.place.function.full_name
    inside = re.search(r"\.(_[a-z]\w*)", body)
    owner = called.place.function.owner
    if not _is_of_others(place, called):
        return {
            "wish": f"`{caller}` writes out what `{callee}` is there for",
            "says": f"What `{callee}` does stood in `{caller}` as well; now `{caller}` calls it",
        }
    if inside is not None:
        return {
            "wish": f"`{caller}` reaches into `{inside[1]}`, which is the business of `{owner}`",
            "says": f"Encapsulation: `{caller}` asks `{callee}` and knows nothing of "
            f"`{inside[1]}` any more",
        }
    return {
        "wish": f"`{caller}` works out by itself what a `{owner}` can tell",
        "says": f"Single responsibility: `{caller}` asks `{callee}`, and how it is worked out "
        f"is the business of `{owner}` alone",
    }


def _is_of_others(place: Place, called: _OneLiner) -> bool:
    owner = called.place.function.owner
    return bool(owner) and place.function.owner != owner


@cache
def _one_liners() -> Mapping[str, _OneLiner]:
    """Return, by name, the functions whose name nothing else bears."""
    found: dict[str, list[_OneLiner | None]] = {}
    for path, text in project_files().items():
        if path.startswith("larder/") and path.endswith(".py"):
            for place in places(path, text):
                found.setdefault(place.function.name, []).append(_one_liner(place))
    return {name: some[0] for name, some in found.items() if len(some) == 1 and some[0]}


def _one_liner(place: Place) -> _OneLiner | None:
    body = [each for each in place.node.body if not _is_docstring(each)]
    last = body[0]
    if len(body) > 1 or not isinstance(last, ast.Return) or last.value is None:
        return None
    if last.lineno != last.end_lineno or place.node.args.kwonlyargs or place.node.args.defaults:
        return None
    return _OneLiner(place, last.value, [each.arg for each in place.node.args.args])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _closed(names: list[str], given: list[str]) -> dict[str, str]:
    """Return what each name stands for, in parentheses where it would fall apart."""
    values = {}
    for name, text in zip(names, given, strict=True):
        is_loose = isinstance(ast.parse(text, mode="eval").body, _LOOSE)
        values[name] = f"({text})" if is_loose else text
    return values


def _substituted(code: str, values: Mapping[str, str]) -> str:
    """Return code with values in the place of names, all at once."""
    names = "|".join(map(re.escape, values))
    return re.sub(rf"(?<![.\w])({names})\b", lambda found: values[found[1]], code)


def _uses(name: str, code: str) -> list[str]:
    return re.findall(rf"(?<![.\w]){name}\b", code)


def _knows(place: Place, called: _OneLiner) -> bool:
    """Tell whether a file has all names that a function uses."""
    used = {node.id for node in ast.walk(called.value) if isinstance(node, ast.Name)}
    bound = {
        node.id
        for node in ast.walk(called.value)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    lambdas = [node for node in ast.walk(called.value) if isinstance(node, ast.Lambda)]
    bound |= {each.arg for node in lambdas for each in node.args.args}
    module = ast.parse("\n".join(place.lines))
    known = {
        alias.asname or alias.name
        for node in module.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    known |= {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    known |= {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return used <= known | bound | set(called.arguments) | set(dir(builtins))


def _is_whole(line: str, call: ast.Call) -> bool:
    """Tell whether a call is all that is returned, given a name, or asked for."""
    before, after = line[: call.col_offset], line[call.end_col_offset :]
    return after in ("", ":") and bool(re.fullmatch(r"\s*(return|if|\w+ =) ", before))
