"""Whether a made-up example may be learned from."""

from __future__ import annotations

from tracemill.records.synth import SyntheticExample


def is_sound(made: SyntheticExample) -> bool:
    """Tell whether an example was run, where it calls anything, and no check objects to it."""
    return made.execution != "unverified" and all(each.verdict != "fail" for each in made.checks)
