"""How full a session's context window was, from the tokens of its model calls.

What stands in the window at a call is its whole prompt, from the cache or not, and what the model
wrote. How much fits is known of models whose vendors say so, as data in `context_windows.toml`; a
session that held more than that had another window, and so its size is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from typing import Final

from tracemill.records.events.team_features import ContextReport
from tracemill.records.from_toml import from_toml
from tracemill.records.refs import Record
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory, Usage

_KINDS: Final = tuple(sorted(Usage.__struct_fields__))


class Window(Record, frozen=True, kw_only=True):
    """How much fits into the context of a model."""

    model: str
    """Its name; `*` fits anything."""
    tokens: int
    """Tokens."""


class _WindowFile(Record, frozen=True, kw_only=True):
    window: tuple[Window, ...]


class ContextUse:
    """What stood in the window of one session, call by call."""

    def __init__(self, wanted: Collection[int] = ()) -> None:
        """Follow a session; `wanted` are the steps at which its use is asked for."""
        self.peak: int | None = None
        """Most tokens at any call; None where none tells."""
        self.last: int | None = None
        """Tokens at the last call that tells."""
        self.at: dict[int, int] = {}
        """Tokens at each wanted step, by the last call up to it."""
        self._wanted = sorted(wanted, reverse=True)

    def see(self, step: int, usage: Usage | None) -> None:
        """Take the next step."""
        while self._wanted and self._wanted[-1] < step:
            self._note(self._wanted.pop())
        tokens = tokens_in(usage)
        if tokens:
            self.last, self.peak = tokens, max(tokens, self.peak or 0)

    def finish(self) -> None:
        """Note what stood there at the steps that are left."""
        for step in self._wanted:
            self._note(step)

    def _note(self, step: int) -> None:
        if self.last is not None:
            self.at[step] = self.last


def tokens_in(usage: Usage | None) -> int | None:
    """Return how many tokens stood in the window of a call; None where nobody says."""
    if usage is None or usage.input_tokens is None:
        return None
    parts = (usage.cache_read_tokens, usage.cache_write_tokens, usage.output_tokens)
    return usage.input_tokens + sum(part or 0 for part in parts)


@cache
def shipped_windows() -> tuple[Window, ...]:
    """Return the windows that come with Tracemill."""
    name = "context_windows.toml"
    text = resources.files("tracemill.analyze.features").joinpath(name).read_text("utf-8")
    return read_windows(text, name)


def read_windows(text: str, name: str) -> tuple[Window, ...]:
    """Return windows from their TOML.

    Raises:
        UsageError: it holds none, or says something that no window says.
    """
    return from_toml(text, _WindowFile, f"the windows {name!r}", "docs/analysis.md").window


def window_of(models: Sequence[str], peak: int | None, windows: Iterable[Window]) -> int | None:
    """Return how much fits into a session's window; None where that is unknown.

    A session of several models had several windows.
    """
    if len(models) != 1:
        return None
    found = (each.tokens for each in windows if fnmatchcase(models[0], each.model))
    size = next(found, None)
    return size if size is not None and (peak or 0) <= size else None


def context_report(
    trajectory: Trajectory,
    activity: Activity,
    use: ContextUse,
    feature_id: str | None,
    windows: Iterable[Window],
) -> ContextReport | None:
    """Return how full a session's window was; None where no call tells its tokens."""
    if use.last is None or use.peak is None:
        return None
    size = window_of(trajectory.models, use.peak, windows)
    total = trajectory.total_usage
    kinds = {name: getattr(total, name) for name in _KINDS} if total else {}
    return ContextReport(
        feature_id=feature_id,
        model=trajectory.models[0] if trajectory.models else None,
        tokens_used=use.last,
        window_size=size,
        utilisation=share_of(use.last, size),
        peak=share_of(use.peak, size),
        peak_tokens=use.peak,
        compactions=activity.n_compactions,
        tokens_by_kind={name: n for name, n in kinds.items() if n is not None},
    )


def share_of(tokens: int | None, size: int | None) -> float | None:
    """Return which share of a window tokens fill, to four digits; None where one is unknown."""
    return None if tokens is None or not size else round(tokens / size, 4)
