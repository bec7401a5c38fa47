"""Where a call was carried out, when it says so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tracemill.base.places import place_from
from tracemill.records.sessions.trajectory import ToolCall

_NAMES: Final = ("workdir", "cwd", "working_directory", "working_dir")
"""What tools call the folder that they are to work in."""


def folder_of(call: ToolCall, began_in: str | None) -> str | None:
    """Return the folder that a call names to work in, None for none.

    A path that begins nowhere is taken from where the session began, if that is known.
    """
    named = _named(call.arguments)
    return None if named is None else place_from(began_in, named)


def _named(arguments: Mapping[str, Any]) -> str | None:
    for name in _NAMES:
        folder = arguments.get(name)
        if isinstance(folder, str) and folder:
            return folder
    return None
