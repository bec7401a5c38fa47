"""Records into HTML: one environment, in which everything that is printed is escaped.

What comes from sessions is foreign text. It is escaped by Jinja, its control and direction-changing
characters are shown instead of obeyed, and Markdown in it passes a parser without raw HTML and then
a sanitizer without pictures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tracemill.base.text import beginning, counted, measured, printable
from tracemill.records.process.patterns import FEW, Measure
from tracemill.records.sessions.printed import printed
from tracemill.report.targets import of_model

_TAGS: Final = (
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
)  # fmt: skip
_SHORT: Final = 40
_TEN: Final = 10
_ROUNDED: Final = 1e-6
_MOMENT_WIDTH: Final = 32
_TELLING: Final = (
    "command", "cmd", "code", "pattern", "query", "file_path", "filePath", "path", "url", "skill",
    "subject",
)  # fmt: skip
"""Arguments that say what a call is about, and need no name beside them."""
_MARKS: Final = re.compile(r"(?:^|(?<=\s))#{1,6} +|\*\*|`")
_PIECES: Final = re.compile(r"[^._/]*[._/]+|[^._/]+")
_MOST_MARKDOWN: Final = 100_000
"""Longer texts are shown as they are: nobody reads them as a page."""


@cache
def environment() -> Environment:
    """Return the environment that all templates are rendered in."""
    made = Environment(
        loader=PackageLoader("tracemill.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "moment": moment,
        "percent": percent,
        "markdown": markdown,
        "line": beginning,
        "end": ending,
        "unmarked": unmarked,
        "tidy_json": tidy_json,
        "word": word,
        "ticked": ticked,
        "breaking": breaking,
        "given": given_to,
        "printed": printed,
        "query": query,
        "span": span,
        "figure": figure,
    }
    made.tests["short"] = is_short
    made.globals |= {"counted": counted, "amount": amount, "measure": measure, "of_model": of_model}
    return made


def page(request: Request, template: str, /, status: int = 200, **shown: Any) -> HTMLResponse:
    """Return a page."""
    path, asked = request.url.path, request.url.query
    address = f"{path}?{asked}" if asked else path
    rendered = environment().get_template(template).render(path=path, address=address, **shown)
    return HTMLResponse(rendered, status)


def _shown(value: Any) -> Any:
    """Return a value as it is printed: nothing for what is unknown, and no control characters."""
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable(value)
    return value


def moment(at: datetime | str | None) -> str:
    """Return a moment in UTC to the minute; one that is not known says so."""
    if at is None:
        return "unknown"
    try:
        known = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        return beginning(str(at), _MOMENT_WIDTH)
    return f"{known:%Y-%m-%d %H:%M}"


def percent(share: float | None) -> str:
    """Return a share as a percentage; one that is not known says so."""
    return "unknown" if share is None else f"{share:.0%}"


def span(seconds: float | None) -> str:
    """Return how long something took, in the two largest units that say it."""
    if seconds is None:
        return "unknown"
    whole = round(seconds)
    for size, unit, small in ((86400, "d", 3600), (3600, "h", 60), (60, "min", 1)):
        if whole >= size:
            rest = whole % size // small
            small_unit = {3600: "h", 60: "min", 1: "s"}[small]
            return (
                f"{whole // size} {unit} {rest} {small_unit}" if rest else f"{whole // size} {unit}"
            )
    return f"{seconds:.1f} s" if seconds < _TEN else f"{whole} s"


def amount(metric: str, unit: str, value: float | None) -> str:
    """Return what a metric measured, as people say it."""
    return span(value) if metric.endswith("seconds") else measured(unit, value)


def measure(metric: str, unit: str, told: Measure) -> str:
    """Return what a metric measured; of few cases how many: one of one is no share of all."""
    hits = None if told.value is None else told.value * told.n
    if unit != "share" or told.n >= FEW or hits is None or abs(hits - round(hits)) > _ROUNDED:
        return amount(metric, unit, told.value)
    return f"{round(hits)} of {told.n}"


def figure(value: object) -> str:
    """Return a number of a record with as many digits as a person reads; a text as it is."""
    return f"{value:,.3g}" if isinstance(value, float) else f"{value}"


def is_short(lines: Sequence[str]) -> bool:
    """Tell whether a part of something to be judged is a word or a number."""
    return len(lines) == 1 and len(lines[0]) <= _SHORT


def unmarked(text: str) -> str:
    """Return Markdown as a list shows it on one line, without the marks of its parts."""
    return _MARKS.sub("", text)


def word(name: str) -> str:
    """Return a name of ours as people write it."""
    return name.replace("_", " ")


def ticked(text: str) -> Markup:
    """Return a sentence of ours, with what stands between backticks as code."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else part
        for place, part in enumerate(parts)
    )


def ending(name: str, width: int) -> str:
    """Return how a path or a test's name ends, which is what tells it from its neighbours."""
    shown = printable(name)
    return shown if len(shown) <= width else f"…{shown[1 - width :]}"


def breaking(name: str) -> Markup:
    """Return a name that a narrow page may break behind its dots, slashes and underscores."""
    return Markup("<wbr>").join(_PIECES.findall(printable(name)))


def given_to(arguments: Mapping[str, Any]) -> str:
    """Return what a call was given: first what it is about, then the rest by name."""
    telling = [name for name in _TELLING if name in arguments]
    rest = [name for name in arguments if name not in telling]
    named = [f"{name}={_value(arguments[name])}" for name in rest]
    return "  ".join([*(_value(arguments[name]) for name in telling), *named])


def _value(value: Any) -> str:
    """Return a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def query(asked: dict[str, str], **changed: Any) -> str:
    """Return the part of an address that asks for the same with some things changed."""
    kept = {
        name: str(value) for name, value in (asked | changed).items() if value not in (None, "")
    }
    return f"?{urlencode(kept)}" if kept else ""


def tidy_json(value: Any) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def markdown(text: str) -> Markup:
    """Return Markdown as HTML of a few harmless tags: no raw HTML, no pictures, no links."""
    if len(text) > _MOST_MARKDOWN:
        return Markup("<pre>{}</pre>").format(printable(text))
    import nh3

    made = _parser().render(printable(text))
    return Markup(nh3.clean(made, tags=set(_TAGS), attributes={}))  # noqa: S704 - sanitized


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
        ["table", "strikethrough"]
    )
