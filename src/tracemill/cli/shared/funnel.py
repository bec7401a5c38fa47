"""How a funnel looks: from all trajectories to the examples of a dataset."""

from collections.abc import Sequence
from typing import Final

from tracemill.cli.shared.output import write_parts
from tracemill.records.datasets.versions import FunnelStage

_STATES: Final = frozenset({"unique", "selected", "taken", "split"})
"""Stages that are called by what examples are behind them, and not by what was looked for."""


def show_funnel(funnel: Sequence[FunnelStage]) -> None:
    """Print how many went in, and how many were left after each stage that left something out.

    How many are unlike the others, and how many are accepted in the end, is always said: how many
    were made tells little by itself.
    """
    if not funnel:
        return
    parts = [f"{funnel[0].n_in:,} trajectories", f"{funnel[0].n_out:,} examples"]
    parts += [_said(stage) for stage in funnel[1:] if stage.left_out or stage.name == "unique"]
    parts.append(f"{funnel[-1].n_out:,} accepted")
    write_parts(f"{'Funnel':<12} ", parts, " → ")


def _said(stage: FunnelStage) -> str:
    past = "" if stage.name in _STATES else "past "
    return f"{stage.n_out:,} {past}{stage.name}"
