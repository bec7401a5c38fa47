"""Whether a made-up example may be learned from."""

from __future__ import annotations

from typing import Final

from tracemill.records.synth.made_up import SyntheticExample

_BUILT: Final = "task-graph"
"""The generator whose answers are right by how they are built."""


def is_sound(made: SyntheticExample) -> bool:
    """Tell whether an example was run, where it calls anything, and no check objects to it.

    What a model said is right where a check says so; that none objects is not enough.
    """
    told = {each.verdict for each in made.checks}
    is_proved = made.generator == _BUILT or "unknown" not in told
    return made.execution != "unverified" and "fail" not in told and is_proved
