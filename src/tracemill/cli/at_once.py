"""Commands that other programs call often: run without the tree of commands, within milliseconds.

Only their plain form is known here. Whatever looks different, a wrong option or a wish for
help, is left to the tree of commands, which says what is expected.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any, Final

from tracemill.capture.collector import KINDS, keep
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_STORE, EXIT_USAGE

_OPTIONS: Final = {"--json", "--session", "--workspace"}


def call_at_once(arguments: Sequence[str]) -> int | None:
    """Run the command and return its exit code, or None where it is for the tree of commands."""
    if len(arguments) < 2 or arguments[0] != "emit" or len(arguments) % 2:  # noqa: PLR2004
        return None
    kind, names, values = arguments[1], arguments[2::2], arguments[3::2]
    options = dict(zip(names, values, strict=True))
    if kind not in KINDS or len(options) != len(names) or not options.keys() <= _OPTIONS:
        return None
    return emit_event(
        kind, options.get("--json"), options.get("--session"), options.get("--workspace")
    )


def emit_event(kind: str, document: str | None, session: str | None, workspace: str | None) -> int:
    """Keep an event, and say on stderr why where it is not kept."""
    if kind not in KINDS:
        return _refuse(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
    try:
        payload: Any = json.loads(sys.stdin.read() if document == "-" else document or "{}")
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
