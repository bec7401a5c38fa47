"""What a team decided on its models comes out again from the results that it kept."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.sources.reading import FOREIGN
from tracemill.analyze.conclusions.flywheel import shifts
from tracemill.flows.models.evaluations import compare_models, list_evaluations
from tracemill.flows.models.foreign_results import import_results
from tracemill.flows.models.promotion import promote
from tracemill.flows.models.registry import register
from tracemill.records.models.evaluations import Comparison, SliceComparison
from tracemill.records.models.promotion import (
    ModelVersion,
    PolicyPart,
    PromotionDecision,
    PromotionPolicy,
)
from tracemill.stats import wilson
from tracemill.store.workspace import Workspace

pytestmark = pytest.mark.foreign

PUNIE = FOREIGN / "seeds" / "punie"
LOGS = PUNIE / "eval_logs"
AT = datetime(2026, 2, 16, tzinfo=UTC)
CORE = "phase26_validation_fused_model_qwen3_phase26_{}.json"
LSP = "phase26_lsp_validation_fused_model_qwen3_phase26_{}.json"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    if not LOGS.exists():
        pytest.skip(f"no results under {LOGS}; set TRACEMILL_SHARED_DATA")
    return Workspace(tmp_path / "ws")


def take_in(workspace: Workspace, suite: str, *names: str) -> None:
    import_results(workspace, [LOGS / name for name in names], suite, AT)


def decided(workspace: Workspace, candidate: str, base: str, *suites: str) -> PromotionDecision:
    register(workspace, ModelVersion(id="", name=candidate), AT)
    policy = PromotionPolicy(
        name="gold",
        target=(PolicyPart(suite=suites[0]),),
        guards=tuple(PolicyPart(suite=suite) for suite in suites[1:]),
        required=(),
    )
    return promote(workspace, candidate, policy, at=AT, against=base)


def part(comparison: Comparison, name: str = "all") -> SliceComparison:
    return next(each for each in comparison.slices if each.name == name)


def test_a_gain_of_one_question_is_not_shown(workspace: Workspace) -> None:
    take_in(workspace, "core", CORE.format("5bit"), CORE.format("6bit"))
    five, six = "fused_model_qwen3_phase26_5bit", "fused_model_qwen3_phase26_6bit"

    compared = compare_models(workspace, six, five, "core")
    decision = decided(workspace, five, six, "core")

    everything, fields = part(compared), part(compared, "check:fields")
    assert (everything.candidate, everything.base, everything.n) == (23, 22, 25)
    assert (fields.candidate, fields.base, fields.n) == (18, 17, 20)
    assert everything.p_value == 1
    assert everything.verdict == "inconclusive"
    assert decision.reasons == ("not_better",)


def test_a_model_that_falls_on_another_suite_is_refused(workspace: Workspace) -> None:
    take_in(workspace, "core", CORE.format("contrastive_5bit"), CORE.format("balanced_5bit"))
    contrastive = "fused_model_qwen3_phase26_contrastive_5bit"
    balanced = "fused_model_qwen3_phase26_balanced_5bit"
    for kind, name in (("contrastive_5bit", contrastive), ("balanced_5bit", balanced)):
        path = workspace.root / f"{name}.json"
        path.write_bytes((LOGS / LSP.format(kind)).read_bytes())
    files = [workspace.root / f"{name}.json" for name in (contrastive, balanced)]
    import_results(workspace, files, "lsp", AT)

    core = part(compare_models(workspace, balanced, contrastive, "core"))
    lsp = part(compare_models(workspace, balanced, contrastive, "lsp"))
    decision = decided(workspace, contrastive, balanced, "core", "lsp")

    assert (core.candidate, core.base) == (23, 25)
    assert (lsp.candidate, lsp.base) == (12, 23)
    assert lsp.verdict == "worse"
    assert set(decision.reasons) == {"not_better", "worse_on_guard"}
    assert any("lsp all 23 -> 12 of 25" in rule.says for rule in decision.rules)


@pytest.mark.parametrize(
    ("file", "small"),
    [
        ("phase25_comparison.json", "fused_model_qwen25_phase25_7b_5bit"),
        ("phase25b_comparison.json", "fused_model_qwen25_phase25b_7b_6bit"),
    ],
)
def test_a_smaller_model_that_cannot_do_it_is_refused(
    workspace: Workspace, file: str, small: str
) -> None:
    take_in(workspace, "twenty", file)

    compared = part(compare_models(workspace, "fused_model_qwen3_phase23_ty_5bit", small, "twenty"))
    decision = decided(workspace, small, "fused_model_qwen3_phase23_ty_5bit", "twenty")

    assert (compared.candidate, compared.n) == (7, 20)
    assert compared.verdict == "worse"
    assert "not_better" in decision.reasons


@pytest.mark.usefixtures("workspace")
def test_what_was_claimed_is_ruled_out_by_what_was_checked() -> None:
    diary = (PUNIE / "docs" / "diary" / "2026-02-16-option-c-data-audit.md").read_text()
    found = re.search(r"Phase 27 \((\d+)/(\d+) claimed → (\d+)/(\d+) actual\)", diary)
    log = (LOGS / "validation_phase27_cleaned_verbose.log").read_text()
    assert found is not None
    claimed, n, checked, _ = map(int, found.groups())
    strict = re.findall(r"Soft: (PASS|FAIL)  Strict: (PASS|FAIL)", log)

    assert (claimed, n, checked) == (40, 40, 29)
    assert wilson(checked, n).high < claimed / n
    assert round(100 * checked / n) == 72
    soft_passed = sum(soft == "PASS" for soft, _ in strict)
    strict_passed = sum(hard == "PASS" for _, hard in strict)
    assert strict_passed < soft_passed
    assert wilson(strict_passed, len(strict)).high < soft_passed / len(strict)


def test_one_model_asked_in_two_ways_is_told(workspace: Workspace) -> None:
    take_in(workspace, "core", "phase26_validation_results.json")
    take_in(workspace, "core", CORE.format("6bit"))

    (shift,) = shifts(list_evaluations(workspace))

    assert shift == "fused_model_qwen3_phase26_6bit on core, 7 and 22 of 25"
