"""How calls say which file they edit, and that they only look at it, whichever agent makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

PATH_ARGUMENTS: Final = (
    "file_path", "notebook_path", "path", "filePath", "target_file", "filename",
)  # fmt: skip
"""Arguments that name the file, the surest first."""
_LOOKING: Final = frozenset({"view", "undo_edit"})


def only_looks(arguments: Mapping[str, Any]) -> bool:
    """Tell whether a tool that edits is asked for something that is no edit."""
    command = arguments.get("command")
    return isinstance(command, str) and command in _LOOKING
