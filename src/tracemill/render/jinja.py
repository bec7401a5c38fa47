"""Jinja as chat templates are written for it: the dialect of transformers, in a sandbox.

Templates come from anywhere, so they run where nothing but JSON is within reach. The dialect has
`tojson` without HTML escapes, `raise_exception`, `break` and `continue`, and the tags `generation`
and `endgeneration`, which render nothing: only trainers read them, so they are taken out first, and
what renders is the text that servers read. There is no clock: a template that asks for today's date
with `strftime_now` finds it undefined and takes its own default, so that the same messages always
give the same text.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from jinja2 import Template, TemplateError
from jinja2.ext import LoopControlExtension
from jinja2.sandbox import ImmutableSandboxedEnvironment

_MARK: Final = re.compile(
    r"(\{#.*?#\})|\{%([-+]?)[ \t]*(?:end)?generation[ \t]*([-+]?)%\}", re.DOTALL
)


def compile_template(source: str) -> Template:
    """Return the compiled template.

    Raises:
        TemplateError: it cannot be read.
    """
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[LoopControlExtension]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise
    return environment.from_string(without_marks(source))


def without_marks(source: str) -> str:
    """Return a template without `generation` tags: what servers read, and what it is known by.

    An empty comment stays where a tag was, since it treats the white space around it alike.
    """
    return _MARK.sub(lambda found: found[1] or f"{{#{found[2]}{found[3]}#}}", source)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _raise(message: str) -> NoReturn:
    raise TemplateError(message)
