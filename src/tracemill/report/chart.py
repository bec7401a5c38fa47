"""A metric by month as a picture: SVG that needs nothing, with the numbers as its description."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from tracemill.base.text import measured
from tracemill.records.process.patterns import Period, Unit

_WIDTH: Final = 640
_HEIGHT: Final = 150
_LEFT: Final = 56
_BOTTOM: Final = 22
_TOP: Final = 12
_MOST_NAMED: Final = 9
"""Months whose names stand beside one another without touching."""


def chart(title: str, periods: Sequence[Period], unit: Unit) -> str:
    """Return a line with a point for each month; larger points stand for more cases.

    Args:
        title: what is shown.
        periods: the months, in order.
        unit: whether they are shares, whose scale ends at 1, or means.
    """
    highest = max((period.value for period in periods), default=1.0) or 1.0
    top = 1.0 if unit == "share" else highest
    is_count = unit == "mean" and all(period.value % 1 == 0 for period in periods)
    said_top = f"{top:,.0f}" if is_count else measured(unit, top)
    most = max((period.n for period in periods), default=1)
    step = (_WIDTH - _LEFT - 24) / max(1, len(periods) - 1)
    points = [
        (_LEFT + i * step, _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - p.value / top), p)
        for i, p in enumerate(periods)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 3 * (p.n / most) ** 0.5:.1f}"/>'
        for x, y, p in points
    )
    base = _HEIGHT - _BOTTOM
    every = -(-len(points) // _MOST_NAMED) or 1
    months = "".join(
        f'<text x="{x:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{p.month}</text>'
        for x, _, p in points[::every]
    )
    said = "; ".join(f"{p.month}: {p.value:.3g} of {p.n}" for p in periods)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'class="chart"><title>{escape(title)}</title><desc>{escape(said)}</desc>'
        f'<path class="axis" d="M{_LEFT} {_TOP}V{base}H{_WIDTH - 12}"/>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{said_top}</text>'
        f'<text x="{_LEFT - 6}" y="{base}" text-anchor="end">0</text>'
        f'<polyline points="{line}"/>{dots}{months}</svg>'
    )
