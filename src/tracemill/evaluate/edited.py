"""Which files a call edits, by its arguments: those that it names, or a patch that it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Any, Final

from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS, only_looks

_PATCHED: Final = re.compile(r"^\*\*\* (?:Add|Update|Delete) File: (.+)$", re.MULTILINE)
_DIFFED: Final = re.compile(r"^\+\+\+ (?:b/)?(?!/dev/null)(\S+)", re.MULTILINE)
_WRITES: Final = ("content", "old", "new", "replace", "search", "insert", "edit", "patch",
                  "file_text", "code_edit")  # fmt: skip
"""How arguments begin that hold what is written."""


def edited_files(calls: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the files that calls edit, in their shortest form, each once, sorted."""
    return tuple(sorted({normpath(path) for call in calls for path in _files(call["arguments"])}))


def _files(arguments: Mapping[str, Any]) -> Iterator[str]:
    if only_looks(arguments):
        return
    texts = list(_texts(arguments))
    patched = [path for text in texts for path in _PATCHED.findall(text)]
    yield from (path.strip() for path in patched)
    if any(name.lower().startswith(_WRITES) for name in arguments):
        yield from (
            path for name in PATH_ARGUMENTS if isinstance(path := arguments.get(name), str) and path
        )
        if not patched:
            diffs = (text for text in texts if "\n@@ " in text)
            yield from (path for text in diffs for path in _DIFFED.findall(text))


def _texts(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield what arguments say, those too that stand in a list, as the words of a command do."""
    for value in arguments.values():
        held = value if isinstance(value, list) else [value]
        yield from (text for text in held if isinstance(text, str))
