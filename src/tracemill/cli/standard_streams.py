"""What stdin, stdout and stderr are when the program begins, and what becomes of them at its end.

A stream that is closed is as good as the null device: a job that looks at no answer has asked for
none. Where a terminal's encoding lacks a character, it is written as an escape, and never an error.
"""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Final, NoReturn

from tracemill.cli.shared.exits import EXIT_STORE

_NAMES: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}


def take_streams() -> None:
    """Make sure that each stream is there, and takes every character."""
    for name, mode in _NAMES.items():
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def end_streams(code: int) -> int:
    """Write out what is left of the answer; return the exit code, another one where that failed.

    A reader who has gone has read enough.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_answer()
    except OSError as error:
        _drop_answer()
        if code != EXIT_STORE:
            sys.stderr.write(f"error: the answer cannot be written: {error.strerror}\n")
        return EXIT_STORE
    return code


def end_process(code: int) -> NoReturn:
    """End this process now, when its answer is written out and all its files are closed.

    The interpreter would take every object apart first: a hundredth of a large run, a twentieth of
    `status`. What modules register for the end of a program is not done.
    """
    with suppress(OSError):  # nobody is left to whom it could be said
        sys.stderr.flush()
    os._exit(code)


def _drop_answer() -> None:
    """Let what cannot be written go, or the interpreter tries again at its end, and fails."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
