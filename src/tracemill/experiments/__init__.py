"""Experiments: whether a change of how a team works is worth it, and who has it meanwhile.

In come a plan that was filed before, and what happened in each unit since; out goes a verdict that
holds however often one looks. Where an experiment stands follows from its events (`registry`), and
what may happen next is one table there. To add a loop: an entry in `loops.toml` and its name in
`records.process.experiments.LoopName`.
"""

from __future__ import annotations

from typing import Final

from tracemill.experiments.judging import Filed, judge
from tracemill.experiments.registry import Experiments
from tracemill.experiments.units import Outcome

EXPERIMENTS_VERSION: Final = 2
"""Raise it when the same plan and outcomes would give another verdict."""

__all__ = ["EXPERIMENTS_VERSION", "Experiments", "Filed", "Outcome", "judge"]
