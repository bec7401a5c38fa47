"""Commands that are called often: run without the tree of commands, which takes long to load.

Only their plain form is known here. Whatever looks different, a wrong option or a wish for
help, is left to the tree of commands, which says what is expected.
"""

from collections.abc import Sequence
from typing import Final

from tracemill.capture.collector import KINDS

_OPTIONS: Final = {"--json", "--session", "--workspace"}
_PLAIN: Final = frozenset({"run", "status", "sync"})


def call_at_once(arguments: Sequence[str]) -> int | None:
    """Run the command and return its exit code, or None where it is for the tree of commands."""
    if not arguments:
        return None
    if arguments[0] == "emit":
        return _emit(arguments)
    if arguments[0] in _PLAIN:
        from tracemill.cli.plain_form import call_plain

        return call_plain(arguments)
    return None


def _emit(arguments: Sequence[str]) -> int | None:
    if len(arguments) < 2 or len(arguments) % 2:  # noqa: PLR2004
        return None
    kind, names, values = arguments[1], arguments[2::2], arguments[3::2]
    options = dict(zip(names, values, strict=True))
    if kind not in KINDS or len(options) != len(names) or not options.keys() <= _OPTIONS:
        return None
    from tracemill.base.text import is_text
    from tracemill.cli.collect.emitting import emit_event

    if not all(map(is_text, values)):
        return None
    return emit_event(
        kind, options.get("--json"), options.get("--session"), options.get("--workspace")
    )
