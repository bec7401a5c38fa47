"""How `tracemill emit` keeps an event, and says why it does not."""

import json
import sys
from typing import Any

from tracemill.capture.collector import KINDS, keep
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_STORE, EXIT_USAGE


def emit_event(kind: str, document: str | None, session: str | None, workspace: str | None) -> int:
    """Keep an event, and say on stderr why where it is not kept."""
    if kind not in KINDS:
        return _refuse(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
    if document is None:
        return _refuse("expected what is known of it: --json '{…}', or --json - to read it here")
    try:
        payload: Any = json.loads(sys.stdin.read() if document == "-" else document)
    except ValueError as error:
        return _refuse(f"--json: expected a JSON object, found something else: {error}")
    if not isinstance(payload, dict):
        return _refuse(f"--json: expected a JSON object, found {type(payload).__name__}")
    reason = keep(kind, payload, session=session, workspace=workspace)
    if reason is None:
        return EXIT_DONE
    sys.stderr.write(f"error: the event was not kept: {reason}\n")
    return EXIT_STORE


def _refuse(said: str) -> int:
    sys.stderr.write(f"error: {said}\n")
    return EXIT_USAGE
