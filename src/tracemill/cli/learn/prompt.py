"""`tracemill prompt`: what should be changed in prompts, and why."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tracemill.base.named_files import expanded
from tracemill.base.text import printable_json
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.prompts.harness import harness_patch
from tracemill.flows.prompts.proposals import read_suggestions


def suggest_prompt(
    *,
    harness: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Print proposals for prompts as YAML, each with the evidence that asks for it.

    Nothing is ever applied: a person does that, with the file or with `prompt test`.

    Parameters
    ----------
    harness
        A harness's configuration, such as harness_config.json: print a JSON Patch that adds them
        to its list `suggested_improvements`. The file stays as it is.
    """
    if harness is not None:
        return _patch(expanded(harness).absolute(), common)
    found = read_suggestions(common.open())
    if not answer("suggestions", found, common, next_steps=["tracemill pattern list"]):
        for suggestion in found.suggestions:
            for line in _yaml(msgspec.to_builtins(suggestion)):
                write(line)
    if not found.suggestions:
        hint(
            "nothing repeats that a prompt could change; see: tracemill pattern list; to try a "
            "change of your own: tracemill experiment start PLAN.toml --by NAME",
            common,
        )
    return EXIT_DONE if found.suggestions else EXIT_NOTHING


def _patch(config: Path, common: Common) -> int:
    patch = harness_patch(common.open(), config)
    sys.stdout.write(printable_json(json.dumps(patch, ensure_ascii=False, indent=2)) + "\n")
    if not patch:
        hint("nothing is proposed that the configuration does not hold already", common)
    return EXIT_DONE if patch else EXIT_NOTHING


def _yaml(suggestion: dict[str, Any]) -> Iterator[str]:
    """Yield a suggestion as one entry of a YAML list; texts are quoted as in JSON."""
    mark = "- "
    for name, value in suggestion.items():
        if name == "evidence":
            yield f"{mark}{name}:"
            yield from (f"    - {key}: {json.dumps(each)}" for key, each in value.items())
        elif isinstance(value, list | tuple) and value:
            yield f"{mark}{name}:"
            yield from (f"    - {json.dumps(each, ensure_ascii=False)}" for each in value)
        elif isinstance(value, dict):
            yield f"{mark}{name}:"
            yield from (
                f"    {key}: {json.dumps(each, ensure_ascii=False)}" for key, each in value.items()
            )
        else:
            yield f"{mark}{name}: {json.dumps(value, ensure_ascii=False)}"
        mark = "  "
