"""In which module each command is: a package for each group of the help, in the same order."""

from collections.abc import Mapping
from typing import Final

_HELD: Final[Mapping[str, tuple[str, ...]]] = {
    "start.doctor": ("doctor",),
    "start.loop": ("loop",),
    "start.run": ("run", "sync"),
    "start.status": ("status",),
    "start.ui": ("ui",),
    "collect.capture": ("capture",),
    "collect.emit": ("emit",),
    "collect.serve": ("serve",),
    "collect.watch": ("watch",),
    "look.branch": ("branch",),
    "look.decision": ("decision",),
    "look.document": ("document",),
    "look.episode": ("episode",),
    "look.explain": ("explain",),
    "look.failure": ("failure",),
    "look.gate": ("gate",),
    "look.issue": ("issue",),
    "look.link": ("link",),
    "look.pr": ("pr",),
    "look.release": ("release",),
    "look.session": ("session",),
    "look.turn": ("turn",),
    "review.review": ("review",),
    "review.rate": ("review rate",),
    "review.turns": ("review turns",),
    "learn.experiment": ("experiment",),
    "learn.flywheel": ("flywheel",),
    "learn.metrics": ("metrics",),
    "learn.metrics_ranking": ("metrics rank", "metrics calibration"),
    "learn.pattern": ("pattern",),
    "learn.process_recipe": ("recipe",),
    "learn.prompt": ("prompt",),
    "learn.prompt_metrics": ("prompt show", "prompt archive"),
    "learn.prompt_trial": ("prompt test", "prompt refuse", "prompt promote", "prompt rollback"),
    "learn.prompt_versions": ("prompt list", "prompt history", "prompt diff"),
    "learn.report": ("report", "train"),
    "learn.tool": ("tool",),
    "datasets.dataset": ("dataset",),
    "datasets.dataset_build": ("dataset build", "dataset recipes"),
    "datasets.dataset_check": ("dataset check", "dataset diff"),
    "datasets.dataset_export": ("dataset export",),
    "datasets.dataset_push": ("dataset push",),
    "datasets.synth": ("synth",),
    "datasets.synth_definitions": ("definitions",),
    "datasets.synth_generate": ("synth generate",),
    "datasets.synth_import": ("synth import",),
    "datasets.synth_run": ("synth run", "synth stats"),
    "datasets.synth_verify": ("synth verify",),
    "models.model": ("model",),
    "models.model_evaluation": ("model eval", "model attempt", "model compare", "model import"),
    "models.model_gaps": ("model gaps",),
    "models.model_promotion": (
        "model register", "model registry", "model approve", "model promote", "model rollback",
        "model canary", "model which", "model monitor",
    ),
    "models.suite": ("suite",),
    "privacy.data": ("data",),
    "privacy.deciding": (
        "privacy allow", "privacy allowed", "privacy disallow", "privacy exports",
        "privacy verify",
    ),
    "privacy.looking": ("privacy preview", "privacy rescan", "privacy rules", "privacy scan"),
    "privacy.redacting": ("privacy redact",),
    "privacy.vault": ("vault",),
    "maintain.schedule": ("schedule",),
    "maintain.store": ("store",),
}  # fmt: skip
"""Commands by the module below `tracemill.cli` that holds them: what stands alone, all of a noun
but what stands elsewhere, or a noun and its verb."""
MODULES: Final[Mapping[str, str]] = {
    command: module for module, commands in _HELD.items() for command in commands
}
"""Name of the module, by the words of what it holds."""
