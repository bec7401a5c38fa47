"""The loss curve of a run as SVG: one line, its stages apart, readable without a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

from tracemill.records.models.training import StageRun

_WIDTH: Final = 720
_HEIGHT: Final = 280
_LEFT: Final = 56
_RIGHT: Final = 16
_TOP: Final = 32
_BOTTOM: Final = 40
_LINES: Final = 4
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#555}"
    ".loss{fill:none;stroke:#2a6f97;stroke-width:1.5}"
    ".grid{stroke:#ddd}.stage{stroke:#999;stroke-dasharray:3 3}"
)


class _Point(NamedTuple):
    step: int
    loss: float


class _Frame(NamedTuple):
    """From steps and losses to places in the picture."""

    n_steps: int
    highest: float

    def x(self, step: float) -> float:
        share = step / max(1, self.n_steps)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, loss: float) -> float:
        share = 1 - loss / self.highest
        return round(_TOP + share * (_HEIGHT - _TOP - _BOTTOM), 1)


def loss_svg(title: str, stages: Sequence[StageRun]) -> str:
    """Return the picture; a run without a curve has an empty frame."""
    curves = list(_curves(stages))
    points = [point for curve in curves for point in curve]
    highest = max((point.loss for point in points), default=1.0)
    frame = _Frame(sum(stage.n_steps for stage in stages), max(highest, 1e-9))
    body = [
        f'<text x="{_LEFT}" y="18">{escape(title)}</text>',
        *_grid(frame),
        *_stages(frame, stages),
        *(_line(frame, curve) for curve in curves if curve),
    ]
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    said = f"<title>Loss of {escape(title)}, step by step</title><style>{_STYLE}</style>"
    return "\n".join([head, said, *body, "</svg>", ""])


def _curves(stages: Sequence[StageRun]) -> Iterator[list[_Point]]:
    before = 0
    for stage in stages:
        yield [
            _Point(before + point.step, point.loss)
            for point in stage.losses
            if point.loss is not None
        ]
        before += stage.n_steps


def _grid(frame: _Frame) -> Iterator[str]:
    for number in range(_LINES + 1):
        loss = frame.highest * number / _LINES
        y = frame.y(loss)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{loss:.2f}</text>'


def _stages(frame: _Frame, stages: Sequence[StageRun]) -> Iterator[str]:
    """Yield where each stage begins, and what it is called."""
    before = 0
    for stage in stages:
        x = frame.x(before)
        if before:
            bottom = _HEIGHT - _BOTTOM
            yield f'<line class="stage" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}"/>'
        said = f"{escape(stage.name)}, {stage.n_steps} steps"
        if n_unknown := len(stage.losses) - len(stage.known_losses):
            said += f", {n_unknown} without a loss"
        yield f'<text x="{x + 4}" y="{_HEIGHT - 16}">{said}</text>'
        before += stage.n_steps


def _line(frame: _Frame, curve: Sequence[_Point]) -> str:
    places = " ".join(f"{frame.x(point.step)},{frame.y(point.loss)}" for point in curve)
    return f'<polyline class="loss" points="{places}"/>'
