"""Execution: whether results came from running what was called.

Nobody can tell that of a result by looking at it, so a row with results is unknown here unless
whoever asks has carried its calls out, and says what came of it. What looking can tell is that a
result cannot be real: `invented` says so. A result that follows from its call alone, as that of
`echo`, can be computed, and is either right or invented.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.records.datasets.audits import TrainingRow, Verdict
from tracemill.synth.verification.exchanges import Exchange, exchanges
from tracemill.synth.verification.invented import SHELLS, why_invented
from tracemill.synth.verification.ladder import Judged
from tracemill.synth.verification.repeated_results import repeated_contents

_UNPROVED: Final = "has results of which nobody can tell whether they ever happened"
_NOT_RUN: Final = "has calls that nobody ran"
_SHELL_SIGNS: Final = frozenset("|;&<>$`\\*?[]{}()~#!\n")


class Carried(NamedTuple):
    """What carrying out the calls of a row said of its results."""

    verdict: Verdict
    """Whether they are what comes back; unknown where that could not be found out."""
    detail: str = ""
    """Why not, in words that hold nothing of the row's text."""


SEEN: Final = Carried("pass")
"""The results of a row are what came back."""


def true_results(
    rows: Sequence[TrainingRow], ran: Mapping[str, Carried] | None = None
) -> Iterator[Judged]:
    """Judge rows with calls by their results; `ran` says of some, by digest, what came back."""
    ran = ran or {}
    repeated = repeated_contents([row for row in rows if row.digest not in ran])
    for row in rows:
        found = list(exchanges(row))
        if row.digest in ran and found:
            is_open = any(each.result is None for each in found)
            yield Judged(row, "unknown", _NOT_RUN) if is_open else Judged(row, *ran[row.digest])
        elif found:
            yield _judged(row, found, repeated.get(id(row)))


def _judged(row: TrainingRow, found: Sequence[Exchange], repeated: str | None) -> Judged:
    wrong = next(filter(None, map(why_invented, found)), None) or repeated
    computed = [computed_result(each) for each in found]
    for each, expected in zip(found, computed, strict=True):
        if expected is not None and each.result is not None and each.result.strip() != expected:
            wrong = wrong or "a result that is not what its command prints"
    if wrong is not None:
        return Judged(row, "fail", wrong)
    if any(each.result is None for each in found):
        return Judged(row, "unknown", _NOT_RUN)
    return Judged(row, "unknown", _UNPROVED) if None in computed else Judged(row)


def computed_result(exchange: Exchange) -> str | None:
    """Return what a call prints, where that follows from the call alone."""
    command = exchange.arguments.get("command")
    if exchange.call.name.lower() not in SHELLS or not isinstance(command, str):
        return None
    if not command.startswith("echo ") or not _SHELL_SIGNS.isdisjoint(command):
        return None
    try:
        words = shlex.split(command)[1:]
    except ValueError:
        return None
    return None if words[:1] and words[0].startswith("-") else " ".join(words)
