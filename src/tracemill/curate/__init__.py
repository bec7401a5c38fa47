"""Curate: episodes become training examples, and what is left out is named and counted.

In come an episode with its outcome, a trajectory with its activity, and its steps as a stream;
out go examples and `Drop`s. To add a builder: one module here with one class, which yields both for
a window of turns, one line in `BUILDERS`, one record type in `records.datasets.examples` where none
fits, cases under `tests/curate/`, and a section in `docs/datasets.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracemill.base.registry import Registry

if TYPE_CHECKING:  # who only asks for the version needs no builder
    from tracemill.curate.protocol import Builder

CURATE_VERSION: Final = 30
"""Raise it when the same episode would give other examples or drops."""

BUILDERS: Final[Registry[type[Builder]]] = Registry(
    kind="builder",
    builtin={
        "session": "tracemill.curate.chat:SessionBuilder",
        "whole": "tracemill.curate.chat:WholeBuilder",
        "turn": "tracemill.curate.chat:TurnBuilder",
        "direct": "tracemill.curate.direct:DirectBuilder",
        "view": "tracemill.curate.views:ViewBuilder",
        "spec": "tracemill.curate.specs:SpecBuilder",
        "recovery": "tracemill.curate.recovery:RecoveryBuilder",
        "preference": "tracemill.curate.preference:PreferenceBuilder",
        "reaction": "tracemill.curate.unpaired:UnpairedBuilder",
        "stepwise": "tracemill.curate.stepwise:StepwiseBuilder",
        "verified": "tracemill.curate.prompts:PromptBuilder",
    },
)
"""Every builder of examples by name."""

__all__ = ["BUILDERS", "CURATE_VERSION"]
