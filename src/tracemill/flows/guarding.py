"""Redaction that fails closed: what cannot be redacted is refused, and never let through.

This is the one place where any error of a detector is caught, a bug of ours as well: the texts
that it was looking at are refused, with the name of the error and the line of code, and the rest
goes on. A detector that takes longer than `LIMIT_S` is stopped in the same way, where the
interpreter lets us: signals reach the main thread only.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb
from types import FrameType
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from tracemill.records.privacy.findings import Finding
from tracemill.records.refs import Record
from tracemill.redact import GivenAway, Redactor

T = TypeVar("T")
R = TypeVar("R", bound=Record)

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
    running = signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *running)
        signal.signal(signal.SIGALRM, before)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _OverdueError


class ClosedRedaction(NamedTuple, Generic[R]):
    """Records that may leave, all of them, and those whose texts are withheld."""

    records: list[R]
    """The records in their order."""
    findings: list[Finding]
    """Where stand-ins stand in them."""
    secrets: list[GivenAway]
    """What is to be looked for everywhere, in plain: for the vault only."""
    refused: dict[int, Refused]
    """Why all texts of a record are withheld, by its number."""


def redact_closed(redactor: Redactor, records: Sequence[R]) -> ClosedRedaction[R]:
    """Redact records; of those on which that fails no text is kept, but their shape is."""
    redaction = guarded(lambda: redactor.redact(records))
    if not isinstance(redaction, Refused):
        return ClosedRedaction(*redaction, {})
    if len(records) == 1:
        withheld = redactor.withhold(records)
        return ClosedRedaction(*withheld, {0: redaction})
    closed: ClosedRedaction[R] = ClosedRedaction([], [], [], {})
    for number, record in enumerate(records):
        one = redact_closed(redactor, [record])
        closed.secrets.extend(GivenAway(number, given.value) for given in one.secrets)
        closed.refused.update({len(closed.records): refused for refused in one.refused.values()})
        closed.records.extend(one.records)
        closed.findings.extend(one.findings)
    return closed
