"""Checks of calls and results: whether they can be read, carried out, and believed."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from textwrap import dedent
from typing import Any, Final

from tracemill.base.python_code.syntax import parse_python
from tracemill.curate.checks.answers import calls_of
from tracemill.curate.checks.protocol import Checked, Objection, at_most, failing, share
from tracemill.curate.checks.wording import asked
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.audits import CheckResult, TrainingRow, WrittenCall
from tracemill.records.datasets.examples import Message
from tracemill.render.tool_names import knows_symbols, searches_text

_CODE_ARGUMENTS: Final = ("code", "python")
_CODE_FENCE: Final = re.compile(r"```(?:python|py)\s*\n(.*?)```", re.DOTALL)
_MAGIC: Final = re.compile(r"^([ \t]*)[%!][^\n]*", re.MULTILINE)
"""Lines of notebooks that are no Python and run all the same."""
_PART: Final = re.compile(
    r"\A\s*(?:elif|else|except|finally|case)\b|[(,]\s*\.\.\.\s*[,)]"
    r"|^(?:<{7}|>{7}|={7}|[-+@]{2} )|^\s*\.\.\.\s*$",
    re.MULTILINE,
)
_LITERAL_NEWLINE: Final = re.compile(r"\\n")
_PROGRAMS: Final = ("git", "grep", "python", "pytest", "ruff", "npm", "pip", "cargo", "docker")
_TWICE: Final = tuple(f"{program} {program}" for program in _PROGRAMS)
"""Texts of which one stands wherever a program is named twice; most texts hold none."""
_DOUBLED: Final = re.compile(rf"\b({'|'.join(_PROGRAMS)}) \1\b")
_SEARCH: Final = re.compile(
    r"\b(?:grep|rg|ag|findstr)\b[^|;&]{0,1000}?\s(['\"]?)([A-Za-z_]\w{2,})\1(?=\s|['\"]|\Z)"
)
_MAY_SEARCH: Final = re.compile(r"(?:grep|rg|ag|findstr)\b")
"""Finds something wherever `_SEARCH` does, and much sooner than that."""
_PATTERN_KEYS: Final = ("pattern", "query", "regex")
_SEARCHED: Final = re.compile(
    r"\b(?:grep|rg|ag|findstr)\b[^|;&]{0,200}?\s(?:(['\"])(.{1,120}?)\1|([A-Za-z_][\w.]{2,})(?=\s|\Z))"
)
_SYMBOL: Final = re.compile(
    r"(?:async def|def|class|fn|func|function|struct|enum|trait|impl|interface|type|const|let|var)"
    r" \(?[A-Za-z_]\w*|[a-z]\w*_\w+|[A-Za-z]\w*[a-z][A-Z]\w*|[A-Za-z_]\w+(?:\.\w+)+"
)
_MIN_REQUESTS: Final = 5
"""Different requests answered by one search, from which on the search is a template."""
_WORD: Final = re.compile(r"\w+")
_NONE: Final = re.compile(r"None\b")
_REPR: Final = re.compile(
    r"(?:\s|<tool_response>|Tool result:|[\[({'\"]|\w+=)*[A-Za-z_][\w.]*\(\w+="
)
"""How a result begins that Python wrote of an object."""
_MIN_FIELDS: Final = 5
_RESPONSE: Final = re.compile(r"\s*<tool_response>|\s*Tool result:")


def unreadable_calls(checked: Checked) -> Iterator[Objection]:
    """Yield rows with a call that names no tool, or whose arguments are no object."""
    for row in checked.rows:
        for call in calls_of(row):
            if not call.name or call.arguments is None:
                yield row, "a call without a name" if not call.name else "arguments are no object"
                break


def undeclared_calls(checked: Checked) -> Iterator[Objection]:
    """Yield rows that call a tool they do not declare, or leave out what it requires."""
    for row in declaring_tools(checked):
        declared = {name: _Declared(schema) for name, schema in _schemas(row)}
        why = next(filter(None, (_misfit(call, declared) for call in calls_of(row))), None)
        if why:
            yield row, why


def declaring_tools(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that declare tools."""
    return [row for row in checked.rows if row.tools]


def _schemas(row: TrainingRow) -> Iterator[tuple[str, dict[str, Any]]]:
    for tool in row.tools:
        function = tool.get("function", tool)
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            parameters = function.get("parameters")
            yield function["name"], parameters if isinstance(parameters, dict) else {}


class _Declared:
    """A tool as a row declares it, to which each call of it is held."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    @cached_property
    def validator(self) -> Any:
        """What validates arguments; None where nothing can."""
        return _validator(canonical_json(self.schema))


def _misfit(call: WrittenCall, declared: Mapping[str, _Declared]) -> str | None:
    if call.name not in declared:
        return "a call of a tool that is not declared"
    schema, given = declared[call.name].schema, set(call.arguments or ())
    if missing := set(schema.get("required") or ()) - given:
        return f"{len(missing)} required arguments are missing"
    known = schema.get("properties")
    is_closed = isinstance(known, dict) and schema.get("additionalProperties") is False
    if is_closed and given - schema["properties"].keys():
        return "an argument that the tool does not know"
    return _invalid(declared[call.name].validator, call.arguments)


def _invalid(validator: Any, arguments: dict[str, Any] | None) -> str | None:
    """Return why arguments do not fit a schema, as far as something is installed to tell."""
    if validator is None or arguments is None or validator.is_valid(arguments):
        return None
    error = next(validator.iter_errors(arguments))
    return f"an argument that its schema forbids, by {error.kind.name!r}"


@lru_cache(maxsize=1_024)
def _validator(schema: bytes) -> Any:
    """Return what validates by a schema; None without the library, or where it is no schema."""
    try:
        import jsonschema_rs
    except ModuleNotFoundError:
        return None
    try:
        return jsonschema_rs.validator_for(json.loads(schema), retriever=_refuse)
    except ValueError:
        return None


def _refuse(uri: str) -> Any:
    """Look nothing up: a schema that stands elsewhere is no reason to leave this machine."""
    raise LookupError(uri)


def unpaired_results(checked: Checked) -> Iterator[Objection]:
    """Yield rows in which a result answers no call, or a call that goes on has no result."""
    for row in checked.rows:
        made = {call.id for call in calls_of(row) if call.id}
        told = {m.tool_call_id for m in row.messages if m.tool_call_id}
        if told - made:
            yield row, "a result that answers no call of the row"
        elif (made - told) and row.messages[-1].role != "assistant":
            yield row, "a call without a result"


def unparsable_code(checked: Checked) -> Iterator[Objection]:
    """Yield rows with a block of Python that does not parse."""
    for row in with_code(checked):
        for code in code_blocks(row):
            if (why := _why_unparsable(code)) is not None:
                yield row, why
                break


def with_code(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that hold Python, as an argument or in a fence."""
    return [row for row in checked.rows if next(code_blocks(row), None) is not None]


def code_blocks(row: TrainingRow) -> Iterator[str]:
    """Yield each block of Python that the assistant writes in a row."""
    yield from run_code(row)
    for message in row.messages:
        if message.role == "assistant":
            yield from (code for code in _fenced(message.content) if not _is_fragment(code))


def run_code(row: TrainingRow) -> Iterator[str]:
    """Yield each block of Python that a row's calls hold as an argument."""
    for call in calls_of(row):
        for name in _CODE_ARGUMENTS:
            if isinstance((call.arguments or {}).get(name), str):
                yield (call.arguments or {})[name]


def as_python(code: str) -> str:
    """Return code as Python alone, without what only a notebook runs."""
    return _MAGIC.sub(r"\1pass", code).strip()


def _fenced(text: str) -> Iterator[str]:
    """Yield the blocks of Python in a text, as far out as they can stand."""
    return map(dedent, _CODE_FENCE.findall(text))


def _is_fragment(code: str) -> bool:
    """Tell whether a block in prose means to be a part: it leaves out, goes on, or is an edit."""
    return _PART.search(code) is not None


def _why_unparsable(code: str) -> str | None:
    if parse_python(as_python(code)) is not None:
        return None
    if "\n" not in code.strip() and _LITERAL_NEWLINE.search(code):
        return "Python that does not parse: its line breaks are a backslash and an n"
    return "Python that does not parse"


def doubled_words(checked: Checked) -> Iterator[Objection]:
    """Yield rows with a command that names its program twice, such as `git git`."""
    for row in checked.rows:
        if any(map(_is_doubled, _commands(row))):
            yield row, "a command that names its program twice"


def _is_doubled(command: str) -> bool:
    return any(map(command.__contains__, _TWICE)) and _DOUBLED.search(command) is not None


def _commands(row: TrainingRow) -> Iterator[str]:
    for call in calls_of(row):
        for value in (call.arguments or {}).values():
            if isinstance(value, str):
                yield value
            elif isinstance(value, list):
                yield json.dumps(value)


def searches_for_symbols(checked: Checked) -> Iterator[Objection]:
    """Yield rows that search texts for a symbol, where a tool that knows symbols is on offer.

    A symbol is a name with a word of its language before it, or alone and as code writes names:
    with an underscore, a dot or a hump. Any other word may be meant as text.
    """
    for row in offering_symbols(checked):
        if any(_is_symbol(pattern) for pattern in _patterns(row)):
            yield row, "a search of texts for a symbol"


def offering_symbols(checked: Checked) -> Sequence[TrainingRow]:
    """Look at rows that declare a tool which finds definitions or references, and call any."""
    return [
        row
        for row in declaring_tools(checked)
        if any(row.calls) and any(knows_symbols(name) for name, _ in _schemas(row))
    ]


def _patterns(row: TrainingRow) -> Iterator[str]:
    """Yield what the calls of a row search texts for."""
    for call in calls_of(row):
        given = call.arguments or {}
        if searches_text(call.name):
            yield from (given[key] for key in _PATTERN_KEYS if isinstance(given.get(key), str))
    for command in _commands(row):
        yield from (found[2] or found[3] for found in _SEARCHED.finditer(command))


def _is_symbol(pattern: str) -> bool:
    bare = pattern.strip().removeprefix("^").removesuffix("$").replace("\\b", "")
    bare = re.sub(r"\\s[+*]", " ", bare).rstrip("(\\:").strip()
    return _SYMBOL.fullmatch(bare) is not None


def unrelated_searches(checked: Checked) -> Iterator[Objection]:
    """Yield rows that search for a word of which their request says nothing, as others do too."""
    found: defaultdict[str, list[TrainingRow]] = defaultdict(list)
    for row in checked.rows:
        texts = filter(_MAY_SEARCH.search, _commands(row))
        words = {match[2] for text in texts for match in _SEARCH.finditer(text)}
        for word in words:
            found[word].append(row)
    for word, rows in found.items():
        if len({asked(row) for row in rows}) >= _MIN_REQUESTS:
            for row in rows:
                if word.lower() not in asked(row).lower():
                    yield row, f"one of {len(rows)} rows that search for the same word"


@dataclass(frozen=True)
class EmptyFields:
    """Asks that what tools return holds values: a field that never does cannot teach its use."""

    threshold: float = 0.5
    """Highest share of results in which a field may be empty."""
    name: str = "empty_result_fields"

    def run(self, checked: Checked) -> CheckResult:
        """Return the field that is empty most often."""
        seen: Counter[str] = Counter()
        empty: Counter[str] = Counter()
        n_results = 0
        holding: dict[str, list[TrainingRow]] = defaultdict(list)
        for row in checked.rows:
            for text in _results(row):
                n_results += 1
                for name, is_empty in _fields(text):
                    seen[name] += 1
                    if is_empty:
                        empty[name] += 1
                        holding[name].append(row)
        rates = {
            name: empty[name] / seen[name]
            for name in empty
            if seen[name] >= _MIN_FIELDS and "error" not in name  # empty where all went well
        }
        bad = sorted(name for name, rate in rates.items() if rate > self.threshold)
        objections = {id(r): (r, "a result with an empty field") for n in bad for r in holding[n]}
        n_failing, shown = failing(objections.values())
        worst = max(rates.values(), default=0.0) if n_results else None
        return CheckResult(
            name=self.name,
            verdict=at_most(worst, self.threshold),
            measured=worst,
            threshold=self.threshold,
            n_rows=n_results,
            n_failing=n_failing,
            says=f"empty in most results: {', '.join(bad)}" if bad else "no field is mostly empty",
            failing=shown,
            facts={f"empty.{name}": empty[name] for name in sorted(empty) if empty[name]},
        )


def _results(row: TrainingRow) -> Iterator[str]:
    for message in row.messages:
        if _is_result(message):
            yield message.content


def _is_result(message: Message) -> bool:
    told = message.role == "user" and _RESPONSE.match(message.content) is not None
    return message.role == "tool" or told


def _fields(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the fields of a result and whether each is empty: from JSON, or from Python's repr."""
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        if _REPR.match(text):  # and not a source file, whose parameters look like fields
            yield from assigned_names(text)
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from ((name, value is None) for name, value in node.items())
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def assigned_names(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each name before an equals sign, and whether `None` stands behind it.

    Few words stand before such a sign, so names are looked for from there, backwards.
    """
    backwards = text[::-1]
    done = 0
    at = text.find("=")
    while at >= 0:
        word = _WORD.match(backwards, len(text) - at)
        name = word[0][::-1] if word else ""
        if name and (name[0] == "_" or (name[0].isascii() and name[0].isalpha())):
            none = _NONE.match(text, at + 1)
            if at - len(name) >= done:
                yield name, none is not None
                done = none.end() if none else at + 1
        at = text.find("=", at + 1)


@dataclass(frozen=True)
class StatedOrigin:
    """Asks that rows say where they were taken from: without it nothing in them can be proved."""

    threshold: float = 0.0
    """Highest share of rows without an origin."""
    name: str = "stated_origin"

    def run(self, checked: Checked) -> CheckResult:
        """Return how many rows say nothing of their origin; none saying it is not a failure."""
        n_without = sum(not row.has_origin for row in checked.rows)
        measured = share(n_without, len(checked.rows))
        is_silent = n_without == len(checked.rows)
        return CheckResult(
            name=self.name,
            verdict="unknown" if is_silent else at_most(measured, self.threshold),
            measured=measured,
            threshold=self.threshold,
            n_rows=len(checked.rows),
            n_failing=n_without,
            says=(
                f"{n_without:,} of {len(checked.rows):,} rows say nothing of where they were "
                "taken from: whether their results ever happened cannot be known"
            ),
        )
