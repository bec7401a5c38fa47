"""Near-duplicates on any executor: texts are signed in shards, and candidates compared in shards.

Only signatures, half a KB of each text, come together in one place; a million texts need half a GB
there. The pairs are those that one process finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from tracemill.curate.copies.near_duplicates import Pair, Signed, Text, candidates, sign, verified
from tracemill.flows.executors.protocol import Executor
from tracemill.records.refs import Record

_TEXTS: Final = 20_000
"""Texts of one shard."""
_PAIRS: Final = 50_000
"""Candidates of one shard."""


class TextShard(Record, frozen=True, kw_only=True):
    """Texts to sign."""

    texts: list[Text]
    """The texts, in their order."""


class PairShard(Record, frozen=True, kw_only=True):
    """Candidates to compare."""

    pairs: list[tuple[int, int]]
    """Places of their texts."""
    texts: dict[int, Text]
    """The texts by place."""
    threshold: float
    """Similarity from which they are nearly the same."""


def sign_shard(shard: TextShard) -> Iterator[Signed]:
    """Yield the signatures of a shard."""
    yield sign(shard.texts)


def compare_shard(shard: PairShard) -> Iterator[Pair]:
    """Yield those of a shard's candidates that are nearly the same."""
    yield from verified(shard.pairs, shard.texts, shard.threshold)


def near_duplicates_on(
    executor: Executor, texts: Sequence[Text], threshold: float, apart: Sequence[bool] = ()
) -> list[Pair]:
    """Return pairs of texts that are nearly the same, ordered by their places."""
    shards = (
        TextShard(texts=list(texts[first : first + _TEXTS]))
        for first in range(0, len(texts), _TEXTS)
    )
    pairs = candidates(list(executor.map_shards(sign_shard, shards)), apart)
    return list(executor.map_shards(compare_shard, _pair_shards(pairs, texts, threshold)))


def _pair_shards(
    pairs: Sequence[tuple[int, int]], texts: Sequence[Text], threshold: float
) -> Iterator[PairShard]:
    waiting = iter(pairs)
    while held := list(islice(waiting, _PAIRS)):
        needed = {place: texts[place] for pair in held for place in pair}
        yield PairShard(pairs=held, texts=needed, threshold=threshold)
