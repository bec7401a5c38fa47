"""What the log has a mark for and nobody kept: pictures, and what redaction could not read."""

from __future__ import annotations

from tracemill.curate.windows.windows import Turn
from tracemill.records.privacy.findings import UNSCANNED
from tracemill.records.sessions.trajectory import IMAGE, Step


def holds_image(turn: Turn) -> bool:
    """Tell whether a turn is about a picture, which nobody kept."""
    return any(map(_has_image, turn.steps))


def _has_image(step: Step) -> bool:
    return (step.speaker == "user" and IMAGE in step.text) or any(
        IMAGE in result.content[: len(IMAGE)] for result in step.results
    )


def is_withheld(step: Step) -> bool:
    """Tell whether redaction failed on a step, so that nobody knows what was said in it."""
    names = (call.name for call in step.calls)
    contents = (result.content for result in step.results)
    return any(said.startswith(UNSCANNED) for said in (step.text, *names, *contents))
