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

CURATE_VERSION: Final = 44
"""Raise it when the same episode would give other examples or drops."""

BUILDERS: Final[Registry[type[Builder]]] = Registry(
    kind="builder",
    builtin={
        "session": "tracemill.curate.builders.chat:SessionBuilder",
        "whole": "tracemill.curate.builders.chat:WholeBuilder",
        "turn": "tracemill.curate.builders.chat:TurnBuilder",
        "direct": "tracemill.curate.builders.direct:DirectBuilder",
        "view": "tracemill.curate.builders.views:ViewBuilder",
        "problem": "tracemill.curate.builders.views:ProblemBuilder",
        "design": "tracemill.curate.builders.views:DesignBuilder",
        "implementation": "tracemill.curate.builders.views:ImplementationBuilder",
        "validation": "tracemill.curate.builders.views:ValidationBuilder",
        "spec": "tracemill.curate.builders.specs:SpecBuilder",
        "recovery": "tracemill.curate.builders.recovery:RecoveryBuilder",
        "preference": "tracemill.curate.builders.preference:PreferenceBuilder",
        "handoff": "tracemill.curate.builders.handoffs:HandOffBuilder",
        "reaction": "tracemill.curate.builders.unpaired:UnpairedBuilder",
        "stepwise": "tracemill.curate.builders.stepwise:StepwiseBuilder",
        "verified": "tracemill.curate.builders.prompts:PromptBuilder",
    },
)
"""Every builder of examples by name."""

__all__ = ["BUILDERS", "CURATE_VERSION"]
