"""Redaction that fails closed: what cannot be redacted is refused, and never let through.

This is the one place where any error of a detector is caught, a bug of ours as well: the texts
that it was looking at are refused, with the name of the error and the line of code, and the rest
goes on. A detector that takes longer than `LIMIT_S` is stopped in the same way, where the
interpreter lets us: signals reach the main thread only.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import FrameType
from typing import Final, Literal, NamedTuple, TypeVar

T = TypeVar("T")

LIMIT_S: Final = 60.0
"""Seconds that one call may take; a few megabytes take a tenth of a second."""


class Refused(NamedTuple):
    """Why something was not redacted, in words that hold nothing of it."""

    reason: Literal["detector_error", "detector_timeout"]
    detail: str


class _OverdueError(BaseException):
    """A call took too long; no handler of ordinary errors may swallow it."""


def guarded(call: Callable[[], T], limit_s: float = LIMIT_S) -> T | Refused:
    """Return what `call` returns, or why it is refused."""
    try:
        with _limited(limit_s):
            return call()
    except _OverdueError:
        return Refused("detector_timeout", f"redaction took longer than {limit_s:g} s")
    except Exception as error:  # noqa: BLE001 - the seam at which redaction fails closed
        return Refused("detector_error", f"{type(error).__name__} {_place(error)}")


def _place(error: Exception) -> str:
    """Say where an error was raised; its message may quote the text, and is not said."""
    last = extract_tb(error.__traceback__)[-1]
    return f"at {Path(last.filename).name}:{last.lineno}"


@contextmanager
def _limited(limit_s: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _OverdueError
