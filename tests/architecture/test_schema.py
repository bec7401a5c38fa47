"""The JSON Schemas in `schema/` are those of the records and answers as they are.

Run as a script, it writes them anew.
"""

import ast
import inspect
import json
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, Final

import msgspec
import pytest

from tracemill import records
from tracemill.export.teams import learning as learning_export
from tracemill.export.teams import learning_views
from tracemill.flows import results, vault
from tracemill.flows.analysis import (
    branch_episodes,
    counted_cases,
    gate_trend,
    habit_cases,
    habits,
    team_views,
)
from tracemill.flows.analysis import handoffs as handoff_answers
from tracemill.flows.analysis import learning as learning_flow
from tracemill.flows.analysis import patterns as pattern_answers
from tracemill.flows.analysis import todos as todo_answers
from tracemill.flows.analysis import turns as turn_answers
from tracemill.flows.datasets import checks as dataset_checks
from tracemill.flows.datasets import difference as dataset_difference
from tracemill.flows.datasets import versions as version_answers
from tracemill.flows.deriving import gate_rows, recipes
from tracemill.flows.deriving import gates as gate_answers
from tracemill.flows.erasing import consent, erasure, expiry
from tracemill.flows.experiments import rows as experiment_rows
from tracemill.flows.held import review_rows, shown
from tracemill.flows.held import rows as held_rows
from tracemill.flows.models import foreign_results, inspect_tasks, parity, planning, rollouts
from tracemill.flows.models import registry as model_registry
from tracemill.flows.models import runs as model_runs
from tracemill.flows.models import suites as model_suites
from tracemill.flows.privacy import (
    allowing,
    exports,
    files,
    preview,
    rescan,
    rows,
    rules,
    scan,
    verify,
)
from tracemill.flows.reports import practices as written_practices
from tracemill.flows.reports import reporting
from tracemill.flows.reviews import files as review_files
from tracemill.flows.reviews import statistics as review_stats
from tracemill.flows.views import page_export
from tracemill.flows.wheel import demo
from tracemill.llm import parity as llm_parity
from tracemill.records import inputs, labels, links
from tracemill.records.datasets import audits, examples, reach, templates
from tracemill.records.datasets import exports as export_records
from tracemill.records.datasets import recipes as recipe_records
from tracemill.records.datasets import versions as dataset_versions
from tracemill.records.events import event, gates
from tracemill.records.models import evaluations, gaps, promotion, proofs, training
from tracemill.records.privacy import erasures, findings, receipts
from tracemill.records.process import (
    calibration,
    completeness,
    contrasts,
    conventions,
    correlations,
    data_requests,
    experiments,
    failures,
    flywheel,
    heard_issues,
    patterns,
    practices,
    suggestions,
    tool_use,
)
from tracemill.records.process import gate_trend as trend_points
from tracemill.records.sessions import (
    accessed_fields,
    activity,
    decision_points,
    trajectory,
    turn_labels,
    turn_work,
    value_flows,
)
from tracemill.records.synth import generation, generators, made_up, verification
from tracemill.records.work import (
    change_sets,
    changes,
    episodes,
    handoffs,
    learning,
    outcome_labels,
    survival,
    todos,
)

SCHEMA: Final = Path(__file__).parents[2] / "schema"
TYPES: Final[dict[str, Any]] = {
    "record.trajectory": trajectory.Trajectory,
    "record.step": trajectory.Step,
    "record.event": event.Event,
    "record.activity": activity.Activity,
    "record.gate-result": gates.GateResult,
    "record.fix-pair": gates.FixPair,
    "record.flaky-test": gates.FlakyTest,
    "record.finding": findings.Finding,
    "record.quarantined": inputs.Quarantined,
    "record.input": inputs.Input,
    "record.link": links.Link,
    "record.label": labels.Label,
    "record.episode": episodes.Episode,
    "record.survival": survival.Survival,
    "record.change-set": change_sets.ChangeSet,
    "record.example": examples.Example,
    "record.dataset-version": dataset_versions.DatasetVersion,
    "record.export-manifest": export_records.ExportManifest,
    "record.training-run": training.TrainingRun,
    "record.case": evaluations.Case,
    "record.case-result": evaluations.CaseResult,
    "record.suite": evaluations.Suite,
    "record.evaluation": evaluations.Evaluation,
    "record.end-to-end-task": evaluations.EndToEndTask,
    "record.rollout": evaluations.Rollout,
    "record.comparison": evaluations.Comparison,
    **dict.fromkeys(("record.leak-report", "answer.leaks"), evaluations.LeakReport),
    "answer.proofs": proofs.ProvedMeasures,
    "record.promotion-policy": promotion.PromotionPolicy,
    "record.promotion-decision": promotion.PromotionDecision,
    "record.model-version": promotion.ModelVersion,
    "record.model-event": promotion.ModelEvent,
    "record.assignments": promotion.Assignments,
    "answer.assigned": promotion.Assigned,
    "record.alarm": promotion.Alarm,
    "record.experiment-plan": experiments.ExperimentPlan,
    "record.experiment-event": experiments.ExperimentEvent,
    "record.draws": experiments.Draws,
    "answer.before-after": experiment_rows.BeforeAfterList,
    "row.before-after": experiments.BeforeAfter,
    "answer.experiments": experiment_rows.ExperimentList,
    "answer.experiment": experiment_rows.ShownExperiment,
    "answer.arms": experiment_rows.GivenArms,
    "answer.loops": experiment_rows.LoopList,
    "row.experiment": experiment_rows.ExperimentRow,
    "row.loop": experiment_rows.ShownLoop,
    "record.recipe": recipe_records.Recipe,
    "record.synthetic-example": made_up.SyntheticExample,
    "answer.synth-plan": made_up.SynthPlan,
    "answer.synth-run": made_up.SynthRun,
    "answer.synth-stats": made_up.SynthStats,
    "record.reject": dataset_versions.Reject,
    "record.receipt": receipts.Receipt,
    "record.template": templates.TemplateSpec,
    "record.erasure-receipt": erasures.ErasureReceipt,
    "answer.run": results.RunResult,
    "answer.suggestions": suggestions.SuggestionList,
    "answer.report": reporting.WrittenReport,
    "answer.metric-cases": counted_cases.CountedCases,
    "row.counted-case": counted_cases.CountedCase,
    "answer.correlation": correlations.CorrelatedMetrics,
    "answer.completeness": completeness.Completeness,
    "answer.calibration": calibration.CalibrationReport,
    "answer.ranking": calibration.Ranking,
    "row.calibration": calibration.Calibration,
    "row.ranked": calibration.Ranked,
    "answer.metric-list": pattern_answers.MetricList,
    "answer.metric": pattern_answers.Measured,
    "answer.patterns": patterns.PatternReport,
    "answer.practices": practices.PracticeList,
    "answer.best-practices": written_practices.WrittenPractices,
    "row.practice": practices.Practice,
    "answer.failure-stats": failures.FailureStats,
    "answer.pattern": patterns.Pattern,
    "answer.ui": results.UiResult,
    "answer.page-export": page_export.ExportedPage,
    "answer.plan": results.PlanResult,
    "answer.status": results.StatusResult,
    "answer.doctor": results.DoctorResult,
    "answer.gate": gate_answers.ShownGate,
    "answer.document": shown.ShownDocument,
    "answer.issue": shown.ShownIssue,
    "answer.pr": shown.ShownPullRequest,
    "answer.decision": shown.ShownDecision,
    "answer.explain": results.Explained,
    "answer.restore": results.RestoreResult,
    "answer.reports": team_views.ReportsResult,
    "answer.capture": results.CaptureStatus,
    "answer.hooks": results.HookChange,
    "answer.serve": results.ServeResult,
    "answer.consent": consent.ConsentResult,
    "answer.vault": vault.VaultStatus,
    "answer.backup": vault.VaultBackup,
    "answer.rotated": vault.RotatedKey,
    "answer.retention": expiry.RetentionResult,
    "answer.found": erasure.FoundSubject,
    "answer.erased": erasure.ErasedSubject,
    "answer.built": recipes.BuiltVersion,
    "answer.check": dataset_checks.CheckedVersion,
    "answer.difference": dataset_difference.VersionDifference,
    "answer.versions": version_answers.VersionList,
    "answer.reach": reach.Reach,
    "answer.rejects": version_answers.ShownRejects,
    "answer.recipes": recipes.RecipeList,
    "answer.loop": demo.WheelResult,
    "answer.model": model_runs.ShownRun,
    "answer.training-plan": planning.TrainingPlan,
    "answer.models": model_runs.RunList,
    "answer.parity": parity.ParityReport,
    "answer.audit": audits.AuditReport,
    "answer.definitions": generators.GeneratorList,
    "answer.definition": generators.GeneratorDefinition,
    "answer.definitions-export": generators.ExportedGenerators,
    "answer.synth-import": generators.ImportedRows,
    "answer.turn-labels": turn_labels.TurnReport,
    "row.turn-label": turn_labels.TurnLabel,
    "record.turn-answer": turn_labels.TurnAnswer,
    "answer.outcome-labels": outcome_labels.OutcomeReport,
    "row.outcome-label": outcome_labels.OutcomeLabel,
    "record.outcome-answer": outcome_labels.OutcomeAnswer,
    "answer.generation": generation.GenerationReport,
    "record.generation-run": generation.GenerationRun,
    "record.draft": generation.Draft,
    "record.model-exchange": generation.ModelExchange,
    "answer.verification": verification.VerificationReport,
    "row.verification": verification.VerifiedRow,
    "answer.redact": files.RedactedTexts,
    "answer.scan": scan.ScanResult,
    "answer.preview": preview.PreviewResult,
    "answer.rules": rules.RuleList,
    "answer.exports": exports.ExportList,
    "answer.rescan": rescan.RescanResult,
    "answer.allow": allowing.AllowResult,
    "answer.allowed": allowing.AllowedList,
    "answer.verify": verify.VerifyResult,
    "answer.review-item": review_rows.NextItem,
    "answer.review-filed": review_rows.Submitted,
    "answer.review-undone": review_rows.Undone,
    "answer.review": review_rows.ShownReviews,
    "answer.review-export": review_files.ExportedReviews,
    "answer.review-import": review_files.ImportedReviews,
    "answer.review-stats": review_stats.ReviewStats,
    "answer.learning": learning_flow.ShownLearning,
    "answer.conventions": conventions.ConventionList,
    "answer.data-requests": data_requests.DataRequests,
    "answer.branch-export": branch_episodes.ExportedBranches,
    "answer.learning-export": learning_flow.ExportedLearning,
    "record.learning-episode": learning.LearningEpisode,
    "record.step-changes": changes.StepChanges,
    "row.learning-view": learning_views.ViewRow,
    "document.learning-episode": learning_export.LearningDocument,
    "row.review": review_rows.ReviewRow,
    "answer.suite": model_suites.BuiltSuite,
    "answer.suites": model_suites.SuiteList,
    "answer.registered": model_registry.RegisteredModel,
    "answer.registry": model_registry.RegistryList,
    "answer.attempts": rollouts.AttemptResult,
    "answer.imported": foreign_results.ImportedResults,
    "answer.inspect": inspect_tasks.ExportedTask,
    "row.redacted": rows.RedactedRow,
    "row.refused": rows.RefusedRow,
    "row.session": results.SessionRow,
    "answer.session-flow": value_flows.ValueFlows,
    "row.session-flow": value_flows.ValueFlow,
    "answer.gaps": gaps.GapReport,
    "row.gaps": gaps.Gap,
    "answer.heard-issues": heard_issues.HeardIssues,
    "row.heard-issues": heard_issues.HeardIssue,
    "answer.contrasts": contrasts.ContrastList,
    "answer.flywheel": flywheel.FlywheelReport,
    "row.tools": tool_use.ToolRow,
    "row.tool-sequences": tool_use.ToolSequence,
    "row.tool-phrases": tool_use.ToolPhrase,
    "row.tool-confusions": tool_use.ToolConfusion,
    "row.tool-fields": tool_use.FieldUse,
    "row.tool-accesses": tool_use.AccessUse,
    **dict.fromkeys(("answer.tools", "answer.tool"), tool_use.ToolUse),
    **dict.fromkeys(("record.todo", "answer.todo", "row.todos"), todos.TodoProgress),
    "answer.todos": todo_answers.TodoList,
    "answer.gate-trend": gate_trend.GateTrends,
    "row.gate-trend": trend_points.TrendPoint,
    **dict.fromkeys(("record.handoff", "answer.handoff"), handoffs.HandOff),
    "answer.handoffs": handoff_answers.HandOffList,
    "row.handoffs": handoff_answers.HandOffRow,
    "answer.handoff-check": handoff_answers.HandOffCheck,
    "row.handoff-check": handoffs.CheckedHandOff,
    "answer.turns": turn_answers.TurnList,
    "row.turns": turn_work.TurnWork,
    "answer.session-fields": accessed_fields.AccessedFields,
    "row.session-fields": accessed_fields.AccessedField,
    "answer.session-decisions": decision_points.DecisionPoints,
    "row.session-decisions": decision_points.DecisionPoint,
    "row.episode": results.EpisodeRow,
    **dict.fromkeys(("row.branch", "answer.branch"), results.BranchRow),
    "answer.metrics": habits.MetricsResult,
    "answer.habit-cases": habit_cases.HabitCases,
    "row.gate": gate_rows.GateRow,
    "row.document": held_rows.DocumentRow,
    "row.issue": held_rows.IssueRow,
    "row.pr": held_rows.PullRequestRow,
    "row.decision": held_rows.DecisionRow,
    "row.fix": gate_rows.FixRow,
    "row.flaky": gate_rows.FlakyRow,
    "row.link": results.LinkRow,
    "row.failure": results.FailureRow,
}


TEXTS: Final = {"type": "array", "items": {"type": "string"}}
FOLLOWING: Final = {"description": "Commands that a person may want next.", **TEXTS}


def field_texts(kind: type) -> dict[str, str]:
    """Return the docstring under each field of a record, by the name under which it is written."""
    fields = (getattr(kind, f"__struct_{which}fields__", ()) for which in ("", "encode_"))
    written = dict(zip(*fields, strict=True))
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    texts = {}
    for field, text in zip(tree.body, tree.body[1:], strict=False):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(said))),
            ):
                texts[written.get(name, name)] = " ".join(said.split())
            case _:
                pass
    return texts


def records_in(name: str) -> list[type]:
    found_modules = walk_packages(records.__path__, "tracemill.records.")
    modules = [import_module(m.name) for m in found_modules]
    modules += [gate_trend, handoff_answers, todo_answers]
    modules += [
        allowing, branch_episodes, dataset_checks, dataset_difference, model_runs, parity,
        planning, llm_parity, recipes, version_answers, results, demo, gate_answers, gate_rows,
        erasure, experiment_rows, exports, files, foreign_results, inspect_tasks, rollouts,
        model_registry, model_suites, preview, rescan, rows, rules, scan, verify,
    ]  # fmt: skip
    found = (getattr(module, name, None) for module in modules)
    return [kind for kind in found if isinstance(kind, type)]


def schema(name: str) -> str:
    made = msgspec.json.schema(TYPES[name], ref_template="#/$defs/{name}")
    for title, definition in made.get("$defs", {}).items():
        for kind in records_in(title):
            for base in reversed(kind.__mro__[:-1]):
                if base.__module__.startswith("tracemill."):
                    for field, text in field_texts(base).items():
                        if field in definition.get("properties", {}):
                            definition["properties"][field]["description"] = text
    if name.startswith("answer."):
        about = made["$defs"].pop(made.pop("$ref").rpartition("/")[2])
        which = {"const": f"tracemill.{name[7:]}/1", "description": "Its schema and version."}
        about["properties"] = {"schema": which, **about["properties"], "next": FOLLOWING}
        made = {**made, **about, "required": ["schema", *about["required"], "next"]}
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", sorted(TYPES))
def test_schema_is_current(name: str) -> None:
    assert (SCHEMA / f"{name}.json").read_text() == schema(name), "run: make schema"


@pytest.mark.parametrize("name", sorted(n for n in TYPES if n.startswith("record.")))
def test_every_field_of_a_record_is_documented(name: str) -> None:
    made = json.loads(schema(name))
    silent = [
        f"{title}.{field}"
        for title, definition in made["$defs"].items()
        for field, value in definition.get("properties", {}).items()
        if "description" not in value and field != "kind"
    ]

    assert silent == []


if __name__ == "__main__":
    SCHEMA.mkdir(exist_ok=True)
    for each in TYPES:
        (SCHEMA / f"{each}.json").write_text(schema(each))
    sys.stdout.write(f"{len(TYPES)} schemas written\n")
