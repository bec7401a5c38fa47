"""How sure the rules are beside how often reviewers agree with them.

Judgements are put into bins by how sure the machine was. In a calibrated one, the share that people
confirm is the mean sureness. The error of calibration is the mean of the gaps, weighted by how much
lies in each bin (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using
Bayesian Binning", AAAI 2015); the Brier score is the mean square of sureness minus truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Final, NamedTuple

from tracemill.records.refs import Count, Ratio, Record
from tracemill.stats import wilson

_N_BINS: Final = 5


class Judged(NamedTuple):
    """One judgement of the machine, and whether people confirm it."""

    confidence: float
    is_right: bool


class ReliabilityBin(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Judgements of which the machine was about equally sure."""

    low: Ratio
    """The least sureness in the bin."""
    high: Ratio
    """The most; it belongs to the next bin, but for the last."""
    n: Count
    """How many judgements."""
    confidence: float
    """Their mean sureness."""
    right: float
    """Share that people confirm."""
    right_low: float
    """Lower end of its 95 % interval (Wilson)."""
    right_high: float
    """Upper end."""


class Calibration(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How far sureness and truth are apart."""

    n: Count
    """Judgements that people judged too."""
    right: float
    """Share that people confirm."""
    error: float
    """Mean gap between sureness and truth."""
    brier: float
    """Mean square of sureness minus truth."""
    bins: tuple[ReliabilityBin, ...]
    """The reliability table; empty bins are left out."""


def calibration(judged: Sequence[Judged], n_bins: int = _N_BINS) -> Calibration | None:
    """Return how far sureness and truth are apart; None where nothing was judged by both."""
    if not judged:
        return None
    bins: list[list[Judged]] = [[] for _ in range(n_bins)]
    for one in judged:
        bins[min(int(one.confidence * n_bins), n_bins - 1)].append(one)
    rows = tuple(
        _bin(found, at / n_bins, (at + 1) / n_bins) for at, found in enumerate(bins) if found
    )
    return Calibration(
        n=len(judged),
        right=fmean(one.is_right for one in judged),
        error=sum(row.n * abs(row.confidence - row.right) for row in rows) / len(judged),
        brier=fmean((one.confidence - one.is_right) ** 2 for one in judged),
        bins=rows,
    )


def _bin(found: Sequence[Judged], low: float, high: float) -> ReliabilityBin:
    n_right = sum(one.is_right for one in found)
    interval = wilson(n_right, len(found))
    return ReliabilityBin(
        low=low,
        high=high,
        n=len(found),
        confidence=fmean(one.confidence for one in found),
        right=n_right / len(found),
        right_low=interval.low,
        right_high=interval.high,
    )
