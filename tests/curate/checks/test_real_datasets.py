"""The checks find in other people's datasets what was counted in them by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.reading import FOREIGN
from tracemill.flows.datasets.audit import audit_files
from tracemill.records.datasets.audits import CheckResult

pytestmark = pytest.mark.foreign

SEEDS = FOREIGN / "seeds"
SYNTHIA = SEEDS / "synthia" / "datasets"
PUNIE = SEEDS / "punie" / "datasets"
REGENERATED = SEEDS / "punie" / "regenerated_phase275"


def audited(*places: Path, before: Path | None = None) -> dict[str, CheckResult]:
    if not SEEDS.exists():
        pytest.skip(f"no datasets under {SEEDS}; set TRACEMILL_SHARED_DATA")
    report = audit_files(places, [before] if before else [])
    return {check.name: check for check in report.checks}


@pytest.mark.parametrize(
    ("places", "check", "n_failing", "n_rows"),
    [
        ([SYNTHIA / "dataset.jsonl"], "exact_duplicates", 767, 2_472),
        ([SYNTHIA / "dataset.jsonl"], "repeated_requests", 983, 2_472),
        ([SYNTHIA / "dataset.jsonl"], "short_answers", 233, 2_472),
        ([SYNTHIA / "dataset.jsonl"], "counted_requests", 39, 2_472),
        ([SYNTHIA / "failure_recovery.jsonl"], "exact_duplicates", 290, 300),
        ([SYNTHIA / "train_merged.jsonl", SYNTHIA / "valid_merged.jsonl"], "leaked_rows", 114, 269),
        ([SYNTHIA / "train_merged.jsonl", SYNTHIA / "valid_merged.jsonl"], "leaked_requests", 146, 269),
        ([REGENERATED], "exact_duplicates", 67, 345),
        ([REGENERATED], "code_parses", 300, 300),
        ([REGENERATED], "counted_answers", 45, 345),
        ([REGENERATED], "sound_commands", 3, 300),
        ([PUNIE / "phase27_merged"], "exact_duplicates", 115, 1_104),
        ([PUNIE / "phase27_merged"], "leaked_rows", 13, 111),
        ([PUNIE / "phase27_cleaned"], "exact_duplicates", 0, 1_036),
        ([PUNIE / "phase27_cleaned"], "leaked_rows", 0, 98),
        ([PUNIE / "phase27_cleaned"], "leaked_requests", 2, 98),
        ([PUNIE / "phase27_cleaned"], "text_before_calls", 0, 920),
        ([PUNIE / "phase28_merged"], "text_before_calls", 0, 1_010),
        ([PUNIE / "phase33_merged"], "text_before_calls", 156, 1_166),
    ],
)  # fmt: skip
def test_the_rows_objected_to_are_those_counted_by_hand(
    places: list[Path], check: str, n_failing: int, n_rows: int
) -> None:
    found = audited(*places)[check]

    assert (found.n_failing, found.n_rows) == (n_failing, n_rows)
    assert found.verdict == ("fail" if n_failing else "pass")


@pytest.mark.parametrize(
    ("place", "check", "fact", "value"),
    [
        (SYNTHIA / "dataset.jsonl", "unique_rows", "unique", 1_705),
        (SYNTHIA / "dataset.jsonl", "unique_rows", "most_repeated", 40),
        (SYNTHIA / "dataset.jsonl", "template_collapse", "templates", 1_289),
        (SYNTHIA / "failure_recovery.jsonl", "unique_rows", "unique", 10),
        (REGENERATED, "unique_rows", "unique", 278),
        (REGENERATED, "template_collapse", "templates", 33),
        (PUNIE / "phase27_tool_responses", "empty_result_fields", "empty.author", 55),
        (PUNIE / "phase27_merged", "direct_answers", "direct", 244),
        (PUNIE / "phase33_merged", "direct_answers", "direct", 116),
        (PUNIE / "phase27_merged", "field_reads", "reading", 664),
        (PUNIE / "phase26_merged", "field_reads", "reading", 240),
        (PUNIE / "phase24_merged", "field_reads", "reading", 40),
    ],
)
def test_the_numbers_are_those_counted_by_hand(
    place: Path, check: str, fact: str, value: int
) -> None:
    assert audited(place)[check].facts[fact] == value


def test_uneven_splits_are_named() -> None:
    found = audited(SYNTHIA / "train.jsonl", SYNTHIA / "valid.jsonl")["even_splits"]

    assert found.verdict == "fail"
    assert found.facts == {"held_out_with_calls": 0, "trained_with_calls": 550}


def test_a_search_for_the_same_word_whatever_was_asked_is_named() -> None:
    found = audited(REGENERATED)["related_searches"]

    assert found.n_failing == 12
    assert found.failing[0].detail == "one of 15 rows that search for the same word"


def test_what_a_later_version_brought_back_is_named() -> None:
    found = audited(PUNIE / "phase33_merged", before=PUNIE / "phase28_merged")["regression"]

    assert found.verdict == "fail"
    assert "text before calls +12.2%" in found.says


def test_what_removing_duplicates_did_to_the_balance_is_named() -> None:
    found = audited(PUNIE / "phase27_cleaned", before=PUNIE / "phase27_merged")["regression"]

    assert found.verdict == "fail"
    assert "direct answers +10.9%" in found.says
