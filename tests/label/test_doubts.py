"""Doubt that an agent voices is heard, and what only sounds like it is not."""

import csv
from pathlib import Path

import pytest

from tracemill.label.requests.doubts import doubts_in

JUDGED = Path(__file__).parents[2] / "benchmarks" / "judged" / "voiced_doubts.tsv"


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Let me check what happens now.", ["looks"]),
        ("Now let\u2019s see whether it still fails:", ["looks"]),
        ("I need to figure out why the row is gone.", ["looks"]),
        ("I'm not sure whether the key is set.", ["unknown"]),
        ("It is unclear which of both runs.", ["unknown"]),
        ("I wonder if the cache is stale.", ["unknown"]),
        ("The cause is likely the cache.", ["supposed"]),
        ("It might be the cache, and I suspect the index.", ["supposed"]),
        ("Maybe the range ends too early.", ["supposed"]),
        ("The old totals could be wrong.", ["supposed"]),
        ("Wait - the file is empty.", ["surprised"]),
        ("Hmm, that should have failed.", ["surprised"]),
        ("The test passed. That's odd.", ["surprised"]),
        ("Let me check if it is set. It might be stale!", ["looks", "supposed"]),
        ("Let me read the file.", []),
        ("Let me check the file.", []),
        ("I'll help you check if the files are there.", []),
        ("I'll check if the file exists and then add the key.", []),
        ("I think the cleanest way is a prop.", []),
        ("Update all parts that might be affected by this.", []),
        ("Handle files of the codebase that might have gone.", []),
        ("Some pages that may be helpful:", []),
        ("Wait for the server to start.", []),
        ("It raises an unexpected error.", []),
        ("```\n# maybe this is wrong\nI wonder\n```", []),
        ("", []),
    ],
)
def test_doubt_is_told_sentence_by_sentence(said: str, kinds: list[str]) -> None:
    assert [doubt.kind for doubt in doubts_in(said)] == kinds


def test_enough_sentences_were_judged_in_each_draw() -> None:
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))

    for draw in ("random", "kinds"):
        judged = [row["is_doubt"] for row in rows if row["draw"] == draw]
        assert len(judged) >= 100
        assert set(judged) == {"yes", "no"}


def test_a_line_without_an_end_is_read_at_once() -> None:
    said = "let me check what and " * 50_000 + "then"

    assert [doubt.kind for doubt in doubts_in(said)] == ["looks"]
