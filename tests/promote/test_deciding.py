"""Each rule lets pass what it should, and refuses with its own reason."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
import pytest

from tracemill.base.errors import UsageError
from tracemill.evaluate.model_comparison import Measured, compare
from tracemill.evaluate.running import Asked, sum_up
from tracemill.promote.deciding import AskedModel, Receipts, decide
from tracemill.promote.policy_file import default_policy, read_policy
from tracemill.records.models.evaluations import CaseResult, Comparison, Leak, LeakReport, Suite
from tracemill.records.models.promotion import (
    LabelReceipt,
    ModelVersion,
    PolicyPart,
    PromotionDecision,
    PromotionPolicy,
)

AT = datetime(2026, 1, 2, tzinfo=UTC)
POLICY = PromotionPolicy(
    name="p",
    target=(PolicyPart(suite="s", part="goal"),),
    guards=(PolicyPart(suite="s", part="irrelevance", margin=0.1),),
)


def compared(**parts: tuple[str, str]) -> Comparison:
    """Compare two models: for each part, a character a case and model."""
    suite = Suite(id="suite_1", name="s", origin="o", version=1, n_cases=0, n_groups=0)
    both: list[Measured] = []
    for at, name in enumerate(("old", "new")):
        results = [
            CaseResult(
                case_id=f"{part}{i}", group=f"{part}{i}", slices=(part,),
                faults={"decision": None if said == "+" else "called"},
            )
            for part, pair in parts.items()
            for i, said in enumerate(pair[at])
        ]  # fmt: skip
        both.append(Measured(sum_up(suite, Asked(name), results, AT), results))
    return compare(both[0], both[1])


GOOD = compared(goal=("-" * 40, "+" * 30 + "-" * 10), irrelevance=("+" * 60, "+" * 60))
MODEL = ModelVersion(
    id="model_1", name="new", run_id="run_1", weights_sha256="ab", format="format_1",
    datasets=("dataset_1",),
)  # fmt: skip


def receipts(**changed: Any) -> Receipts:
    given: dict[str, Any] = {
        "candidate": MODEL,
        "incumbent": "old",
        "comparisons": {"s": GOOD},
        "formats": ("format_1",),
        "found_sha256": "ab",
        "leaks": (LeakReport(suite_id="suite_1", training="dataset_1", n_cases=9, n_examples=9),),
        "labels": (
            LabelReceipt(training="dataset_1", n_examples=9, own=0.4, shuffled=0.1, p_value=0.005),
        ),
        "approved_by": "Ada",
        **changed,
    }
    return Receipts(**given)


def decided(policy: PromotionPolicy = POLICY, **changed: Any) -> PromotionDecision:
    return decide(policy, receipts(**changed), AT)


def test_a_candidate_that_shows_everything_is_promoted() -> None:
    decision = decided()

    assert decision.is_promoted
    assert decision.reasons == ()
    assert [rule.says for rule in decision.rules if rule.rule == "guards"] == [
        "a loss of more than 10% is ruled out: s irrelevance 60 -> 60 of 60",
        "no loss is shown on 3 parts",
    ]
    assert {rule.rule for rule in decision.rules} == {
        "lineage", "format", "leaks", "labels", "complete", "target", "guards", "approval",
    }  # fmt: skip


def test_bytes_that_were_asked_elsewhere_are_said_to_be_unknown() -> None:
    asked = [AskedModel(MODEL.name, "ab", found) for found in ("ab", None)]
    told = [decided(asked=[each]).rules[0].says for each in asked]

    assert ["nobody knows" in says for says in told] == [False, True]


def model(**changed: Any) -> ModelVersion:
    return msgspec.structs.replace(MODEL, **changed)


LEAKED = LeakReport(
    suite_id="suite_1", training="d", n_cases=9, n_examples=9,
    leaks=(Leak(case_id="case_1", reason="same_request"),),
)  # fmt: skip
SHUFFLED = LabelReceipt(training="d", n_examples=9, own=0.1, shuffled=0.1, p_value=0.4)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"candidate": model(weights_sha256=None)}, "no_receipt"),
        ({"candidate": model(datasets=())}, "no_receipt"),
        ({"found_sha256": "cd"}, "changed_weights"),
        ({"found_sha256": None}, "changed_weights"),
        ({"asked": (AskedModel("old", "ef", "cd"),)}, "changed_weights"),
        ({"candidate": model(format=None)}, "no_receipt"),
        ({"formats": ()}, "no_receipt"),
        ({"formats": ("format_1", None)}, "no_receipt"),
        ({"formats": ("format_2",)}, "wrong_template"),
        ({"leaks": ()}, "no_receipt"),
        ({"leaks": (LEAKED,)}, "leaked_data"),
        ({"unknown_sets": ("dataset_9",)}, "no_receipt"),
        ({"labels": ()}, "no_receipt"),
        ({"labels": (SHUFFLED,)}, "shuffled_labels"),
        ({"n_unanswered": 1}, "unanswered_cases"),
        ({"approved_by": None}, "not_approved"),
    ],
)
def test_a_missing_or_bad_receipt_refuses_with_its_own_reason(
    changed: dict[str, Any], reason: str
) -> None:
    decision = decided(**changed)

    assert not decision.is_promoted
    assert decision.reasons == (reason,)


def test_labels_of_a_few_examples_say_nothing_either_way() -> None:
    few = LabelReceipt(training="few", n_examples=5, own=0.1, shuffled=0.1, p_value=1)
    good = LabelReceipt(training="many", n_examples=9, own=0.4, shuffled=0.1, p_value=0.005)

    assert decided(labels=(few, good)).is_promoted
    assert decided(labels=(few,)).reasons == ("no_receipt",)


@pytest.mark.parametrize(
    ("comparison", "reasons"),
    [
        (compared(goal=("-" * 40, "+" * 5 + "-" * 35), irrelevance=("+" * 60, "+" * 60)), ["not_better"]),
        (
            compared(goal=("+" * 40, "-" * 40), irrelevance=("+" * 60, "+" * 60)),
            ["not_better", "worse_on_guard"],
        ),
        (
            compared(goal=("-" * 40, "+" * 40), irrelevance=("+" * 60, "+" * 40 + "-" * 20)),
            ["guard_not_shown", "worse_on_guard"],
        ),
        (
            compared(goal=("-" * 40, "+" * 40), irrelevance=("+" * 12, "+" * 12)),
            ["guard_not_shown"],
        ),
        (compared(goal=("-" * 40, "+" * 40)), ["no_evaluation"]),
        (compared(irrelevance=("+" * 60, "+" * 60)), ["no_evaluation"]),
        (
            compared(
                goal=("-" * 40, "+" * 40), irrelevance=("+" * 60, "+" * 60),
                other=("+" * 20, "-" * 20),
            ),
            ["worse_on_guard"],
        ),
    ],
)  # fmt: skip
def test_behaviour_decides(comparison: Comparison, reasons: list[str]) -> None:
    decision = decided(comparisons={"s": comparison})

    assert not decision.is_promoted
    assert list(decision.reasons) == reasons


def test_the_known_trap_is_refused() -> None:
    trap = compared(
        multiple=("-" * 150, "+" * 35 + "-" * 115),
        irrelevance=("+" * 49 + "-", "+" * 15 + "-" * 35),
    )
    policy = PromotionPolicy(
        name="p",
        target=(PolicyPart(suite="s", part="multiple"),),
        guards=(PolicyPart(suite="s", part="irrelevance"),),
    )

    decision = decided(policy, comparisons={"s": trap})

    assert next(each for each in trap.slices if each.name == "all").candidate == 50
    assert list(decision.reasons) == ["worse_on_guard"]
    assert any("irrelevance 49 -> 15 of 50" in rule.says for rule in decision.rules)


def test_a_round_that_mends_one_tool_and_breaks_another_is_refused() -> None:
    mended = compared(goal=("-" * 40, "+" * 40), command=("+" * 24, "+" * 14 + "-" * 10))
    policy = PromotionPolicy(name="p", target=(PolicyPart(suite="s", part="goal"),))

    assert decided(policy, comparisons={"s": mended}).reasons == ("worse_on_guard",)
    loose = msgspec.structs.replace(policy, guards_all=False)
    assert decided(loose, comparisons={"s": mended}).is_promoted


def test_what_is_not_required_is_not_asked() -> None:
    bare = msgspec.structs.replace(POLICY, required=())

    decision = decided(bare, candidate=model(format=None), leaks=(), labels=(), approved_by=None)

    assert decision.is_promoted
    assert {rule.rule for rule in decision.rules} == {"target", "guards"}


def test_a_format_in_use_must_be_spoken() -> None:
    used = msgspec.structs.replace(POLICY, format="format_9")

    assert decided(used).reasons == ("wrong_template",)


def test_a_case_that_was_looked_for_in_two_training_sets_is_one_case() -> None:
    reports = [
        LeakReport(suite_id="suite_1", training=name, n_cases=9, n_examples=9) for name in "ab"
    ]

    said = [rule.says for rule in decided(leaks=reports).rules if rule.rule == "leaks"]

    assert said == ["none of 9 cases was trained on"]


def test_the_same_receipts_make_the_same_decision() -> None:
    assert decided() == decided()
    assert decided().id != decided(approved_by=None).id


def test_the_shipped_policy_asks_for_every_receipt() -> None:
    policy = default_policy()

    assert len(policy.required) == 6
    assert any(guard.part == "bfcl:irrelevance" for guard in policy.guards)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 1", "at 'name': expected `str`"),
        ("title = 'x'", "no such key: 'title'; known: name, target"),
        ("name = 'x'\ntarget = []", "at 'target': expected `array` of length >= 1"),
        ("=", "'policy.toml' is no TOML"),
        ("name='x'\nalpha=2\n[[target]]\nsuite='s'", "at 'alpha': expected `float` < 0.5"),
        (
            "name='x'\nrequired=['leak']",
            r"at 'required\[0\]': expected one of .*leaks.* found 'leak'",
        ),
        ("name='x'\n[[guards]]\nmargn=1", r"at 'guards\[0\]': .*'margn'; do you mean 'margin'\?"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_policy(text, "policy.toml")


def drawn(random: Random, gain: float, loss: float) -> Comparison:
    """Draw what two models do on 60 cases."""
    places = [random.random() for _ in range(60)]
    old = "".join("+" if gain <= place < gain + loss or place > 0.7 else "-" for place in places)
    new = "".join("+" if place < gain or place > 0.7 else "-" for place in places)
    return compared(goal=(old, new))


@pytest.mark.parametrize(
    ("gain", "loss", "fewest", "most"), [(0.15, 0.15, 0, 15), (0.4, 0.1, 225, 300)]
)
def test_errors_are_as_rare_as_the_policy_says(
    gain: float, loss: float, fewest: int, most: int
) -> None:
    random = Random(3)
    policy = PromotionPolicy(name="p", target=(PolicyPart(suite="s", part="goal"),), required=())

    promoted = sum(
        decided(policy, comparisons={"s": drawn(random, gain, loss)}).is_promoted
        for _ in range(300)
    )

    assert fewest <= promoted <= most
