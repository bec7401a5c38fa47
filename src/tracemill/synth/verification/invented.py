"""Results that cannot be real, by their content and the call.

Each rule is sure rather than complete: a result that it objects to was written and not returned.
What none of them objects to may be invented all the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final

import orjson
import re2

from tracemill.base.python_code.syntax import parse_python
from tracemill.synth.verification.exchanges import Exchange

READERS: Final = frozenset({
    "read", "read_file", "view", "view_file", "open_file", "cat", "get_file",
})  # fmt: skip
SEARCHERS: Final = frozenset({"grep", "search", "search_code", "search_files", "ripgrep", "rg"})
FINDERS: Final = frozenset({"glob", "find_files", "list_files", "file_search"})
SHELLS: Final = frozenset({
    "bash", "shell", "run_command", "execute_bash", "terminal", "run_shell_command", "sh",
})  # fmt: skip
_PLACEHOLDER: Final = re.compile(
    r"\A\s*(?:Result \d+: Success|Success|\.\.\.|…|(?://|#) Content of \S+\s+\d+ lines"
    r"|[\[<({](?:\.\.\. ?)?(?:the )?(?:file |command |tool |full )?"
    r"(?:contents?|output|results?)(?: of [^\])>}]*| here)?(?: ?\.\.\.)?[\])>}])\s*\Z",
    re.IGNORECASE,
)
"""Words that stand where a result should."""
_NONE_FOUND: Final = re.compile(
    r"\A\s*(?:\Z|no (?:files?|match|result|occurrence)|0 |error|not found|\(?none|\[\]|\(?empty"
    r"|permission|grep:|rg:|invalid|unknown|timed? ?out|exit code|E[A-Z]{3,}: )",
    re.IGNORECASE,
)
_HEAD: Final = re.compile(r"(?i)\s*(?:found\b|showing\b|\()")
"""How a line begins that is said about a list, and stands in none."""
_OBJECT: Final = re.compile(r"\s*[A-Z]\w*\(\w+=")
_COUNTED: Final = re.compile(r"\b(\w+?)_count=(\d+)")
_CUT: Final = frozenset({"truncated", "has_more", "limit", "next", "offset", "shown"})
_MARKS: Final = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}


def why_invented(exchange: Exchange) -> str | None:
    """Return why a result cannot be real; None where nothing speaks against it."""
    if exchange.result is None:
        return None
    return next(filter(None, (rule(exchange, exchange.result) for rule in _RULES)), None)


def _placeholder(exchange: Exchange, result: str) -> str | None:
    looks = READERS | SEARCHERS | FINDERS | SHELLS
    if exchange.call.name.lower() in looks and _PLACEHOLDER.match(result):
        return "a result that only stands where one should"
    return None


def _search(exchange: Exchange, result: str) -> str | None:
    wanted = exchange.arguments.get("pattern")
    if exchange.call.name.lower() not in SEARCHERS or not isinstance(wanted, str):
        return None
    if _NONE_FOUND.match(result):
        return None
    match exchange.arguments.get("output_mode"):
        case "content":
            pattern = _compiled(wanted)
            is_wrong = pattern is not None and not pattern.search(result)
            return "a search that shows nothing of what it searched for" if is_wrong else None
        case "files_with_matches":
            is_wrong = not any(map(_is_path, _lines(result)))
            return "a search for files that shows none" if is_wrong else None
        case _:
            return None


@lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def _lines(result: str) -> list[str]:
    return [line for line in result.splitlines() if line.strip() and not _HEAD.match(line)]


def _is_path(line: str) -> bool:
    return ("/" in line or "." in line) and not any(map(str.isspace, line.strip()))


def _found_files(exchange: Exchange, result: str) -> str | None:
    wanted = exchange.arguments.get("pattern", exchange.arguments.get("glob"))
    if exchange.call.name.lower() not in FINDERS or not isinstance(wanted, str):
        return None
    if _NONE_FOUND.match(result) or result.lstrip().startswith(("{", "[")):
        return None
    shapes = [each.rsplit("/", 1)[-1] for each in _alternatives(wanted)]
    for line in filter(_is_path, _lines(result)):
        name = line.strip().rstrip("/").rsplit("/", 1)[-1]
        if not any(fnmatchcase(name, shape) for shape in shapes):
            return "a list of files that its own pattern does not match"
    return None


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield a pattern without braces for each of the choices that they give."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        yield pattern
        return
    for choice in found[1].split(","):
        yield from _alternatives(pattern[: found.start()] + choice + pattern[found.end() :])


def _miscounted(exchange: Exchange, result: str) -> str | None:
    if not _CUT.isdisjoint(exchange.arguments) or len(result) > _LONGEST_COUNTED:
        return None
    for count, listed in (*_counted_json(result), *_counted_objects(result)):
        if count != listed:
            return f"a result that counts {count} where {listed} stand"
    return None


_LONGEST_COUNTED: Final = 20_000


def _counted_json(result: str) -> Iterator[tuple[int, int]]:
    try:
        value = orjson.loads(result)
    except orjson.JSONDecodeError:
        return
    if not isinstance(value, dict) or not _CUT.isdisjoint(value):
        return
    lists = [each for each in value.values() if isinstance(each, list)]
    if len(lists) == 1 and type(value.get("count")) is int:
        yield value["count"], len(lists[0])


def _counted_objects(result: str) -> Iterator[tuple[int, int]]:
    if not _OBJECT.match(result):
        return
    for found in _COUNTED.finditer(result):
        start = result.find(f"{found[1]}s=[")
        if start >= 0:
            yield int(found[2]), _n_items(result, result.index("[", start))


def _n_items(text: str, start: int) -> int:
    """Return how many items stand in the brackets that open at `start`."""
    depth = n_commas = 0
    is_filled = False
    for mark in text[start:]:
        depth += _MARKS.get(mark, 0)
        if depth == 0:
            break
        n_commas += mark == "," and depth == 1
        is_filled = is_filled or (depth > 1 or mark not in "[ ")
    return n_commas + 1 if is_filled else 0


def _never_printed(exchange: Exchange, result: str) -> str | None:
    code = exchange.arguments.get("code")
    if not isinstance(code, str) or not _OBJECT.match(result):
        return None
    printed = _printed(code)
    if printed and not any(map(_may_be_object, printed)):
        return "a result that shows an object which its code never prints"
    return None


@lru_cache(maxsize=256)
def _printed(code: str) -> tuple[ast.expr, ...]:
    """Return what each `print` of some code prints first; none where it does not parse."""
    tree = parse_python(code.strip())
    if tree is None:
        return ()
    return tuple(
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and node.args
    )


def _may_be_object(printed: ast.expr) -> bool:
    """Tell whether what is printed may begin with an object as Python shows it."""
    if isinstance(printed, ast.JoinedStr):
        first = printed.values[0] if printed.values else None
        return isinstance(first, ast.FormattedValue) and not isinstance(first.value, ast.Attribute)
    return not isinstance(printed, ast.Constant | ast.Attribute)


_RULES: Final[tuple[Callable[[Exchange, str], str | None], ...]] = (
    _placeholder, _search, _found_files, _miscounted, _never_printed,
)  # fmt: skip

__all__ = ["FINDERS", "READERS", "SEARCHERS", "SHELLS", "why_invented"]
