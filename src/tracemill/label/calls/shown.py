"""What shell calls show besides checks: programs run again after an edit, and what was pushed.

A script that shows a bug, run before and after the cure, is no test that a runner knows, and proves
more than an agent's word: the same command said something else after the edit, and no error. What
checks a project is not counted here, and what a program said is forgotten once it is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from tracemill.label.calls.commits import fails_to_push, pushes
from tracemill.label.calls.programs import Program, hides_end, is_about
from tracemill.label.calls.shell import CommandLine, clip
from tracemill.label.calls.verdict import Outcome

_FAILED: Final = re.compile(
    r"Traceback \(most recent|^\w*(?:Error|Exception)\b|^(?:error|panic|fatal)\b|"
    r"command not found|can't open file|is not recognized as|Microsoft Store",
    re.MULTILINE,
)
"""What a program says where it failed, or a shell where it found none: Windows names its shop."""
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
        self._heard = -1
        self._edited: dict[str, None] = {}

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

    def heard(self, step: int) -> None:
        """Take note that a person spoke."""
        self._heard = step
        self._edited.clear()

    def edited(self, paths: Iterable[str], step: int) -> None:
        """Take files that a step edited; those of steps before a person spoke are forgotten."""
        if step > self._heard:
            self._edited |= dict.fromkeys(paths)
            while len(self._edited) > _MAX_HELD:
                del self._edited[next(iter(self._edited))]

    def ended(
        self,
        line: CommandLine,
        step: int,
        how: Outcome,
        last_edit: int | None,
        program: Program | None = None,
    ) -> None:
        """Take a command line that ended; `last_edit` is the last step that edited."""
        if pushes(line, how.exit_code, how.text):
            self._pushed.add(step)
        elif fails_to_push(line, how.exit_code, how.text) and len(self._unpushed) < _MAX_FOUND:
            self._unpushed.add(step)
        edit = -1 if last_edit is None else last_edit
        if program is None or hides_end(program, how.text):
            return
        if is_about(program, self._edited):
            self._ran(program.words, step, how, edit)

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
