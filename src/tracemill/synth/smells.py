"""Code that works and could be better: what is written by hand, and what the syntax tree gives.

Each is known as those of the table are: where it stands, how it should read, and how it reads when
the work begins. Whether tests still pass with it is found out by running them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from tracemill.synth.bugs import functions
from tracemill.synth.places import Place, places
from tracemill.synth.project import project_files, read_data
from tracemill.synth.written_out import computed_again, never_used, written_out

Row = Mapping[str, Any]
_LEFT_OVER: Final = ("os", "re", "sys", "math", "itertools", "random", "logging", "time")
"""What may have been imported once."""
_NAMES: Final = ("result", "value", "found", "answer", "output")
"""Names that say nothing of what they name."""


@cache
def smells(part: str) -> tuple[Row, ...]:
    """Return what could be better of one part: what is written first, then what the code gives."""
    written: list[Row] = read_data("smells")["smells"]
    known = {_begins(row) for row in written if row["part"] in ("dry", "solid")}
    made = (row for row in _made() if row["good"] != row["bad"] and _begins(row) not in known)
    return tuple(row for row in (*written, *made) if row["part"] == part)


def _begins(row: Row) -> tuple[str, str, str]:
    """Return where a row stands: two that begin in one line are the same."""
    return row["part"], row["path"], str(row["good"]).partition("\n")[0]


def _made() -> Iterator[Row]:
    for path in sorted({each.path for each in functions()}):
        text = project_files()[path]
        found = [*_left_over(path, text)]
        for place in places(path, text):
            found += [row for rule in _RULES for row in rule(place)]
        yield from (row for row in found if text.count(row["good"]) == 1)


def _left_over(path: str, text: str) -> Iterator[Row]:
    """Yield imports that nothing uses."""
    first = next((row for row in text.splitlines() if row.startswith(("import ", "from "))), None)
    for name in _LEFT_OVER if first is not None else ():
        if f"import {name}\n" not in text:
            yield {
                "part": "clean-code",
                "path": path,
                "wish": f"`{name}` is imported and nothing uses it",
                "good": str(first),
                "bad": f"import {name}\n{first}",
                "says": f"`import {name}` was left over; it is gone",
            }


def _needless_name(place: Place) -> Iterator[Row]:
    """Yield a result that gets a name only to be returned in the next line."""
    last = place.node.body[-1]
    if not isinstance(last, ast.Return) or last.value is None or last.lineno != last.end_lineno:
        return
    if isinstance(last.value, ast.Name | ast.Constant):
        return
    line, name = place.text(last.lineno, last.lineno), place.function.full_name
    indent, value = line[: last.col_offset], ast.unparse(last.value)
    if line != f"{indent}return {value}":
        return
    told = _NAMES[place.function.line % len(_NAMES)]
    if told in place.text(place.node.lineno, last.lineno):
        return
    yield {
        "part": "refactoring",
        "path": place.function.path,
        "wish": f"`{name}` calls its value `{told}` only to return it in the next line",
        "good": line,
        "bad": f"{indent}{told} = {value}\n{indent}return {told}",
        "says": f"`{name}` returns its value right away; the name `{told}` said nothing about it",
    }


def _spelled_out(place: Place) -> Iterator[Row]:
    """Yield a condition that is spelled out as true and false."""
    last, returns = place.node.body[-1], place.node.returns
    is_one = isinstance(last, ast.Return) and last.lineno == last.end_lineno
    if not is_one or not isinstance(returns, ast.Name) or returns.id != "bool":
        return
    line, name = place.text(last.lineno, last.lineno), place.function.full_name
    indent = line[: last.col_offset]
    condition, _, comment = line.removeprefix(f"{indent}return ").partition("  #")
    noted = f"  #{comment}" if comment else ""
    yield {
        "part": "clean-code",
        "path": place.function.path,
        "wish": f"`{name}` spells out true and false, although its condition is the answer",
        "good": line,
        "bad": f"{indent}if {condition}:{noted}\n{indent}    return True\n{indent}return False",
        "says": f"`{name}` returns its condition itself; the branches are gone",
    }


def _else_after_return(place: Place) -> Iterator[Row]:
    """Yield an `else` behind a branch that has returned."""
    for one, other in zip(place.node.body, place.node.body[1:], strict=False):
        if not isinstance(one, ast.If) or one.orelse or not isinstance(one.body[-1], ast.Return):
            continue
        if not isinstance(other, ast.Return) or other.lineno != other.end_lineno:
            continue
        branch = place.text(one.lineno, one.end_lineno or one.lineno)
        line = place.text(other.lineno, other.lineno)
        indent, name = line[: other.col_offset], place.function.full_name
        if other.lineno == (one.end_lineno or 0) + 1:
            yield {
                "part": "refactoring",
                "path": place.function.path,
                "wish": f"`{name}` has an `else` behind a branch that has returned already",
                "good": f"{branch}\n{line}",
                "bad": f"{branch}\n{indent}else:\n    {line}",
                "says": f"In `{name}` the `else` said nothing, as the branch before it returns; "
                "it is gone, with one level of indentation",
            }


_RULES: Final[tuple[Callable[[Place], Iterator[Row]], ...]] = (
    _needless_name,
    _spelled_out,
    _else_after_return,
    written_out,
    computed_again,
    never_used,
)
