"""The seam for builders: what makes examples of one kind out of a trajectory of an episode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol

from tracemill.curate.windows.work import ChatConfig, Drop, DropReason, Window, Work
from tracemill.records.datasets.examples import Example


class Builder(Protocol):
    """Makes examples of every window of a trajectory. Pure, and it never looks at other windows."""

    name: ClassVar[str]
    """As in the settings of a dataset."""

    def __init__(self, config: ChatConfig) -> None:
        """Take the settings of a dataset."""
        ...

    def refusal(self, work: Work) -> DropReason | None:
        """Return why a whole trajectory gives it nothing, or None where it may give something."""
        ...

    def has_material(self, work: Work) -> bool:
        """Tell from what is known of a trajectory whether there is anything to look for."""
        ...

    def build(self, work: Work, window: Window) -> Iterator[Example | Drop]:
        """Yield the examples of one window, and what was left out of it."""
        ...
