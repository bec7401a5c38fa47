import msgspec

from tracemill.records.datasets.audits import CheckResult
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile, FunnelStage, Wanted
from tracemill.report.card import CardFacts, dataset_card

VERSION = DatasetVersion(
    id="dataset_1",
    name="chat",
    config={"max_chars": 10, "note": "<script>|*"},
    code_versions={"label": 1},
    n_examples={"chat/train": 1_200, "chat/validation": 3},
    drops={"too_long": 7},
    files=(
        ExportedFile(path="train.jsonl", format="trl-chat", rows=1_200, n_bytes=5_000, sha256="ab"),
    ),
)


def test_a_card_counts_what_is_in_it_and_what_was_left_out() -> None:
    card = dataset_card(VERSION)

    assert "| chat/train | 1,200 |" in card
    assert "| too\\_long | 7 |" in card
    assert "| `train.jsonl` | 1,200 | 5,000 | `ab` |" in card
    assert "1K<n<10K" in card


def test_a_card_says_what_was_not_checked() -> None:
    assert "## What was not checked" in dataset_card(VERSION)


def test_text_in_a_card_cannot_become_markup() -> None:
    assert "<script>" not in dataset_card(VERSION)


def test_a_card_says_what_became_of_all_work_and_what_was_redacted() -> None:
    facts = CardFacts(outcomes={"achieved": 4, "unknown": 9}, redactions={"github-pat": 2})

    card = dataset_card(VERSION, facts)

    assert "| unknown | 9 |" in card
    assert "| github-pat | 2 |" in card


def test_a_card_tells_the_funnel_the_checks_and_what_is_missing() -> None:
    stage = FunnelStage(name="taken", n_in=9, n_out=7, shares={"use:direct": 0.25})
    check = CheckResult(
        name="near_leaks", verdict="fail", measured=0.5, threshold=0.0, n_rows=2, says="1 of 2 rows"
    )
    version = msgspec.structs.replace(
        VERSION,
        funnel=(stage,),
        checks=(check,),
        wanted=(Wanted(tag="kind:fix", wanted=10, n_examples=4),),
    )

    card = dataset_card(version)

    assert "| taken | 9 | 7 | use:direct 25.0% |" in card
    assert "| near\\_leaks | fail | 0.5 | 0 | 1 of 2 rows |" in card
    assert "| kind:fix | 10 | 4 | 6 |" in card


def test_a_card_opens_with_the_header_that_hubs_read() -> None:
    card = dataset_card(VERSION)

    assert card.startswith("---\nlicense: other\n")
    assert "  - split: validation\n    path: validation.parquet\n" in card
