"""Where calls of a model's drafts are carried out: the bundled project, in a sandbox."""

from __future__ import annotations

from typing import NamedTuple

from tracemill.flows.generating import Workshop


class FoundWorkshop(NamedTuple):
    """The workshop of this machine."""

    workshop: Workshop
    refusal: str | None
    """Why nothing is carried out; None where calls are."""


def find_workshop() -> FoundWorkshop:
    """Return the workshop of this machine; where nothing may be run, drafts end at a first call."""
    return FoundWorkshop(Workshop((), "none", None), "no tools are bundled that a model could call")
