"""In which module a command is, where that is not the module of its noun."""

from collections.abc import Mapping
from typing import Final

MODULES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("prompt list", "prompt history", "prompt diff"), "prompt_versions"),
    **dict.fromkeys(("metrics rank", "metrics calibration"), "ranking"),
    **{f"prompt {verb}": "prompt_trial" for verb in ("test", "refuse", "promote", "rollback")},
    **dict.fromkeys(("prompt show", "prompt archive"), "prompt_metrics"),
    **dict.fromkeys(("model eval", "model attempt", "model compare", "model import"), "evaluating"),
    **{
        f"model {verb}": "promoting"
        for verb in (
            "register",
            "registry",
            "approve",
            "promote",
            "rollback",
            "canary",
            "which",
            "monitor",
        )
    },
    **dict.fromkeys(("recipe list", "recipe history", "recipe diff"), "process_recipe"),
    **dict.fromkeys(("dataset build", "dataset recipes"), "recipe"),
    **dict.fromkeys(("dataset check", "dataset diff"), "checking"),
    **dict.fromkeys(("synth run", "synth stats"), "synth_making"),
    "synth verify": "verifying",
    "synth generate": "generating",
    "review turns": "turn_labels",
    "synth import": "synth_import",
    "dataset export": "dataset_export",
    "dataset push": "dataset_push",
    "privacy redact": "privacy.redacting",
    **dict.fromkeys(
        ("privacy preview", "privacy rescan", "privacy rules", "privacy scan"), "privacy.looking"
    ),
    **{
        f"privacy {verb}": "privacy.deciding"
        for verb in ("allow", "allowed", "disallow", "exports", "verify")
    },
}
"""Name of the module below `tracemill.cli`, by the words of the command."""
