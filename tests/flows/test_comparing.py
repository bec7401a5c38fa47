"""Near-duplicates are the same pairs wherever they are looked for."""

import random
from pathlib import Path

import pytest

pytest.importorskip("rensa", reason="needs tracemill[datasets]")

from tracemill.curate.copies.near_duplicates import near_duplicates
from tracemill.flows.datasets import near_duplicates as comparing
from tracemill.flows.executors.protocol import make_executor


def texts() -> list[str]:
    chance = random.Random(5)
    found = [" ".join(f"word{chance.randrange(400)}" for _ in range(80)) for _ in range(60)]
    return found + [text.replace(text.split()[9], "other", 1) for text in found[::3]]


@pytest.mark.parametrize("workers", [1, 2])
def test_shards_find_what_one_process_finds(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "_TEXTS", 7)
    monkeypatch.setattr(comparing, "_PAIRS", 3)
    held = [number % 5 == 0 for number in range(80)]
    executor = make_executor("local", workers, tmp_path)

    found = comparing.near_duplicates_on(executor, texts(), 0.8, held)

    assert found == list(near_duplicates(texts(), 0.8, held))
    assert len(found) >= 15


def test_nothing_is_like_nothing(tmp_path: Path) -> None:
    assert comparing.near_duplicates_on(make_executor("local", 1, tmp_path), [], 0.8) == []
