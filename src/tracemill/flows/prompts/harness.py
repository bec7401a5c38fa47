"""Proposals as a patch of a team's own configuration of its harness; nothing here applies it.

The patch is a JSON Patch (RFC 6902), which any tool for such patches takes. It adds to a list of
its own, `suggested_improvements`, and touches nothing else, since what a harness does with a
proposal is for the team to say; what the list holds already is not added again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from tracemill.base.errors import DataError
from tracemill.base.named_files import read_named
from tracemill.flows.prompts.proposals import read_suggestions
from tracemill.records.process.suggestions import Suggestion
from tracemill.store.workspace import Workspace

KEY: Final = "suggested_improvements"
"""The list in a configuration that proposals are added to."""


def harness_patch(workspace: Workspace, config: Path) -> list[dict[str, Any]]:
    """Return the operations that add every standing proposal to a configuration.

    Raises:
        NotFoundError: there is no such file.
        DataError: it holds no JSON object, or something other than a list of proposals.
    """
    held = _held(config)
    known = [each.get("suggestion_id") for each in held or () if isinstance(each, dict)]
    ids = {name for name in known if isinstance(name, str)}
    new = [
        each for each in read_suggestions(workspace).suggestions if each.suggestion_id not in ids
    ]
    if not new:
        return []
    begun = [{"op": "add", "path": f"/{KEY}", "value": []}] if held is None else []
    return [*begun, *({"op": "add", "path": f"/{KEY}/-", "value": _entry(each)} for each in new)]


def _held(config: Path) -> list[Any] | None:
    """Return the proposals that a configuration holds; None where it has no list of them."""
    text = read_named(config, "configuration of a harness")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError(f"{str(config)!r}: expected JSON, found something else") from None
    if not isinstance(document, dict):
        raise DataError(f"{str(config)!r}: expected an object, found something else")
    held = document.get(KEY)
    if held is not None and not isinstance(held, list):
        raise DataError(f"{str(config)!r}: expected a list at {KEY!r}, found something else")
    return held


def _entry(each: Suggestion) -> dict[str, Any]:
    """Return a proposal as the configuration holds it: proposed, and applied by nobody."""
    said: dict[str, Any] = msgspec.to_builtins(each)
    return {**said, "status": "proposed"}
