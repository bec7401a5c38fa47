"""Shells within command lines, and the line that a shell is given, as in `bash -lc`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Final

SHELL_NAMES: Final = frozenset({"bash", "sh", "zsh", "dash"})
"""Shells that read a script where they are not told a line."""
_POWERSHELLS: Final = frozenset({"powershell", "powershell.exe", "pwsh", "pwsh.exe"})
_DOS_SHELLS: Final = frozenset({"cmd", "cmd.exe"})
_DOS_TELLS: Final = frozenset({"/c", "/k"})
_TELLS: Final = re.compile(r"-[a-z]*c|-command", re.IGNORECASE)
"""Options behind which a shell is told what to run."""
_WITH_WORD: Final = re.compile(r"-[a-z]*o|-executionpolicy", re.IGNORECASE)
"""Options of a shell behind which a word of their own stands."""


def told_to_run(words: Sequence[str]) -> str | None:
    """Return the line that a shell is told to run; None where the words are no such command."""
    name = words[0].rsplit("/", 1)[-1] if words else ""
    if name.lower() in _DOS_SHELLS:
        return _told_to_dos(words[1:])
    if name not in SHELL_NAMES | _POWERSHELLS:
        return None
    rest = iter(words[1:])
    for word in rest:
        if _TELLS.fullmatch(word):
            return next(rest, None)
        if _WITH_WORD.fullmatch(word):
            next(rest, None)
        elif not word.startswith("-"):
            return None
    return None


def _told_to_dos(words: Sequence[str]) -> str | None:
    """Return what stands behind `/c`: one text with the line, or its words."""
    for at, word in enumerate(words):
        if word.lower() in _DOS_TELLS:
            line = words[at + 1 :]
            return (line[0] if len(line) == 1 else shlex.join(line)) if line else None
        if not word.startswith("/"):
            return None
    return None
