"""Hand-off: the files with which another program trains our tokens, on many GPUs or on a Mac.

Scale is their business: sharding, launching, restarts. Ours is that they train the same tokens in
the same format, so rows go over as tokens wherever a program takes them. When its adapter lies
where the hand-off says, the same command as before takes it up and finishes the run.

Each program is one module with a function `files_of(stage)`, and one line in `PROGRAMS`.
"""

from __future__ import annotations

from tracemill.train.handoff.protocol import PROGRAMS, HandedStage, HandOffTrainer

__all__ = ["PROGRAMS", "HandOffTrainer", "HandedStage"]
