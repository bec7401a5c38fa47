"""A mapping that forgets: what a reader must know about a file of any size, in bounded memory.

Entries live in two generations. When the young one is full, the old one is dropped and the
young one takes its place, so an entry is kept for at least `limit` and at most twice as many
later ones. Reading an input of fewer than `limit` entries is exact.
"""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The newest entries of an unbounded mapping."""

    __slots__ = ("_limit", "_old", "_young")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """Return what was last put under `key`, or None where that is unknown or forgotten."""
        value = self._young.get(key)
        return self._old.get(key) if value is None else value

    def put(self, key: K, value: V) -> None:
        """Remember `value` under `key`."""
        if len(self._young) >= self._limit:
            self._old, self._young = self._young, {}
        self._young[key] = value
