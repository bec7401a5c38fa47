"""How commands are used of which the parser does not say it by itself."""

from collections.abc import Mapping
from typing import Final

ASKED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("synth generate", "model eval", "model gaps", "review turns", "review outcomes"),
        "[OPTIONS] SUBJECT",
    ),
    **dict.fromkeys(
        ("dataset check", "dataset recipes", "dataset show", "prompt history", "review undo"),
        "[OPTIONS] [NAME]",
    ),
    "synth definitions export": "[OPTIONS] FOLDER [NAMES...]",
    **dict.fromkeys(("run", "sync", "watch"), "[OPTIONS] [SOURCES...]"),
    "data restore": "--to PATH [OPTIONS] [IDS...]",
    **dict.fromkeys(("dataset audit", "synth verify", "synth import"), "[OPTIONS] [FILES...]"),
    "dataset build": "[OPTIONS] [RECIPE]",
    "dataset export": "--to PATH [OPTIONS] [NAME]",
    "model parity": "[OPTIONS] [MODEL]",
    "model compare": "[OPTIONS] BASE CANDIDATE",
    "model attempt": "--tasks PATH [OPTIONS] SUBJECT",
    "model import": "--suite TEXT [OPTIONS] [FILES...]",
    "model register": "[OPTIONS] RUN",
    "model approve": "--by TEXT [OPTIONS] CANDIDATE",
    "model promote": "[OPTIONS] CANDIDATE",
    "model canary": "--share FLOAT [OPTIONS] CANDIDATE",
    "model which": "[OPTIONS] SESSION",
    "model monitor": "--against TEXT [OPTIONS] MODEL",
    "model suite build": "[OPTIONS] [DATASET]",
    "model suite import": "[OPTIONS] [FOLDER]",
    "model suite conduct": "[OPTIONS] [FILE]",
    "model suite check": "[OPTIONS] NAME [DATASET]",
    "metrics correlate": "--metric TEXT --with TEXT [OPTIONS]",
    **dict.fromkeys(("metrics cases", "metrics rank"), "--metric TEXT [OPTIONS]"),
    "experiment arms": "[OPTIONS] UNITS...",
    "experiment decide": "--by TEXT [OPTIONS] NAME ARM",
    "experiment start": "--by TEXT [OPTIONS] PLAN",
    "experiment stop": "--by TEXT [OPTIONS] NAME",
    "prompt diff": "[OPTIONS] NAME [OLD] [NEW]",
    "recipe diff": "[OPTIONS] NAME [OLD] [NEW]",
    **dict.fromkeys(
        ("schedule systemd", "schedule cron", "schedule github"), "[OPTIONS] [SOURCES...]"
    ),
    **dict.fromkeys(("prompt promote", "prompt rollback"), "--by TEXT [OPTIONS] EXPERIMENT"),
    "prompt refuse": "--by TEXT --reason TEXT [OPTIONS] SUGGESTION",
    "prompt test": "--by TEXT [OPTIONS] SUGGESTION",
    **dict.fromkeys(("privacy preview", "privacy redact"), "[OPTIONS] [FILES...]"),
    "privacy scan": "[OPTIONS] [TARGETS...]",
    "review export": "--to PATH [OPTIONS]",
    "review rate": "[OPTIONS] [NAME]",
}
"""How commands are used that need no argument: by itself the parser says `[ARGS]` of them."""
