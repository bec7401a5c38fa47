"""The first number of cases, or of units, that is enough."""

from __future__ import annotations

from collections.abc import Callable


def first_enough(is_enough: Callable[[int], bool], most: int) -> int | None:
    """Return the lowest number from 1 on that is enough, or None: it lies beyond `most`.

    Every number above one that is enough has to be enough, too. Powers of two, and `most` in the
    end, are tried until one is; the number lies between it and the one before.
    """
    low, high = 0, min(1, most)
    while not is_enough(high):
        if high == most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high
