"""How much practices help, as far as more than chance shows it."""

from __future__ import annotations

from typing import Final

from tracemill.analyze.cases import shares_differ, summed
from tracemill.analyze.practices import KEPT, LEFT_OUT, SAYS, practice_cases
from tracemill.analyze.process import Process
from tracemill.records.events.team_features import Level
from tracemill.stats import benjamini_hochberg

_LEVEL: Final = 0.05


def practice_effects(process: Process) -> dict[str, Level]:
    """Return `high` for practices with which more work is achieved than without, `low` for less.

    All practices are asked at once and corrected together; what may be chance is not there.
    """
    slices = summed(practice_cases(process), ("practice", "held")).slices
    pairs = {
        name: (slices[name, KEPT], slices[name, LEFT_OUT])
        for name in SAYS
        if (name, KEPT) in slices and (name, LEFT_OUT) in slices
    }
    corrected = benjamini_hochberg([shares_differ(*pair) for pair in pairs.values()])
    found: dict[str, Level] = {}
    for (name, (kept, left_out)), q_value in zip(pairs.items(), corrected, strict=True):
        if q_value <= _LEVEL:
            found[name] = "high" if (kept.value or 0) > (left_out.value or 0) else "low"
    return found
