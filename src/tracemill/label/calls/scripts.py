"""What a script of an agent's own runs: the commands and patches that it hands to other tools.

Some agents write a small program that calls their tools, as `tools.exec_command({"cmd": "…"})`,
instead of calling them one by one. Its commands stand in string literals, and so do its patches. A
command that the program puts together as it runs stays unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_CALLS: Final = "tools."
_LITERAL: Final = (
    r""""(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'|`(?:[^`\\$]++|\\.|\$(?!\{))*+`"""
)
_COMMAND: Final = re.compile(rf"""\b(?:cmd|command)["']?\s*:\s*(?P<text>{_LITERAL})""", re.DOTALL)
_STRING: Final = re.compile(_LITERAL, re.DOTALL)
_PATCH: Final = "*** Begin Patch"
_ESCAPED: Final = re.compile(r"\\(\n|.)", re.DOTALL)
_MEANT: Final = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}
_MAX_TEXT: Final = 200_000


def scripted_command(arguments: Mapping[str, Any]) -> str | None:
    """Return what a script runs as one command line, a line each; None where it runs nothing.

    A patch comes as a shell would be handed it: as a here-document of `apply_patch`.
    """
    script = arguments.get("input")
    if not isinstance(script, str) or _CALLS not in script:
        return None
    text = script[:_MAX_TEXT]
    return "\n".join([*_commands(text), *_patches(text)]) or None


def _commands(script: str) -> Iterator[str]:
    for match in _COMMAND.finditer(script):
        yield _meaning(match["text"])


def _patches(script: str) -> Iterator[str]:
    if _PATCH not in script:
        return
    for match in _STRING.finditer(script):
        text = _meaning(match[0]) if _PATCH in match[0] else ""
        if text.lstrip().startswith(_PATCH):
            yield f"apply_patch <<'PATCH'\n{text}\nPATCH"


def _meaning(literal: str) -> str:
    """Return the text that a literal stands for; what is no JSON is read escape by escape."""
    if literal.startswith('"'):
        try:
            return str(json.loads(literal, strict=False))
        except ValueError:
            pass
    return _ESCAPED.sub(lambda match: _MEANT.get(match[1], match[1]), literal[1:-1])
