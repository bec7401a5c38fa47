"""What shell calls show besides checks: programs run again after an edit, and what was pushed.

A script that shows a bug, run before and after the cure, is no test that a runner knows, and proves
more than an agent's word: the same command said something else after the edit, and no error. What
checks a project is not counted here, and what a program said is forgotten once it is compared.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tracemill.label.calls.commits import fails_to_push, pushes
from tracemill.label.calls.shell import CommandLine, clip
from tracemill.label.calls.verdict import Outcome

_PROGRAM: Final = re.compile(r"(?:python|node|ruby|php|perl|Rscript|julia|lua)(?:\d(?:\.\d+)?)?\Z")
_SCRIPT: Final = re.compile(r"[\w./~-]+\.\w{1,4}\Z")
_RUNS: Final = re.compile(r"\b(?:python|node|ruby|php|perl|Rscript|julia|lua)[\d.]* +[\w./~-]+\.\w")
_FAILED: Final = re.compile(
    r"Traceback \(most recent|^\w*(?:Error|Exception)\b|^(?:error|panic|fatal)\b", re.MULTILINE
)
_MAX_HELD: Final = 200
_MAX_FOUND: Final = 100
_KEPT: Final = 1_000


class _Ran(NamedTuple):
    step: int
    said: str


class Shown:
    """Remembers what programs said last."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, ...], _Ran] = {}
        self._rerun: set[int] = set()
        self._ran_well: set[int] = set()
        self._pushed: set[int] = set()
        self._unpushed: set[int] = set()

    @property
    def rerun_steps(self) -> tuple[int, ...]:
        """Indexes of steps at which a program said something else than before an edit, in order."""
        return tuple(sorted(self._rerun))

    @property
    def ran_steps(self) -> tuple[int, ...]:
        """Indexes of steps at which a program ran after an edit and told of no error, in order."""
        return tuple(sorted(self._ran_well))

    @property
    def pushed_steps(self) -> tuple[int, ...]:
        """Indexes of steps that pushed or merged, by git's own word, in order."""
        return tuple(sorted(self._pushed))

    @property
    def unpushed_steps(self) -> tuple[int, ...]:
        """Indexes of steps that tried to push and could not, in order."""
        return tuple(sorted(self._unpushed))

    def ended(self, line: CommandLine, step: int, how: Outcome, last_edit: int | None) -> None:
        """Take a command line that ended; `last_edit` is the last step that edited."""
        if pushes(line, how.exit_code, how.text):
            self._pushed.add(step)
        elif fails_to_push(line, how.exit_code, how.text) and len(self._unpushed) < _MAX_FOUND:
            self._unpushed.add(step)
        program = program_of(line)
        if program is not None:
            self._ran(program, step, how, -1 if last_edit is None else last_edit)

    def _ran(self, program: tuple[str, ...], step: int, how: Outcome, edit: int) -> None:
        exit_code, text = how
        is_fine = not exit_code and not _FAILED.search(clip(text, _KEPT, _KEPT))
        if is_fine and 0 <= edit <= step and len(self._ran_well) < _MAX_FOUND:
            self._ran_well.add(step)
        before, now = self._last.pop(program, None), _Ran(step, clip(text, _KEPT, _KEPT))
        self._last[program] = now
        if len(self._last) > _MAX_HELD:
            del self._last[next(iter(self._last))]
        if before is None or not before.step < edit <= step or before.said == now.said:
            return
        if is_fine and len(self._rerun) < _MAX_FOUND:
            self._rerun.add(step)


def may_run(command: str) -> bool:
    """Tell at little cost whether a command line could run a script."""
    return _RUNS.search(command) is not None


def program_of(line: CommandLine) -> tuple[str, ...] | None:
    """Return the program that a command line runs last, with its script and arguments, or None."""
    words = line.parts[-1].bare if line.parts else ()
    if len(words) < 2 or not _PROGRAM.match(words[0].rsplit("/", 1)[-1]):  # noqa: PLR2004 - both
        return None
    return words if _SCRIPT.match(words[1]) else None
