"""Limits on asking a model: requests, tokens, money and pace, shared by parallel askers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from tracemill.llm.protocol import Answer


class SpendingLimit(NamedTuple):
    """What may be spent; None for what is not bounded."""

    requests: int | None = None
    """Questions."""
    tokens: int | None = None
    """Tokens of questions and answers together."""
    usd: float | None = None
    """Money, by the prices below."""
    per_minute: float | None = None
    """Questions in a minute."""
    usd_per_million_in: float | None = None
    """Price of a million tokens that are asked."""
    usd_per_million_out: float | None = None
    """Price of a million tokens that are answered."""


class SpentError(Exception):
    """A limit is reached; its text names it."""


class Meter:
    """Counts what is asked, and holds back or refuses what is too much."""

    def __init__(
        self,
        spending: SpendingLimit,
        clock: Callable[[], float],
        wait: Callable[[float], None],
    ) -> None:
        self._spending = spending
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._n_begun = 0
        self.n_requests = 0
        self.n_prompt_tokens: int | None = 0
        self.n_answer_tokens: int | None = 0
        self.seconds: float | None = 0.0

    def begin(self) -> None:
        """Wait until a question may be asked.

        Raises:
            SpentError: no more may be asked.
        """
        with self._lock:
            self._refuse()
            self._n_begun += 1
            pause = self._pause()
        if pause > 0:
            self._wait(pause)

    def _refuse(self) -> None:
        limits = self._spending
        if limits.requests is not None and self._n_begun >= limits.requests:
            raise SpentError("requests")
        tokens = (self.n_prompt_tokens or 0) + (self.n_answer_tokens or 0)
        if limits.tokens is not None and tokens >= limits.tokens:
            raise SpentError("tokens")
        if limits.usd is not None and (self.cost_usd or 0.0) >= limits.usd:
            raise SpentError("usd")

    def _pause(self) -> float:
        if self._spending.per_minute is None:
            return 0.0
        now = self._clock()
        start = max(now, self._next_at)
        self._next_at = start + 60.0 / self._spending.per_minute
        return start - now

    def count(self, answer: Answer) -> None:
        """Count what a question cost; what nobody counted makes the sum unknown."""
        with self._lock:
            self._add(answer.n_prompt_tokens, answer.n_answer_tokens, answer.seconds)

    def add_before(self, n_prompt: int | None, n_answer: int | None, seconds: float | None) -> None:
        """Count a question that was asked before: limits hold for all of them."""
        with self._lock:
            self._n_begun += 1
            self._add(n_prompt, n_answer, seconds)

    def _add(self, n_prompt: int | None, n_answer: int | None, seconds: float | None) -> None:
        self.n_requests += 1
        self.n_prompt_tokens = _sum(self.n_prompt_tokens, n_prompt)
        self.n_answer_tokens = _sum(self.n_answer_tokens, n_answer)
        self.seconds = None if self.seconds is None or seconds is None else self.seconds + seconds

    @property
    def cost_usd(self) -> float | None:
        """What all of it cost; None where a price or a number of tokens is not known."""
        into, out = self._spending.usd_per_million_in, self._spending.usd_per_million_out
        if None in (into, out, self.n_prompt_tokens, self.n_answer_tokens):
            return None
        spent = (self.n_prompt_tokens or 0) * (into or 0) + (self.n_answer_tokens or 0) * (out or 0)
        return spent / 1e6


def _sum(total: int | None, more: int | None) -> int | None:
    return None if total is None or more is None else total + more
