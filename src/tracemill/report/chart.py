"""A metric by month as a picture: SVG that needs nothing, with the numbers as its description.

Months stand where the calendar has them. Of a month without a case nothing is known, so the line
breaks there: it would show a value that nobody measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final, NamedTuple

from tracemill.base.text import measured
from tracemill.records.process.patterns import Period, Unit

WIDE: Final = 640
"""Width of a chart that has a page for itself, in the units of its letters."""
NARROW: Final = 400
"""Width of one that stands beside others, or on a telephone: its letters stay readable there."""
_HEIGHT: Final = 150
_LEFT: Final = 56
_BOTTOM: Final = 22
_TOP: Final = 12
_NAME_WIDTH: Final = 60
"""How far apart the names of months stand that do not touch."""
_SPARK: Final = 100, 24


class _Point(NamedTuple):
    """A month in a picture."""

    x: float
    y: float
    period: Period


def chart(title: str, periods: Sequence[Period], unit: Unit, width: int = WIDE) -> str:
    """Return a line with a point for each month; larger points stand for more cases.

    Args:
        title: what is shown.
        periods: the months, in order.
        unit: whether they are shares, whose scale ends at 1, or means.
        width: how wide it is, in the units of its letters.
    """
    highest = max((period.value for period in periods), default=1.0) or 1.0
    top = 1.0 if unit == "share" else highest
    is_count = unit == "mean" and all(period.value % 1 == 0 for period in periods)
    said_top = f"{top:,.0f}" if is_count else measured(unit, top)
    most = max((period.n for period in periods), default=1)
    points = _placed(
        periods, (_LEFT, width - 24), lambda v: _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - v / top)
    )
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 3 * (p.n / most) ** 0.5:.1f}"/>'
        for x, y, p in points
    )
    base = _HEIGHT - _BOTTOM
    months = "".join(
        f'<text x="{x:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{p.month}</text>'
        for x, _, p in _named(points)
    )
    said = "; ".join(f"{p.month}: {p.value:.3g} of {p.n}" for p in periods)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" role="img" '
        f'class="chart"><title>{escape(title)}</title><desc>{escape(said)}</desc>'
        f'<path class="axis" d="M{_LEFT} {_TOP}V{base}H{width - 12}"/>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{said_top}</text>'
        f'<text x="{_LEFT - 6}" y="{base}" text-anchor="end">0</text>'
        f"{_lines(points)}{dots}{months}</svg>"
    )


def spark(periods: Sequence[Period]) -> str:
    """Return the line alone, small enough to stand beside a sentence."""
    width, height = _SPARK
    top = max((period.value for period in periods), default=1.0) or 1.0
    points = _placed(periods, (0, width), lambda v: height - 1 - (height - 2) * v / top)
    title = f"by month, from {periods[0].month} to {periods[-1].month}" if periods else "no month"
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" role="img"><title>{title}</title>'
        f"{_lines(points)}</svg>"
    )


def _placed(
    periods: Sequence[Period], between: tuple[float, float], height: Callable[[float], float]
) -> list[_Point]:
    """Return where each month stands: as far from the first as the calendar has it."""
    if not periods:
        return []
    first, last = _number(periods[0]), _number(periods[-1])
    step = (between[1] - between[0]) / max(1, last - first)
    return [
        _Point(between[0] + (_number(each) - first) * step, height(each.value), each)
        for each in periods
    ]


def _number(period: Period) -> int:
    """Return a month as one number, of which the next month's is the next."""
    year, _, month = period.month.partition("-")
    return int(year) * 12 + int(month)


def _lines(points: Sequence[_Point]) -> str:
    """Return a line through each run of months that follow one another."""
    runs: list[list[_Point]] = [[point] for point in points[:1]]
    for earlier, later in pairwise(points):
        if _number(later.period) - _number(earlier.period) > 1:
            runs.append([])
        runs[-1].append(later)
    ends = (run if len(run) > 1 else run * 2 for run in runs)  # one point alone is drawn as a dot
    drawn = (" ".join(f"{point.x:.1f},{point.y:.1f}" for point in run) for run in ends)
    return "".join(f'<polyline points="{points}"/>' for points in drawn)


def _named(points: Sequence[_Point]) -> Iterator[_Point]:
    """Yield the points whose months can be named beneath without touching one another."""
    free = float("-inf")
    for point in points:
        if point.x >= free:
            yield point
            free = point.x + _NAME_WIDTH
